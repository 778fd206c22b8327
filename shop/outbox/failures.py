"""What the desk sees of jobs: those that keep failing or were given up, retrying, and how much waits by kind.

Nothing here shows what a job is about: neither payload nor key leaves this room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute

from shop.database import db, rows_changed
from shop.outbox import kinds
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
    """Let the worker take a failing job at once, its attempts reset. False when it is not failing."""
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


# --- How much waits, by kind: counts that stop at a bound, from indexes without finished jobs -------------

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class KindFigures:
    """Jobs of one kind. `waiting` are due and not done, `failing` those that failed and are retried by
    themselves; each count ends at MOST_COUNTED. `oldest` is since when the oldest of them has been due.
    """

    kind: str
    lane: str
    waiting: int
    failing: int
    given_up: int
    oldest: datetime | None

    @property
    def retriable(self) -> int:
        return self.failing + self.given_up


def by_kind(at: datetime) -> list[KindFigures]:
    """Every kind of this release, and others that have jobs left; by lane and name, in two queries."""
    lanes = {kind.name: str(kind.lane) for kind in kinds.known()}
    lanes |= {name: kinds.NO_LANE for name in _unknown_kinds() if name not in lanes}
    rows = db.session.execute(union_all(*(_of_kind(kind, at) for kind in lanes)))
    found = [
        KindFigures(row.kind, lanes[row.kind], row.waiting, row.failing, row.given_up, row.oldest)
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.lane, one.kind))


def of_kind(kind: str, at: datetime) -> KindFigures:
    row = db.session.execute(_of_kind(kind, at)).one()
    return KindFigures(kind, kinds.lane_of(kind), row.waiting, row.failing, row.given_up, row.oldest)


def _of_kind(kind: str, at: datetime) -> Select[str, int, int, int, datetime | None]:
    of_kind = Job.kind == kind
    due = (of_kind, Job.finished_at.is_(None), Job.due_at <= at)
    oldest = select(Job.due_at).where(*due).order_by(Job.due_at).limit(1).correlate(None).scalar_subquery()
    return select(
        literal(kind).label("kind"),
        _count(*due).label("waiting"),
        _count(of_kind, *FAILING).label("failing"),
        _count(of_kind, Job.given_up).label("given_up"),
        oldest.label("oldest"),
    )


def _count(*where: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ScalarSelect[int]:
    some = select(Job.id).where(*where).limit(MOST_COUNTED).correlate(None).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _unknown_kinds() -> list[str]:
    unplaced = select(Job.kind).where(Job.lane == kinds.NO_LANE, Job.finished_at.is_(None))
    return list(db.session.scalars(select(unplaced.limit(MOST_COUNTED).subquery().c.kind).distinct()))
