"""Carrying the plan out: each fault at its moment, or as soon as its target is there."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.chaos.databases import Database
from bench.chaos.neighbors import Disk, Mode, Proxy
from bench.chaos.plan import OF_DATABASE, Fault, Kill, Neighbor
from bench.chaos.store import Death, Store

WHOLE_SECONDS = 300  # so long is waited for a part to kill, and for a whole store to try a neighbor on


@dataclass(frozen=True)
class Window:
    """A neighbor that was slow or dead from `begin` to `end` (monotonic). Public pages are judged in here."""

    what: Neighbor
    begin: float
    end: float


class Faults:
    """What was done, and what could not be done and why."""

    def __init__(
        self,
        store: Store,
        database: Database,
        payments: Proxy,
        mail: Proxy,
        disk: Disk,
        say: Callable[[str], object],
    ) -> None:
        self.store, self.database, self.disk = store, database, disk
        self.payments, self.mail = payments, mail
        self.windows: list[Window] = []
        self.skipped: list[str] = []
        self._say = say

    def carry_out(self, faults: tuple[Fault, ...], begun: float, stop: threading.Event) -> None:
        for fault in faults:
            if stop.wait(max(0.0, begun + fault.at - time.monotonic())):
                return
            if isinstance(fault.what, Kill):
                self._kill(fault.what, fault.pick, stop)
            else:
                self._neighbor(fault.what, fault.seconds, stop)

    def _kill(self, what: Kill, pick: float, stop: threading.Event) -> None:
        deadline = time.monotonic() + WHOLE_SECONDS
        while not self._hit(what, pick):
            if time.monotonic() > deadline or stop.wait(0.05):
                self._skip(f"no {what} was there to be killed within {WHOLE_SECONDS} s")
                return

    def _hit(self, what: Kill, pick: float) -> bool:
        """Whether somebody of this kind was there to be killed, and is now dead."""
        if what not in OF_DATABASE:
            return self.store.kill(what, pick)
        kill = self.database.kill_backend if what is Kill.BACKEND else self.database.end_session
        at = time.monotonic()
        if done := kill(pick):
            self.store.deaths.append(Death(what, at, at))
        return done

    def _neighbor(self, what: Neighbor, seconds: float, stop: threading.Event) -> None:
        if what is Neighbor.DISK_FULL and not self.disk.may_be_full:
            self._skip("disk full: this user may not mount a tmpfs")
            return
        if not self.store.wait_whole(WHOLE_SECONDS):
            self._skip(f"{what}: the store was not whole within {WHOLE_SECONDS} s")
            return
        with self._trouble(what):
            begin = time.monotonic()
            stop.wait(seconds)
            end = time.monotonic()
        self.windows.append(Window(what, begin, end))

    def _trouble(self, what: Neighbor) -> AbstractContextManager[None]:
        match what:
            case Neighbor.PAYMENTS_SLOW:
                return self.payments.being(Mode.SLOW)
            case Neighbor.PAYMENTS_AWAY:
                return self.payments.being(Mode.AWAY)
            case Neighbor.MAIL_SILENT:
                return self.mail.being(Mode.SILENT)
            case Neighbor.MAIL_AWAY:
                return self.mail.being(Mode.AWAY)
            case Neighbor.DISK_FULL:
                return self.disk.full()
        return self.database.hold(what)

    def _skip(self, why: str) -> None:
        self.skipped.append(why)
        self._say(f"skipped: {why}")
