"""Asking for jobs, inside the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from shop.database import db, rows_changed
from shop.outbox.kinds import lane_of
from shop.outbox.models import Job


def enqueue(
    kind: str,
    key: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    run_after: datetime | None = None,
    sequence: str | None = None,
) -> None:
    """Ask that `kind` be done once for `key`, not before `run_after`. Asking again changes nothing.

    The payload holds ids; a handler reads the facts itself, so a job never carries health data.
    Two transactions that ask at once do not fail: the second waits for the first and then changes nothing.

    Jobs of the same lane and `sequence` ("order:12") run one at a time in the order they were asked for: a
    failing one holds back those after it, and nothing else. One that is not due yet holds back nothing. Ask
    under the lock of what the sequence is about, or there is no order to keep.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    due = run_after or at
    asked = insert(Job).values(
        kind=kind,
        key=key,
        payload=payload,
        lane=lane_of(kind),
        sequence=sequence,
        created_at=at,
        due_at=due,
        run_after=due,
        attempts=0,
        given_up=False,
    )
    db.session.execute(asked.on_conflict_do_nothing(index_elements=["key"]))


def forget_keys(prefix: str) -> None:
    """Delete the jobs whose key begins so, done or not, in the caller's transaction: what they hold goes."""
    db.session.execute(delete(Job).where(Job.key.startswith(prefix, autoescape=True)))


def withdraw(key: str) -> bool:
    """Let a job that nobody has begun not be done, in the caller's transaction. False where none is there."""
    untouched = (Job.attempts == 0) & Job.worker_id.is_(None) & Job.finished_at.is_(None)
    return bool(rows_changed(delete(Job).where(Job.key == key, untouched)))
