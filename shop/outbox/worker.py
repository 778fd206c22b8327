"""The worker: does jobs of several lanes at once, a few of each, and gives none up because it takes long.

One thread, the dispatcher, takes jobs and writes down how they ended, both in one short transaction; each job
runs in a thread of its own. A handler may run twice (a worker killed after the effect, before the mark) and
must not matter if it does. Handlers open their own transactions, so they may use the network.
See docs/adr/0008-outbox-lanes.md.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from flask import Flask, current_app

from shop.clock import now
from shop.config import Settings
from shop.database import db, transaction
from shop.outbox import chores, crew, kinds, taking
from shop.outbox.marking import Ended, heal, mark
from shop.outbox.rules import Lane
from shop.outbox.taking import Taken

IDLE_SECONDS = 0.25
AWAY_SECONDS = 1.0  # the database is: asking it faster would not help it
HEAL_EVERY_SECONDS = 5.0

log = logging.getLogger(__name__)


def run_until(stop: threading.Event) -> None:
    """The worker's life: do what is due until told to stop, then wait for what runs. Chores run beside it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.extensions["settings"]
    threading.Thread(target=chores.run_until, args=(stop, app), daemon=True).start()
    member = _join(stop)
    if member is None:
        return
    ended = threading.Event()
    beating = threading.Thread(
        target=_beat, args=(app, member, settings.worker_lost_seconds / crew.BEATS, ended), daemon=True
    )
    beating.start()
    dispatcher = Dispatcher(app, member, settings.worker_lanes)
    while not stop.is_set():
        dispatcher.turn()
    idle = dispatcher.wind_up(settings.worker_grace_seconds)
    ended.set()
    beating.join(timeout=AWAY_SECONDS)
    if idle:  # otherwise the others find out that nobody beats for the jobs that are left
        _quietly(member.leave)


def run_due(at: datetime) -> int:
    """Do everything that is due, in the caller's thread, one job after another; how many."""
    member = crew.Member(at)
    count = 0
    while _run_one(member.id, at):
        count += 1
    member.leave()
    return count


def run_one(at: datetime) -> bool:
    """Do the job that has been due longest. False when nothing is due."""
    member = crew.Member(at)
    ran = _run_one(member.id, at)
    member.leave()
    return ran


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

    def _exchange(self) -> list[tuple[Taken, str]]:
        at, ended = now(), list(self._ended)
        used = Counter(self._running.values())
        used.subtract(self._running[one.job.id] for one in ended)
        room = {lane: size - used[lane] for lane, size in self._lanes.items() if size > used[lane]}
        still_running = self._running.keys() - {one.job.id for one in ended}
        news = ended or self._unsure
        if not news and not (room and taking.anything_due(room, at, still_running)):
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
    ) -> list[tuple[Taken, str]]:
        mine = self._member.id
        if not room or not crew.is_member(mine):
            return []
        return [
            (job, lane) for lane, most in room.items() for job in taking.take(mine, [lane], most, at, running)
        ]

    def _heal(self, names: set[str], at: datetime) -> None:
        for name in names:
            if time.monotonic() >= self._healed.get(name, 0):
                heal(name, at)
                self._healed[name] = time.monotonic() + HEAL_EVERY_SECONDS

    def _run(self, job: Taken) -> None:
        ended = Ended(job, "ThreadEnded")
        try:
            with self._app.app_context():
                ended = _attempt(job, now())
        finally:
            self._ended.append(ended)
            self._news.set()


def _attempt(job: Taken, at: datetime) -> Ended:
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


def _run_one(worker_id: int, at: datetime) -> bool:
    with transaction():
        crew.place_jobs()
        taken = taking.take(worker_id, list(Lane), 1, at)
    if not taken:
        return False
    ended = _attempt(taken[0], at)
    moment = max(at, now())  # a failed job waits for a time after `at`, or it would come again at once
    with transaction():
        mark([ended], moment)
        if ended.error is None:
            heal(ended.job.kind, moment)
    return True


def _join(stop: threading.Event) -> crew.Member | None:
    while not stop.is_set():
        try:
            return crew.Member(now())
        except Exception as error:  # a worker may start before its database
            log.warning("the worker cannot reach the database: %s", type(error).__name__)
            stop.wait(AWAY_SECONDS)
        finally:
            db.session.remove()
    return None


def _beat(app: Flask, member: crew.Member, seconds: float, ended: threading.Event) -> None:
    with app.app_context():
        while True:
            _quietly(lambda: member.beat(now()))
            if ended.wait(seconds):
                return


def _quietly(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as error:
        log.warning("the worker cannot say that it lives: %s", type(error).__name__)
    finally:
        db.session.remove()
