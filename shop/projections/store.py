"""Disposable local copies of what the database holds: built beside the old one, switched by one small file.

    folder/lock          held by the one process that builds
    folder/current       JSON: which snapshot is read now, its edition, and the database version it shows
    folder/snapshot-…/   one whole snapshot; the current one and the one before it are kept

Owns the folder, not what is in a snapshot. Everything in it may be deleted at any time and built again; a
folder in it that is neither of the two kept (a killed builder's, an older release's) goes at the next build.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
