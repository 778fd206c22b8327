"""Jobs that keep failing or were given up: what the desk sees of them, and trying again.

Nothing here shows what a job is about: neither payload nor key leaves this room.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from shop.database import db, rows_changed
from shop.outbox.models import Job

MOST_SHOWN = 100


@dataclass(frozen=True)
class FailingJob:
    """A job that failed at least once and is not done. `error` is an exception's type, never its data."""

    id: int
    kind: str
    attempts: int
    error: str
    given_up: bool
    asked_at: datetime
    next_at: datetime


_GIVEN_UP = Job.given_up.is_(True)
_FAILING = _GIVEN_UP | (Job.finished_at.is_(None) & Job.last_error.is_not(None))


def given_up_count() -> int:
    """How many jobs wait for a person."""
    return db.session.scalar(select(func.count(Job.id)).where(_GIVEN_UP)) or 0


def failing() -> list[FailingJob]:
    """Those given up first, then those that are tried again by themselves; the oldest first."""
    rows = db.session.scalars(
        select(Job).where(_FAILING).order_by(Job.given_up.desc(), Job.created_at, Job.id).limit(MOST_SHOWN)
    )
    return [
        FailingJob(
            job.id, job.kind, job.attempts, job.last_error or "", job.given_up, job.created_at, job.run_after
        )
        for job in rows
    ]


def try_again(job_id: int, at: datetime) -> bool:
    """Let the worker take a failing job at once, with all its attempts anew. False when it is not failing."""
    return bool(
        rows_changed(
            update(Job)
            .where(Job.id == job_id, _FAILING)
            .values(given_up=False, finished_at=None, run_after=at, leased_until=None, attempts=0)
        )
    )
