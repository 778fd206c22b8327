"""An answer that somebody slow or absent gives: asked for by one thread, and never waited for long."""

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
AGAIN_AFTER_FAILURE = 1.0
log = logging.getLogger(__name__)


class LastKnown(Generic[T]):
    """What `ask` answered last, asked again when it is older than `every` seconds.

    Whoever finds it too old starts a thread that asks, and waits for it `patience` seconds at most; everybody
    else goes on with what is known. While one thread asks, however long that takes, no other does.
    """

    def __init__(self, name: str, ask: Callable[[], T], every: float, patience: float) -> None:
        self._name, self._ask, self._every = name, ask, every
        self.patience = patience
        self._asking = threading.Lock()
        self._answered = threading.Event()
        self._known: tuple[T, float] | None = None  # the answer, and when it was asked for
        self._ask_again = 0.0

    def get(self) -> tuple[T | None, float]:
        """The answer, and how many seconds ago it was true; `None, inf` while there never was one."""
        if time.monotonic() >= self._ask_again and self._asking.acquire(blocking=False):
            self._answered = answered = threading.Event()
            try:
                threading.Thread(target=self._ask_once, args=(answered,), daemon=True).start()
            except RuntimeError:  # no more threads are to be had
                self._asking.release()
            else:
                answered.wait(self.patience)
        elif self._known is None:  # a process that has just started: all wait for the first answer
            self._answered.wait(self.patience)
        known = self._known
        return (known[0], time.monotonic() - known[1]) if known else (None, math.inf)

    def look_now(self) -> None:
        """Ask at the next `get`, however new the answer is."""
        self._ask_again = 0.0

    def _ask_once(self, answered: threading.Event) -> None:
        asked_at, pause = time.monotonic(), self._every
        try:
            self._known = self._ask(), asked_at
        except Exception as trouble:  # whatever it is: there is no answer, and the last one stays
            log.warning("%s cannot be asked: %s", self._name, type(trouble).__name__)
            pause = AGAIN_AFTER_FAILURE
        finally:
            self._ask_again = time.monotonic() + pause
            self._asking.release()
            answered.set()
