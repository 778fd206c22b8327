"""Claiming due jobs for a worker, so that each is done by one, and those of a sequence in their order.

Called inside a transaction, but for `anything_due`. The statements are put together once: doing that for each
turn would take longer than the database does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, or_, select, update

from shop.database import UtcDateTime, db
from shop.outbox import kinds
from shop.outbox.models import Job

HIDDEN_FROM_OLD_WORKERS = timedelta(hours=1)
"""While a release without heartbeats still runs beside this one, its workers look at the lease only."""


@dataclass(frozen=True)
class ClaimedJob:
    """A job that this worker does now. `attempts` counts this one."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    worker_id: int


def anything_due(lanes: Collection[str], at: datetime, running: Collection[int] = ()) -> bool:
    """Whether it is worth a transaction to claim from `lanes`."""
    return bool(db.session.execute(_ANY_DUE, _asked(lanes, 1, at, running)).all())


def claim(
    worker_id: int, lanes: Collection[str], most: int, at: datetime, running: Collection[int] = ()
) -> list[ClaimedJob]:
    """Up to `most` jobs of `lanes` that have been due longest, now this worker's.

    `running` are ids that this process is still at, though the store may have given it up for dead meanwhile.
    """
    found = db.session.execute(_DUE_AND_FREE, _asked(lanes, most, at, running)).all()
    if found:
        ids = [row.id for row in found]
        lease = at + HIDDEN_FROM_OLD_WORKERS
        db.session.execute(_CLAIM, {"ids": ids, "mine": worker_id, "lease": lease})
    return [ClaimedJob(row.id, row.kind, row.payload, row.attempts + 1, worker_id) for row in found]


def _asked(lanes: Collection[str], most: int, at: datetime, running: Collection[int]) -> dict[str, Any]:
    return {
        "lanes": list(lanes),
        "kinds": [kind.name for kind in kinds.known()],
        "at": at,
        "most": most,
        "running": list(running),
    }


_table = cast(Table, Job.__table__)
_job = _table.c
_other = _table.alias("other")
_at = bindparam("at", type_=UtcDateTime())


def _held_back() -> ColumnElement[bool]:
    """Another job of the same sequence runs, or one asked for earlier is due or being tried again."""
    other = _other.c
    earlier = and_(other.id < _job.id, or_(other.run_after <= _at, other.attempts > 0))
    return exists(
        select(other.id).where(
            other.lane == _job.lane,
            other.sequence == _job.sequence,
            other.finished_at.is_(None),
            other.id != _job.id,
            or_(other.worker_id.is_not(None), earlier),
        )
    )


_DUE = (
    select(_job.id, _job.kind, _job.payload, _job.attempts)
    .where(_job.lane.in_(bindparam("lanes", expanding=True)))
    .where(_job.finished_at.is_(None), _job.run_after <= _at, _job.worker_id.is_(None))
    .where(or_(_job.leased_until.is_(None), _job.leased_until < _at))
    .where(_job.kind.in_(bindparam("kinds", expanding=True)))
    .where(_job.id.not_in(bindparam("running", expanding=True)))
    .where(~_held_back())
    .order_by(_job.run_after, _job.id)
    .limit(bindparam("most"))
)
_ANY_DUE = _DUE.order_by(None)  # in no order: otherwise all that is due would have to be sorted
_DUE_AND_FREE = _DUE.with_for_update(skip_locked=True, of=_table)
_CLAIM = (
    update(_table)
    .where(_job.id.in_(bindparam("ids", expanding=True)))
    .values(worker_id=bindparam("mine"), attempts=_job.attempts + 1, leased_until=bindparam("lease"))
)
