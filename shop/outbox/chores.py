"""What each machine's worker does again and again, beside the jobs: keep local copies in step, sweep.

A chore belongs to the machine, a job to the store: every worker runs every chore. They run in a thread of
their own, so that a slow job delays none of them. A chore opens its own transactions and may run at any time.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from shop.database import db

AFTER_FAILURE_SECONDS = 15
LOOK_SECONDS = 0.25

Chore = Callable[[], object]
log = logging.getLogger(__name__)
_chores: list["_Planned"] = []


@dataclass
class _Planned:
    chore: Chore
    seconds: float
    due: float = 0


def periodically(seconds: float) -> Callable[[Chore], Chore]:
    """Register a function that the worker calls every `seconds`."""

    def register(chore: Chore) -> Chore:
        _chores.append(_Planned(chore, seconds))
        return chore

    return register


def run_until(stop: threading.Event, app: Flask) -> None:
    """Run what is due until told to stop. Who fails is logged and waits a while; the others go on."""
    with app.app_context():
        while not stop.is_set():
            for planned in _chores:
                if time.monotonic() >= planned.due and not stop.is_set():
                    planned.due = time.monotonic() + _run(planned)
            stop.wait(LOOK_SECONDS)


def run_all() -> None:
    """Run every chore once, now, and let its error out."""
    for planned in _chores:
        planned.chore()


def _run(planned: _Planned) -> float:
    """Seconds until its next turn."""
    try:
        planned.chore()
    except Exception as error:
        log.warning("chore %s failed: %s", planned.chore.__name__, type(error).__name__)
        return AFTER_FAILURE_SECONDS
    finally:
        db.session.remove()
    return planned.seconds
