"""The worker: does jobs of several lanes at once, a few of each, and gives none up because it takes long.

One thread, the dispatcher, takes jobs and writes down how they ended, both in one short transaction; each job
runs in a thread of its own. A handler may run twice (a worker killed after the effect, before the mark) and
must not matter if it does. Handlers open their own transactions, so they may use the network.
See docs/adr/0008-outbox-lanes.md.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from shop.clock import now
from shop.config import Settings
from shop.database import db, transaction
from shop.outbox import chores, claiming, crew
from shop.outbox.dispatcher import AWAY_SECONDS, Dispatcher, attempt
from shop.outbox.marking import heal, mark
from shop.outbox.rules import Lane

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


def _run_one(worker_id: int, at: datetime) -> bool:
    with transaction():
        crew.place_jobs()
        taken = claiming.claim(worker_id, list(Lane), 1, at)
    if not taken:
        return False
    ended = attempt(taken[0], at)
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
