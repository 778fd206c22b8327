"""Reading a disposable copy: the current one of a folder, opened once a process, a newer one noticed.

Owns when to look and what to do when a copy cannot be read; what a copy holds is its room's.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from shop.projections.store import Snapshot, Snapshots

LOOK_EVERY = 0.5
"""Seconds between two looks at whether a newer copy was written; each costs one stat."""
TRIES = 3  # two builds in a row sweep away what was current at first
Copy = TypeVar("Copy")
log = logging.getLogger(__name__)


class Unreadable(Exception):
    """This snapshot cannot be opened: it is damaged, or was swept away meanwhile."""


class Reader(Generic[Copy]):
    """The current copy of a folder. One instance serves all threads of a process.

    `open_copy` is given a snapshot and the copy open until now, of which it may keep parts; it raises
    Unreadable. A copy already open goes on serving while the new one cannot be read.
    """

    def __init__(self, snapshots: Snapshots, open_copy: Callable[[Snapshot, Copy | None], Copy]) -> None:
        self._snapshots, self._open = snapshots, open_copy
        self._lock = threading.Lock()
        self._copy: Copy | None = None
        self._stamp = ""
        self._seen: tuple[int, int] | None = None
        self._look_again = 0.0

    def current(self) -> Copy | None:
        """The newest copy there is; None when there is none that can be read."""
        if self._copy is None or time.monotonic() >= self._look_again:
            with self._lock:
                self._look_again = time.monotonic() + LOOK_EVERY
                self._open_if_switched()
        return self._copy

    def stamp(self) -> str:
        """Which copy is served to whoever asks now; differs after every switch. "" while there is none."""
        return self._stamp if self.current() is not None else ""

    def look_now(self) -> None:
        """Look at once the next time, for a process that has just built."""
        self._look_again = 0.0

    def forget(self) -> None:
        """Open anew the next time: what is open turned out to be damaged."""
        with self._lock:
            self._copy, self._seen = None, None

    def _open_if_switched(self) -> None:
        for _ in range(TRIES):
            seen = self._snapshots.changed_at()
            snapshot = self._snapshots.current()
            if snapshot is None or seen == self._seen:
                return
            try:
                self._copy = self._open(snapshot, self._copy)
            except Unreadable as trouble:
                log.warning("%s cannot be read: %s", snapshot.path.name, trouble)
                continue
            self._stamp, self._seen = snapshot.stamp, seen
            return
