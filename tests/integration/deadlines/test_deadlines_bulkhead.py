"""The whole store, as `make run` starts it, with more waiting customers than it has threads to work."""

import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shop.limits import Sizes
from tests.integration.deadlines.conftest import SAME_ORIGIN, hold
from tests.integration.serve.test_serve_start import run
from tests.running_store import free_pair, start_store, stop_store

THREADS = 16
ROOM = Sizes(THREADS).writes.total
PAGES = (
    "/medicines/baclofen-tablets",
    "/healthz",
    "/readyz",
    "/static/css/base.css",
    "/medicines?form=tablet&sort=price",  # not kept: made just now
)
LONG = "300"  # seconds; everything below happens while a lock is held, however slow the machine is


def get(url: str) -> int:
    return ask(urllib.request.Request(url))


def ask(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=int(LONG)) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code if refusal.code != 503 or refusal.headers["Retry-After"] else 500


def basket(address: str) -> urllib.request.Request:
    form = urllib.parse.urlencode({"variant": 1, "quantity": 30}).encode()
    return urllib.request.Request(address + "/basket", data=form, headers=SAME_ORIGIN)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path: Path, monkeypatch, make_postgresql_database) -> Iterator[tuple[str, str]]:
    """The address and the database of a store with one web process and long deadlines."""
    for name, value in {
        "WEB_WORKERS": "1",
        "WEB_THREADS": str(THREADS),
        "DEADLINE_LOCK": LONG,
        "DEADLINE_SLOT": LONG,
        "DEADLINE_STATEMENT": LONG,
    }.items():
        monkeypatch.setenv(name, value)
    instance = tmp_path / "instance"
    url = make_postgresql_database("bulkhead") if request.param == "postgresql" else ""
    process, address = start_store(instance, url)
    yield address, url or f"sqlite:///{instance / 'formulary.sqlite3'}"
    stop_store(process)


def until(true: Callable[[], bool]) -> None:
    """Wait; the test's own limit ends it."""
    while not true():
        time.sleep(0.05)


def test_customers_who_wait_for_a_lock_take_no_thread_from_pages_and_health(store):
    address, url = store
    kept = address + "/medicines/baclofen-tablets"
    assert get(kept) == 200
    answers: list[int] = []
    with hold(url):
        crowd = [
            threading.Thread(target=lambda: answers.append(ask(basket(address)))) for _ in range(3 * THREADS)
        ]
        for customer in crowd:
            customer.start()
        # more than there is room for are refused at once; the others wait as long as the lock is held
        until(lambda: len(answers) == len(crowd) - ROOM)
        assert set(answers) == {503}
        for path in PAGES:
            assert get(address + path) == 200, path
        assert len(answers) == len(crowd) - ROOM
    for customer in crowd:
        customer.join()

    assert 500 not in answers
    assert ask(basket(address)) == 200


def test_more_connections_than_postgresql_allows_are_refused_at_the_start(tmp_path, make_postgresql_database):
    done = run(
        {
            "DATABASE_URL": make_postgresql_database("sizes"),
            "WEB_WORKERS": "64",
            "WEB_THREADS": "1024",
            "INSTANCE_PATH": str(tmp_path / "instance"),
            "PORT": str(free_pair()),
        }
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in ("max_connections", "WEB_WORKERS", "WEB_THREADS"):
        assert word in done.stderr
