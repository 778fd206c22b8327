"""A store with short deadlines, and neighbors that hold what it needs."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop import create_app
from shop.database import db
from shop.limits import Deadlines
from shop.outbox import chores
from tests.factories import make_lot, make_variant
from tests.running_store import PATIENCE

SHORT = Deadlines(lock=1, statement=5, look=1, slot=1, payments=1)
HOLD_SQLITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
HELD_ON_POSTGRESQL = (
    "UPDATE audit_head SET length = length",
    'LOCK TABLE "order", basket, basket_line IN EXCLUSIVE MODE',
)


@pytest.fixture
def impatient(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A second application on the same database: short deadlines, and pages are kept."""
    settings = replace(app.extensions["settings"], page_cache_mb=64, instance=tmp_path, deadlines=SHORT)
    made = create_app(settings)
    made.wsgi_app.versions.patience = PATIENCE
    with made.app_context():
        make_lot(make_variant(), 500)
        chores.run_all()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def locked(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """`with locked():` somebody else holds what every write needs, and does nothing."""
    url = app.extensions["settings"].database_url
    return lambda: hold(url)


@contextmanager
def hold(url: str) -> Iterator[None]:
    if url.startswith("sqlite"):
        with _hold_sqlite(url.removeprefix("sqlite:///")):
            yield
        return
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        for statement in HELD_ON_POSTGRESQL:
            connection.execute(statement)
        yield
        connection.rollback()


@contextmanager
def _hold_sqlite(path: str) -> Iterator[None]:
    """In another process: SQLite's locks do not hold against the own one's connections in every case."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_SQLITE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate()
    assert sqlite3.connect(path).execute("SELECT 1").fetchone() == (1,)


SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def put_in_basket(app: Flask) -> TestResponse:
    """A visitor's write."""
    return app.test_client().post("/basket", data={"variant": 1, "quantity": 30}, headers=SAME_ORIGIN)


def assert_busy(answer: TestResponse) -> None:
    """503, when to try again, and a whole page of ours."""
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Cache-Control"] == "no-store"
    for part in ('class="masthead"', 'id="main"', 'class="footer"', "/static/css/store.css"):
        assert part in answer.text, part
