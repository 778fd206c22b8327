"""Asking for jobs, inside the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from shop.database import db
from shop.outbox.models import Job


def enqueue(
    kind: str, key: str, payload: dict[str, Any], *, at: datetime, run_after: datetime | None = None
) -> None:
    """Ask that `kind` be done once for `key`, not before `run_after`. Asking again changes nothing.

    The payload holds ids; a handler reads the facts itself, so a job never carries health data.
    Two transactions that ask at once do not fail: the second waits for the first and then changes nothing.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    asked = insert(Job).values(
        kind=kind, key=key, payload=payload, created_at=at, run_after=run_after or at,
        attempts=0, given_up=False,
    )  # fmt: skip
    db.session.execute(asked.on_conflict_do_nothing(index_elements=["key"]))
