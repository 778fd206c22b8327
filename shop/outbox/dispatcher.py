"""The worker's dispatcher: claims jobs while their lanes have room, runs each in a thread, marks its end.

Claiming and marking are one short transaction. A handler may run twice (a worker killed after the effect,
before the mark) and must not matter if it does. Handlers open their own transactions and may use the network.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from flask import Flask

from shop.clock import now
from shop.database import db, transaction
from shop.outbox import claiming, crew, kinds
from shop.outbox.claiming import ClaimedJob
from shop.outbox.marking import Ended, heal, mark

IDLE_SECONDS = 0.25
AWAY_SECONDS = 1.0  # the database is: asking it faster would not help it
HEAL_EVERY_SECONDS = 5.0

log = logging.getLogger(__name__)


class Dispatcher:
    """Takes jobs while their lanes have room, starts each in a thread, and marks those that have ended."""

    def __init__(self, app: Flask, member: crew.Member, lanes: Mapping[str, int]) -> None:
        self._app, self._member, self._lanes = app, member, lanes
        self._running: dict[int, str] = {}  # by job id; until it is marked
        self._ended: list[Ended] = []
        self._unsure = False  # whether the last exchange was saved
        self._healed: dict[str, float] = {}
        self._news = threading.Event()

    def turn(self) -> None:
        """Mark what ended, take what there is room for; then wait until there may be more to do."""
        self._news.clear()
        try:
            taken = self._exchange()
        except Exception as error:  # the database may be away for a while; what has ended is marked later
            log.warning("the worker cannot reach its jobs: %s", type(error).__name__)
            self._unsure = True
            time.sleep(AWAY_SECONDS)
            return
        finally:
            db.session.remove()
        for job, lane in taken:
            self._running[job.id] = lane
            threading.Thread(target=self._run, args=(job,), daemon=True, name=f"{lane} {job.id}").start()
        if not taken:
            self._news.wait(IDLE_SECONDS)

    def wind_up(self, grace_seconds: float) -> bool:
        """Take nothing more; wait for what is running. False when some of it still is after the grace."""
        self._lanes = {}
        deadline = time.monotonic() + grace_seconds
        while self._running and time.monotonic() < deadline:
            self.turn()
        return not self._running

    def _exchange(self) -> list[tuple[ClaimedJob, str]]:
        at, ended = now(), list(self._ended)
        used = Counter(self._running.values())
        used.subtract(self._running[one.job.id] for one in ended)
        room = {lane: size - used[lane] for lane, size in self._lanes.items() if size > used[lane]}
        still_running = self._running.keys() - {one.job.id for one in ended}
        news = ended or self._unsure
        if not news and not (room and claiming.anything_due(room, at, still_running)):
            return []
        with transaction():
            mark(ended, at)
            if self._unsure:
                crew.give_back(self._member.id, still_running)
            self._heal({one.job.kind for one in ended if one.error is None}, at)
            taken = self._take(room, at, still_running)
        self._unsure = False
        del self._ended[: len(ended)]
        for one in ended:
            del self._running[one.job.id]
        return taken

    def _take(
        self, room: Mapping[str, int], at: datetime, running: Collection[int]
    ) -> list[tuple[ClaimedJob, str]]:
        mine = self._member.id
        if not room or not crew.is_member(mine):
            return []
        return [
            (job, lane)
            for lane, most in room.items()
            for job in claiming.claim(mine, [lane], most, at, running)
        ]

    def _heal(self, names: set[str], at: datetime) -> None:
        for name in names:
            if time.monotonic() >= self._healed.get(name, 0):
                heal(name, at)
                self._healed[name] = time.monotonic() + HEAL_EVERY_SECONDS

    def _run(self, job: ClaimedJob) -> None:
        ended = Ended(job, "ThreadEnded")
        try:
            with self._app.app_context():
                ended = attempt(job, now())
        finally:
            self._ended.append(ended)
            self._news.set()


def attempt(job: ClaimedJob, at: datetime) -> Ended:
    """Run the handler of `job`; a failure is an answer, not an error."""
    try:
        kinds.handler_of(job.kind)(job.payload, at)
    except Exception as error:  # a handler's failure must not stop the others' jobs
        name = type(error).__name__
        log.warning("job %s %s failed (attempt %d): %s", job.id, job.kind, job.attempts, name)
        return Ended(job, name, final=isinstance(error, kinds.Permanent))
    finally:
        db.session.rollback()
    return Ended(job)
