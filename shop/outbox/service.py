"""Asking for jobs, inside the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.database import db
from shop.outbox.models import Job


def enqueue(
    kind: str, key: str, payload: dict[str, Any], *, at: datetime, run_after: datetime | None = None
) -> None:
    """Ask that `kind` be done once for `key`, not before `run_after`. Asking again changes nothing.

    The payload holds ids; a handler reads the facts itself, so a job never carries health data.
    """
    if db.session.scalar(select(Job.id).where(Job.key == key)):
        return
    db.session.add(Job(kind=kind, key=key, payload=payload, created_at=at, run_after=run_after or at))
    db.session.flush()
