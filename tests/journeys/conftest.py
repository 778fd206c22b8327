"""A running store (web, worker, payment sandbox, started as `make run` does) and a real Chromium to walk it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-gpu", "--disable-quic", "--no-first-run",
]  # fmt: skip


@dataclass(frozen=True)
class RunningStore:
    """Where it listens, and where it keeps its files."""

    address: str
    instance: Path
    database: str


def free_pair() -> int:
    """A port whose neighbour is free too: the sandbox sits beside the web server."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)
    raise RuntimeError("no two neighbouring ports are free")


def start_store(instance: Path, database_url: str = "") -> tuple[subprocess.Popen[bytes], str]:
    """`python -m shop.serve` on free ports; returns when it answers."""
    port = free_pair()
    env = {**os.environ, "PORT": str(port), "INSTANCE_PATH": str(instance), "FORMULARY_ENV": "demo"}
    env.pop("DATABASE_URL", None)
    if database_url:
        env["DATABASE_URL"] = database_url
    with (instance.parent / "store.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "shop.serve"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address + "/readyz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return process, address
    stop_store(process)
    pytest.fail("the store did not start:\n" + (instance.parent / "store.log").read_text())


def stop_store(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture(scope="session")
def journeys_database(postgresql_url: str) -> str:
    """A database of its own for the store that the journeys run against."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS journeys")
        connection.execute("CREATE DATABASE journeys")
    head, _, query = postgresql_url.partition("?")
    return head.rsplit("/", 1)[0] + "/journeys" + (f"?{query}" if query else "")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """The demo pharmacy, once on each database."""
    url = request.getfixturevalue("journeys_database") if request.param == "postgresql" else ""
    instance = tmp_path_factory.mktemp(f"journeys-{request.param}") / "instance"
    process, address = start_store(instance, url)
    yield RunningStore(address, instance, request.param)
    stop_store(process)


@pytest.fixture(scope="session")
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
    """`open_page(javascript=False, width=390)`: a fresh visitor's page. What the console complains of fails the test."""
    contexts, complaints = [], []

    def make(*, javascript: bool = True, width: int = 1280, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=store.address, java_script_enabled=javascript, locale="en-US",
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console", lambda message: complaints.append(message.text) if _is_complaint(message) else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(message) -> bool:
    """Errors of ours: a broken script or a breach of the CSP. A refusal's own status is none."""
    return message.type == "error" and "the server responded with a status of" not in message.text
