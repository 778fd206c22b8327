"""The workers of the store: who is one, who still lives, and what becomes of a dead one's jobs.

No clocks are compared, since those of two machines differ: a worker is dead when another one has said several
times that it lives and this one, meanwhile, not once. A database that lets nobody write kills nobody.
"""

import os
import socket
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select, update

from shop.database import db, rows_changed, transaction
from shop.outbox import kinds
from shop.outbox.models import Job, Worker
from shop.outbox.rules import MOST_LOST, lost_delay

BEATS = 5
"""A worker that stayed silent while another spoke this many times is dead."""
MOST_PLACED = 1000  # at a time: writers on SQLite wait for each other


class Member:
    """This process among the workers."""

    def __init__(self, at: datetime) -> None:
        with transaction():
            self.id = _enter(at)
        self._silent: dict[int, tuple[datetime, int]] = {}  # others: last seen, and for how many beats

    def beat(self, at: datetime) -> None:
        """Say that this worker lives; give back the jobs of those that no longer do."""
        with transaction():
            lives = rows_changed(update(Worker).where(Worker.id == self.id).values(last_seen=at))
            worker_id = self.id if lives else _enter(at)  # it was given up for dead: as a new one, then
            silent = self._count_silence(worker_id)
            for other, (_, beats) in silent.items():
                if beats >= BEATS:
                    _bury(other, at)
            place_jobs()
        self.id, self._silent = worker_id, silent

    def _count_silence(self, mine: int) -> dict[int, tuple[datetime, int]]:
        counted = {}
        for row in db.session.execute(select(Worker.id, Worker.last_seen).where(Worker.id != mine)):
            before, beats = self._silent.get(row.id, (None, 0))
            counted[row.id] = (row.last_seen, beats + 1 if row.last_seen == before else 0)
        return counted

    def leave(self) -> None:
        """Leave cleanly: nothing of this worker's is still running."""
        with transaction():
            db.session.execute(delete(Worker).where(Worker.id == self.id))
            give_back(self.id)


def is_member(worker_id: int) -> bool:
    """Whether the store still counts on this worker; it does until the end of the transaction.

    One that was buried takes nothing until it is a new one: nobody would miss it at those jobs.
    """
    still = select(Worker.id).where(Worker.id == worker_id).with_for_update(read=True, key_share=True)
    return db.session.scalar(still) is not None


def give_back(worker_id: int, running: Collection[int] = ()) -> None:
    """Let anybody take this worker's jobs but for those it is at, by id.

    It has others when the commit that took them had no answer: nobody runs them, and it is not dead.
    """
    db.session.execute(
        update(Job)
        .where(Job.worker_id == worker_id, Job.id.not_in(running))
        .values(worker_id=None, leased_until=None)
        .execution_options(synchronize_session=False)
    )


def _enter(at: datetime) -> int:
    worker = Worker(name=f"{socket.gethostname()[:60]}:{os.getpid()}", started_at=at, last_seen=at)
    db.session.add(worker)
    db.session.flush()
    return worker.id


def _bury(worker_id: int, at: datetime) -> None:
    if not rows_changed(delete(Worker).where(Worker.id == worker_id)):
        return  # somebody else did
    left = select(Job.id, Job.lost).where(Job.worker_id == worker_id).order_by(Job.id)
    for job_id, lost in db.session.execute(left).all():
        too_often = lost + 1 >= MOST_LOST
        db.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.worker_id == worker_id)
            .values(
                worker_id=None,
                leased_until=None,
                lost=lost + 1,
                last_error="WorkerEnded",
                run_after=at + lost_delay(lost + 1),
                given_up=too_often,
                finished_at=at if too_often else None,
            )
            .execution_options(synchronize_session=False)
        )


def place_jobs() -> None:
    """Give jobs without a lane theirs: rows of a release that knew no lanes, or knew no such kind."""
    lanes = {kind.name: kind.lane for kind in kinds.known()}
    found = db.session.execute(
        select(Job.id, Job.kind)
        .where(Job.lane == kinds.NO_LANE, Job.finished_at.is_(None), Job.kind.in_(lanes))
        .order_by(Job.run_after)
        .limit(MOST_PLACED)
    ).all()
    for lane in {lanes[row.kind] for row in found}:
        db.session.execute(
            update(Job)
            .where(Job.id.in_([row.id for row in found if lanes[row.kind] == lane]))
            .values(lane=lane, due_at=func.coalesce(Job.due_at, Job.run_after))
            .execution_options(synchronize_session=False)
        )
