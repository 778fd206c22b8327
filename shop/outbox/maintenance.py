"""What keeps a store from growing without end: old rows are removed, litter is swept."""

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from flask import current_app
from sqlalchemy import select

from shop.clock import now
from shop.maintenance import retention, sweeping
from shop.maintenance.retention import kept_for, remove_rows
from shop.maintenance.sweeping import UNFINISHED_FOR, Litter, finds_litter, older_than
from shop.outbox.chores import periodically
from shop.outbox.models import Job

log = logging.getLogger(__name__)


@kept_for("keep_jobs_days")
def finished_jobs(before: datetime, most: int) -> int:
    """Jobs that were done. One that waits, or that was given up and waits for a person, is never removed."""
    old = select(Job.id).where(Job.finished_at < before, Job.given_up.is_(False))
    old = old.order_by(Job.finished_at).limit(most).with_for_update(skip_locked=True)
    return remove_rows(Job, old)


@finds_litter
def unfinished_mails(at: datetime) -> Iterator[Litter]:
    """Mails kept as files whose writer died before the last byte; the job writes them again."""
    for path in current_app.extensions["settings"].mail_folder.glob("*.part"):
        if older_than(path, UNFINISHED_FOR, at):
            yield Litter("mail_part", path, partial(path.unlink, missing_ok=True))


@periodically(seconds=3600)
def remove_old_rows() -> None:
    """Remove finished jobs, old events, ended holds and the like when their settings say so."""
    if removed := {kind: count for kind, count in retention.remove_old(now()).items() if count}:
        log.info("removed old rows: %s", removed)


@periodically(seconds=3600)
def sweep_litter() -> None:
    """Remove files that no row names and that nobody is writing any more."""
    if removed := sweeping.sweep(now()):
        log.info("swept: %s", removed)
