"""Jobs that keep failing or were given up: what the desk sees of them, and retrying.

Nothing here shows what a job is about: neither payload nor key leaves this room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, update

from shop.database import db, rows_changed
from shop.outbox.models import Job

PER_PAGE = 50
MOST_RETRIED = 5000  # at a time: writers on SQLite wait for each other


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


FAILING: tuple[ColumnElement[bool], ...] = (Job.finished_at.is_(None), Job.last_error.is_not(None))
"""The condition of the partial index of failing jobs; the one of jobs given up is `Job.given_up` alone."""


def failing(kind: str, after: int = 0) -> Sequence[FailingJob]:
    """Jobs of `kind` that were given up or are being retried, oldest first, from the one after id `after`.

    One more than `PER_PAGE` when there is another page.
    """
    jobs = [job for ids in _both(kind) for job in _rows(ids.where(Job.id > after).limit(PER_PAGE + 1))]
    return sorted(jobs, key=lambda job: job.id)[: PER_PAGE + 1]


def retry(job_id: int, at: datetime) -> bool:
    """Let the worker take a failing job at once, its attempts counted anew. False when it is not failing."""
    return any(_again(at, Job.id == job_id, *where) for where in ((Job.given_up,), FAILING))


def retry_all(kind: str, at: datetime) -> int:
    """The same for all jobs of `kind` that fail or were given up, at most `MOST_RETRIED`; how many."""
    ids = [job_id for found in _both(kind) for job_id in db.session.scalars(found.limit(MOST_RETRIED))]
    return _again(at, Job.id.in_(ids[:MOST_RETRIED]))


def _both(kind: str) -> tuple[Select[int], Select[int]]:
    ids = select(Job.id).where(Job.kind == kind).order_by(Job.id)
    return ids.where(Job.given_up), ids.where(*FAILING)


def _rows(ids: Select[int]) -> list[FailingJob]:
    jobs = db.session.scalars(select(Job).where(Job.id.in_(db.session.scalars(ids).all())))
    return [
        FailingJob(
            job.id, job.kind, job.attempts, job.last_error or "", job.given_up, job.created_at, job.run_after
        )
        for job in jobs
    ]


def _again(at: datetime, *where: ColumnElement[bool]) -> int:
    return rows_changed(
        update(Job)
        .where(*where, Job.worker_id.is_(None))  # one that runs right now is being retried already
        .values(
            given_up=False,
            finished_at=None,
            run_after=at,
            due_at=func.coalesce(Job.due_at, at),
            attempts=0,
            lost=0,
            leased_until=None,
        )
        .execution_options(synchronize_session=False)
    )
