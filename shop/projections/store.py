"""Disposable local copies of what the database holds: built beside the old one, switched by one small file.

    folder/lock          held by the one process that builds
    folder/current       JSON: which snapshot is read now, its edition, and the database version it shows
    folder/snapshot-…/   one whole snapshot; the current one and the one before it are kept

Owns the folder, when to look at it and what to do with an unreadable copy, not what is in one. Everything in
the folder may be deleted at any time and built again; a folder in it that is neither of the two kept (a
killed builder's, an older release's) goes at the next build.
"""

import fcntl
import json
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

POINTER = "current"


@dataclass(frozen=True)
class Snapshot:
    """A snapshot and what its builder says of it. `stamp` differs for any two folders."""

    path: Path
    version: dict[str, str]

    @property
    def stamp(self) -> str:
        return self.path.name


Make = Callable[[Snapshot | None, Callable[[], Path]], Snapshot | None]
"""Given the current snapshot, and what gives an empty folder for the next, the one to be current from now on.

That is a new one, of which files may be hard links to the old one's; or the old one under another version;
or None when it may stay as it is.
"""


class Snapshots:
    """The snapshots of one folder. `edition` says how their files are laid out.

    A room raises its edition when it changes that, so that those of an older release count as missing.
    """

    def __init__(self, folder: Path, edition: int = 0) -> None:
        self.folder, self.edition = Path(folder), edition

    def current(self) -> Snapshot | None:
        """What the pointer names, or None when there is none to be read."""
        try:
            said = json.loads((self.folder / POINTER).read_text("utf-8"))
            path = self.folder / str(said["name"])
            version = {name: str(value) for name, value in said["version"].items()}
            readable = said.get("edition", 0) == self.edition and path.is_dir()
            return Snapshot(path, version) if readable else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def changed_at(self) -> tuple[int, int] | None:
        """Something that differs when another snapshot became current; costs one stat."""
        try:
            status = (self.folder / POINTER).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def build(self, make: Make) -> bool:
        """Make what `make` gives the current one, at once for every reader. Returns whether it gave any.

        `make` is asked under the lock: a second builder waits, then asks the database, and so never switches
        to an older state than the first. What it raises leaves the old one current. Raises OSError when the
        folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._only_builder():
            before = self.current()
            made = make(before, lambda: self._fresh(before))
            if made is not None:
                self._switch(made)
            return made is not None

    @contextmanager
    def _only_builder(self) -> Iterator[None]:
        """The lock goes with the process, so a builder that was killed blocks nobody."""
        with open(self.folder / "lock", "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _fresh(self, before: Snapshot | None) -> Path:
        """An empty folder. Of the others only that of `before` stays."""
        for old in self.folder.iterdir():
            if old.is_dir() and (before is None or old != before.path):
                shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix="snapshot-", dir=self.folder))

    def _switch(self, made: Snapshot) -> None:
        beside = self.folder / (POINTER + ".new")
        said = {"name": made.path.name, "edition": self.edition, "version": made.version}
        beside.write_text(json.dumps(said), "utf-8")
        os.replace(beside, self.folder / POINTER)


# --- Reading: the current copy, opened once a process, a newer one noticed --------------------------------

LOOK_EVERY = 0.5
"""Seconds between two looks of a process at whether there is a newer copy (one stat each) or version."""
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
        """Open again the next time: what is open turned out to be damaged."""
        with self._lock:
            self._copy, self._seen = None, None

    def _open_if_switched(self) -> None:
        """A copy that was swept away meanwhile has a successor, which is tried; a damaged one has none."""
        failed: tuple[int, int] | None = None
        while (seen := self._snapshots.changed_at()) not in (None, self._seen, failed):
            failed = seen
            snapshot = self._snapshots.current()
            if snapshot is None:
                continue
            try:
                self._copy = self._open(snapshot, self._copy)
            except Unreadable as trouble:
                log.warning("%s cannot be read: %s", snapshot.path.name, trouble)
                continue
            self._stamp, self._seen = snapshot.stamp, seen
            return
