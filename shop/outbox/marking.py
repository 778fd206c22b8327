"""Writing down how jobs ended, inside a transaction, and what that means for others of their kind."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, or_, select, update

from shop.database import UtcDateTime, db, portions, rows_changed
from shop.outbox.claiming import ClaimedJob
from shop.outbox.models import Job
from shop.outbox.rules import HEALED_AGAIN_AFTER, HEALED_OVER, retry_delay

MOST_HEALED = 1000  # at a time: writers on SQLite wait for each other


@dataclass(frozen=True)
class Ended:
    """How one attempt ended. `error` is an exception's type or None; `final`: no retry can help."""

    job: ClaimedJob
    error: str | None = None
    final: bool = False


def mark(ended: Iterable[Ended], at: datetime) -> None:
    """Finish what succeeded, plan the next try of what failed, give up what can never work.

    Says nothing of a job that went to another worker meanwhile: this one had been taken for dead.
    """
    done: dict[int, list[int]] = defaultdict(list)
    for one in sorted(ended, key=lambda one: one.job.id):
        if one.error is None:
            done[one.job.worker_id].append(one.job.id)
        else:
            _fail(one, at)
    for worker_id, ids in done.items():
        db.session.execute(_FINISH, {"ids": ids, "mine": worker_id, "at": at})


def _fail(one: Ended, at: datetime) -> None:
    if one.final:
        then: dict[str, Any] = {"finished_at": at, "given_up": True}
    else:
        then = {"run_after": at + retry_delay(one.job.attempts, random.random()), "lost": 0}  # noqa: S311
    db.session.execute(
        update(Job)
        .where(Job.id == one.job.id, Job.worker_id == one.job.worker_id)
        .values(worker_id=None, leased_until=None, last_error=one.error, **then)
        .execution_options(synchronize_session=False)
    )


_table = cast(Table, Job.__table__)
_FINISH = (  # put together once: most turns of a busy worker need it
    update(_table)
    .where(_table.c.id.in_(bindparam("ids", expanding=True)), _table.c.worker_id == bindparam("mine"))
    .values(
        finished_at=bindparam("at", type_=UtcDateTime()), last_error=None, worker_id=None, leased_until=None
    )
)


def heal(kind: str, at: datetime) -> int:
    """A job of `kind` has worked: those that wait long after failures come within the next minute; how many.

    Each is moved forward once an hour at most, so that one which fails for reasons of its own stays rare.
    """
    waiting = db.session.scalars(
        select(Job.id)
        .where(Job.kind == kind, Job.finished_at.is_(None), Job.last_error.is_not(None))
        .where(Job.worker_id.is_(None), Job.run_after > at + HEALED_OVER)
        .where(or_(Job.healed_at.is_(None), Job.healed_at < at - HEALED_AGAIN_AFTER))
        .order_by(Job.id)
        .limit(MOST_HEALED)
        .with_for_update(skip_locked=True)
    ).all()
    size = max(1, len(waiting) // 30)
    groups = list(portions(waiting, size))
    for number, ids in enumerate(groups):
        rows_changed(
            update(Job)
            .where(Job.id.in_(ids), Job.worker_id.is_(None), Job.finished_at.is_(None))
            .values(run_after=at + number * HEALED_OVER / len(groups), healed_at=at)
            .execution_options(synchronize_session=False)
        )
    return len(waiting)
