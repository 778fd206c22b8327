"""A running store, started as `make run` starts it, and a real Chromium to walk it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.running_store import start_store, stop_store

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # of two such lists the last is read: these of Playwright’s, and the address bar’s own two pages, which
    # each window would open and resize beside the store’s
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,OptimizationHints,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]

PATIENT = {f"DEADLINE_{name}": "100" for name in ("LOCK", "STATEMENT", "POOL", "SLOT", "PAYMENTS", "LOOK")}
"""On a slow machine the store is not to tell the one person who walks in it that it is busy."""

PATIENCE_MS = 120_000  # what is not there by then does not come, on any machine
expect.set_options(timeout=PATIENCE_MS)
ANSWERED_WITH = "the server responded with a status of"


@dataclass(frozen=True)
class RunningStore:
    """Where it listens, and where it keeps its files."""

    address: str
    instance: Path
    database: str


@pytest.fixture(scope="package")  # a store that nobody walks in would go on asking its database for work
def stores(request: pytest.FixtureRequest, tmp_path_factory, demo_instance):
    """`stores("sqlite")` is the demo pharmacy on that database, opened once for this worker’s journeys."""
    opened: dict[str, RunningStore] = {}
    with ExitStack() as ends:

        def find(database: str) -> RunningStore:
            if database not in opened:
                instance = tmp_path_factory.mktemp(f"journeys-{database}") / "instance"
                if database == "sqlite":
                    process, address = start_store(demo_instance(instance), **PATIENT)
                else:
                    make = request.getfixturevalue("make_postgresql_database")
                    process, address = start_store(instance, make("journeys"), **PATIENT)
                ends.callback(stop_store, process)
                opened[database] = RunningStore(address, instance, database)
            return opened[database]

        yield find


@pytest.fixture
def store(request: pytest.FixtureRequest, stores) -> RunningStore:
    """The demo pharmacy on the database that the test names with `on`.

    Every journey is walked once: what a database does differently, the integration tests ask on both.
    """
    return stores(request.param)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("the journeys need Chromium: sudo apt install chromium (`make test` does it as root)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, store: RunningStore):
    """`open_page(width=390)`: a fresh visitor’s page. A complaint of the console fails the test.

    `loses_requests` is for a page whose requests the test cuts off: Chromium then may or may not say so.
    """
    contexts, complaints = [], []

    def make(
        *, javascript: bool = True, width: int = 1280, dark: bool = False, loses_requests: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=store.address,
            java_script_enabled=javascript,
            locale="en-US",
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        expected = (ANSWERED_WITH, "net::ERR_FAILED") if loses_requests else (ANSWERED_WITH,)
        page.on(
            "console",
            lambda message: complaints.append(message.text) if _is_complaint(message, expected) else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(message, expected: tuple[str, ...]) -> bool:
    """Errors of ours: a broken script or a breach of the CSP. A refusal's own status is none."""
    return message.type == "error" and not any(words in message.text for words in expected)
