"""Two units of work on PostgreSQL, the first stopped at each of its statements in turn while the second runs.

What is decided from two reads goes wrong only when another transaction commits between them. Here that
happens on purpose, at every place where it could: no luck and no clock is needed.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from shop.database import db, transaction
from tests.conftest import empty_database
from tests.integration.interleaving.kept import keep, put_back
from tests.running_store import PATIENCE

Work = Callable[[], object]
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class Ran:
    """What became of the two: what each returned, or the exception it ended with."""

    first: object
    second: object
    stopped_at: int
    stopped: bool  # False: `first` had ended before
    waited: bool  # `second` found a lock of `first`


def every_interleaving(
    app: Flask, setup: Callable[[], Any], first: Any, second: Any
) -> Iterator[tuple[Any, Ran]]:
    """For each statement of `first`: the database as `setup()` left it, and `second` run just before.

    `setup` runs once, on an empty database; what it made is put back each time, so it returns ids, no rows.

    Where `second` has to wait for a lock of `first`, `first` goes on; later statements are the same then,
    since `first` keeps its locks, and are left out. Yields what `setup` made, and what became of the two.
    """
    empty_database()
    made = setup()
    db.session.remove()
    kept = keep()
    at = 0
    while True:
        ran = _run(app, lambda made=made: first(made), lambda made=made: second(made), at)
        yield made, ran
        if ran.waited or not ran.stopped:
            return
        at += 1
        db.session.remove()
        put_back(kept)


def _run(app: Flask, first: Work, second: Work, stop_at: int) -> Ran:
    gate = _Gate(stop_at)
    engine = db.engine
    event.listen(engine, "before_cursor_execute", gate.pass_statement)
    event.listen(engine, "commit", gate.pass_commit)
    try:
        a = _Worker(app, first)
        gate.thread = a
        a.start()
        _until(lambda: gate.reached.is_set() or not a.is_alive())
        reached = gate.reached.is_set()
        b = _Worker(app, second)
        b.start()
        if reached:
            _until(lambda: not b.is_alive() or somebody_waits())
        waited = reached and b.is_alive()
        gate.go_on.set()
        for worker in (a, b):
            worker.join(PATIENCE)
            assert not worker.is_alive(), "a unit of work did not end"
        return Ran(a.result, b.result, stop_at, reached, waited)
    finally:
        gate.go_on.set()
        event.remove(engine, "before_cursor_execute", gate.pass_statement)
        event.remove(engine, "commit", gate.pass_commit)


class _Gate:
    """Stops its thread before its n-th statement, the commit being the last of them."""

    def __init__(self, stop_at: int) -> None:
        self.stop_at, self.count = stop_at, 0
        self.thread: threading.Thread | None = None
        self.reached, self.go_on = threading.Event(), threading.Event()

    def pass_statement(self, *_: Any) -> None:
        if threading.current_thread() is not self.thread:
            return
        if self.count == self.stop_at:
            self.reached.set()
            self.go_on.wait(PATIENCE)
        self.count += 1

    def pass_commit(self, _connection: Any) -> None:
        self.pass_statement()


class _Worker(threading.Thread):
    def __init__(self, app: Flask, work: Work) -> None:
        super().__init__(daemon=True)
        self.app, self.work, self.result = app, work, None

    def run(self) -> None:
        with self.app.app_context():
            try:
                with transaction():
                    self.result = self.work()
            except Exception as error:
                self.result = error
            finally:
                db.session.remove()


def somebody_waits() -> bool:
    """Whether a transaction of this database waits for another’s lock; PostgreSQL only."""
    with db.engine.connect() as connection:
        return bool(connection.execute(WAITING).scalar())


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.002)
