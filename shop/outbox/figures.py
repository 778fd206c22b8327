"""How much waits in the outbox, by kind: counts that stop at a bound, from indexes without finished jobs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from shop.database import db
from shop.outbox import kinds
from shop.outbox.failures import FAILING
from shop.outbox.models import Job

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
