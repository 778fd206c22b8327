"""Real workers, and jobs of the tests' own kinds."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.database import db, transaction
from shop.outbox import kinds
from shop.outbox.models import Job
from shop.outbox.service import enqueue
from tests.forked import Forked

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
MISSED_SOON = {"worker_lost_seconds": 1.0}
"""For workers that outlive another. Not for two that live: on a busy machine one may not run for a second."""
SCRIPT = Path(__file__).with_name("outbox_worker.py")


def ask(kind: str, key: str, at: datetime = AT, sequence: str | None = None, **payload) -> None:
    with transaction():
        enqueue(kind, key, payload, at=at, sequence=sequence)


def job(key: str) -> Job:
    db.session.rollback()
    db.session.expire_all()
    found = db.session.scalars(select(Job).where(Job.key == key)).one()
    db.session.rollback()
    return found


def wait_until(true, seconds: float = 120) -> None:
    """Wait for what has to come; the time only bounds how long a failure takes."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


class Workers:
    """Starts real worker processes on the app's database; none outlives the test."""

    def __init__(self, app, notes: Path) -> None:
        self.settings, self.notes = app.extensions["settings"], notes
        self.started: list[Forked] = []

    def start(self, **changes) -> Forked:
        """`changes` are settings; see MISSED_SOON."""
        [process] = self.start_many(1, **changes)
        return process

    def start_many(self, count: int, **changes) -> list[Forked]:
        processes = [self._spawn(changes) for _ in range(count)]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        return processes

    def _spawn(self, changes: dict) -> Forked:
        place, url = str(self.settings.instance), self.settings.database_url
        process = Forked(SCRIPT, place, url, str(self.notes), json.dumps(changes))
        self.started.append(process)
        return process

    def lines(self, file: str) -> list[list[str]]:
        """What was noted so far: process id and words."""
        path = self.notes / file
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def tell_to_go(self) -> None:
        (self.notes / "go").touch()


@pytest.fixture
def workers(app, tmp_path):
    made = Workers(app, tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.communicate()


@pytest.fixture
def handled():
    """`handled("kind", function)` declares a handler for the time of the test."""
    declared = []

    def declare(kind, handler, lane="default"):
        declared.append(kind)
        kinds.handles(kind, lane)(handler)

    yield declare
    for kind in declared:
        kinds.forget(kind)
