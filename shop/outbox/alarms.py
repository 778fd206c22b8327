"""What the outbox itself raises an alarm for."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, literal, select

from shop.outbox import kinds
from shop.outbox.models import Job, Worker
from shop.outbox.rules import OLD_AFTER, Lane
from shop.outbox.watching import Condition, alarm

WORKER_SILENT = timedelta(minutes=1)
UNKNOWN_KIND_OLD = timedelta(hours=1)


def _old_jobs(lane: Lane) -> Condition:
    def condition(at: datetime) -> Select[Any]:
        of_lane = [kind.name for kind in kinds.known() if kind.lane == lane]
        return select(Job.id).where(
            Job.kind.in_(of_lane), Job.finished_at.is_(None), Job.due_at < at - OLD_AFTER[lane]
        )

    return condition


for _lane, _says in {
    Lane.MONEY: "A payment step has been due for more than 15 minutes",
    Lane.MAIL: "An email has been due for more than an hour",
    Lane.DOCUMENTS: "An uploaded file has waited more than 30 minutes to be checked",
    Lane.DEFAULT: "A job has been due for more than 6 hours",
}.items():
    alarm(f"{_lane}_jobs_old", _says)(_old_jobs(_lane))


@alarm("jobs_given_up", "A job was given up")
def jobs_given_up(at: datetime) -> Select[Any]:
    return select(Job.id).where(Job.given_up)


@alarm("jobs_of_unknown_kind", "A job has a kind that this release’s workers don’t handle")
def jobs_of_unknown_kind(at: datetime) -> Select[Any]:
    return select(Job.id).where(
        Job.lane == kinds.NO_LANE, Job.finished_at.is_(None), Job.run_after < at - UNKNOWN_KIND_OLD
    )


@alarm("no_worker", "No worker is running")
def no_worker(at: datetime) -> Select[Any]:
    return select(literal(1)).where(~exists(select(Worker.id).where(Worker.last_seen > at - WORKER_SILENT)))
