"""Disposable local copies of what the database holds: built beside the old one, switched by one small file.

    folder/lock          held by the one process that builds
    folder/current       JSON: which snapshot is read now, and of which version of the database it is
    folder/snapshot-…/   one whole snapshot; the current one and the one before it are kept

Owns the folder, not what is in a snapshot. Everything in it may be deleted at any time and built again.
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
    """The snapshot that is read now. `stamp` differs for any two snapshots of a folder."""

    path: Path
    version: dict[str, str]

    @property
    def stamp(self) -> str:
        return self.path.name


class Snapshots:
    """The snapshots of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def current(self) -> Snapshot | None:
        """What the pointer names, or None when there is none to be read."""
        try:
            said = json.loads((self.folder / POINTER).read_text("utf-8"))
            path = self.folder / str(said["name"])
            return Snapshot(path, dict(said["version"])) if path.is_dir() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def changed_at(self) -> tuple[int, int] | None:
        """Something that differs when another snapshot became current; costs one stat."""
        try:
            status = (self.folder / POINTER).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def build(
        self, version: dict[str, str], write: Callable[[Path, Snapshot | None], None], force: bool = False
    ) -> bool:
        """Have `write` fill a new folder, then make it current. False when `version` is current already.

        `write` also gets the snapshot before, of which it may hard-link what has not changed. A second
        builder waits for the first. Raises OSError when the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._only_builder():
            before = self.current()
            if before and before.version == version and not force:
                return False
            self._sweep(keep=before.path.name if before else "")
            fresh = Path(tempfile.mkdtemp(prefix="snapshot-", dir=self.folder))
            write(fresh, before)
            beside = self.folder / (POINTER + ".new")
            beside.write_text(json.dumps({"name": fresh.name, "version": version}), "utf-8")
            os.replace(beside, self.folder / POINTER)
            return True

    @contextmanager
    def _only_builder(self) -> Iterator[None]:
        """The lock goes with the process, so a builder that was killed blocks nobody."""
        with open(self.folder / "lock", "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _sweep(self, keep: str) -> None:
        for old in self.folder.glob("snapshot-*"):
            if old.name != keep:
                shutil.rmtree(old, ignore_errors=True)
