"""The worker: takes one due job at a time under a lease and runs its handler.

A handler may run twice (a worker killed after the effect, before the mark) and must not matter if it does.
Handlers open their own transactions; the worker holds none while they run, so they may use the network.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import or_, select, update

from shop.database import db, now, transaction
from shop.outbox import chores
from shop.outbox.models import Job

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 12
IDLE_SECONDS = 0.5

Handler = Callable[[dict[str, Any], datetime], None]
log = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Declare the function that does jobs of `kind`: it takes the payload and the time."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def retry_delay(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … at most an hour, after the given number of failed attempts."""
    return timedelta(seconds=min(2**attempts, 3600))


def run_one(at: datetime) -> bool:
    """Run the job that has been due longest. False when nothing is due."""
    job = _take(at)
    if job is None:
        return False
    job_id, kind, payload, attempts = job
    if attempts > MOST_ATTEMPTS:  # the last attempt ended with its worker; a job that kills workers must end
        _finish(job_id, failed="WorkerEnded", attempts=attempts)
        return True
    try:
        _handlers[kind](payload, at)
    except Exception as error:  # a handler's failure must not stop the others' jobs
        db.session.rollback()
        log.warning("job %s %s failed (attempt %d): %s", job_id, kind, attempts, type(error).__name__)
        _finish(job_id, failed=type(error).__name__, attempts=attempts)
    else:
        _finish(job_id)
    return True


def run_due(at: datetime) -> int:
    """Run everything that is due; how many ran."""
    count = 0
    while run_one(at):
        count += 1
    return count


def run_until(stop: threading.Event) -> None:
    """The worker's life: run what is due, wait a moment, until told to stop. Chores run beside it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=chores.run_until, args=(stop, app), daemon=True).start()
    while not stop.is_set():
        try:
            busy = run_one(now())
        except Exception as error:  # the database may be away for a while; the jobs in it are not lost
            db.session.rollback()
            log.warning("worker cannot reach its jobs: %s", type(error).__name__)
            busy = False
        db.session.remove()
        if not busy:
            stop.wait(IDLE_SECONDS)


def _take(at: datetime) -> tuple[int, str, dict[str, Any], int] | None:
    with transaction() as session:
        due = (
            select(Job)
            .where(Job.finished_at.is_(None), Job.run_after <= at, Job.kind.in_(_handlers))
            .where(or_(Job.leased_until.is_(None), Job.leased_until < at))
            .order_by(Job.run_after, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job = session.scalars(due).one_or_none()
        if job is None:
            return None
        job.leased_until = at + LEASE
        job.attempts += 1
        return job.id, job.kind, job.payload, job.attempts


def _finish(job_id: int, failed: str | None = None, attempts: int = 0) -> None:
    moment = now()
    if failed is None:
        change: dict[str, Any] = {"finished_at": moment, "last_error": None}
    elif attempts >= MOST_ATTEMPTS:
        change = {"finished_at": moment, "given_up": True, "last_error": failed}
    else:
        change = {"run_after": moment + retry_delay(attempts), "last_error": failed, "leased_until": None}
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**change))
