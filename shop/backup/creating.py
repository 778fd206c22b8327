"""Making one backup while the store runs: first a moment of the database, then every document it names.

In this order, since a document is written before the row that names it, and stays on the disk for a day
after it was deleted (`sweeping.DELETED_FOR`): what the copied database names can still be copied.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from shop.backup import databases
from shop.backup import manifest as manifests
from shop.backup.manifest import VAULT, BackupDamaged, BackupRefused, Manifest, StoredAs
from shop.clock import now
from shop.maintenance.sweeping import DELETED_FOR
from shop.maintenance.vault_files import all_named
from shop.vault.files import NotInVault, Vault
from shop.vault.sealed_file import HEADER_BYTES, key_id_in

# --- The documents: copied as they lie in the vault, or linked to the copy in the backup before -----------


class Copies:
    """The documents of a backup, as they lie in the vault: encrypted, under their ids."""

    def __init__(self, vault: Vault, folder: Path, before: Path | None) -> None:
        self.vault, self.folder = vault, folder / VAULT
        self.folder.mkdir(mode=0o700)
        self.before = before / VAULT if before else None
        self.known: dict[str, StoredAs] = {}
        if before:
            with suppress(BackupDamaged):  # then everything is copied again
                self.known = manifests.read(before).files
        self.files: dict[str, StoredAs] = {}
        self.key_ids: set[str] = set()
        self.linked = 0

    def add(self, file_id: str) -> bool:
        """Copy one document. False when the vault does not have it any more."""
        try:
            source = self.vault.open_sealed(file_id)
        except NotInVault:
            return False
        target, name = self.folder / file_id, f"{VAULT}/{file_id}"
        with source:
            self.key_ids.add(key_id_in(source.read(HEADER_BYTES)))
            source.seek(0)
            status = os.fstat(source.fileno())
            if stored := self._link(name, target, file_id, status):
                self.files[name] = stored
                return True
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
                self.files[name] = manifests.copy(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        return True

    def _link(self, name: str, target: Path, file_id: str, status: os.stat_result) -> StoredAs | None:
        """The copy in the backup before, if it still is what that backup's manifest says."""
        stored = self.known.get(name)
        if self.before is None or stored is None or status.st_size != stored.size:
            return None
        old = self.before / file_id
        try:
            same = old.stat().st_mtime_ns == status.st_mtime_ns and manifests.digest(old) == stored.sha256
            if same:
                os.link(old, target)
                self.linked += 1
        except OSError:  # it is gone, or this disk has no links: then it is copied
            return None
        return stored if same else None


# --- The backup -----------------------------------------------------------------------------------------

WHOLE = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
PARTIAL, PRUNED = ".partial", ".pruned"
SPARE_BYTES = 64 * 1024 * 1024
"""Left free on the disk beyond what the backup takes."""

Progress = Callable[[str], None]


def create(engine: Engine, vault: Vault, to: Path, progress: Progress, keep: int | None = None) -> Path:
    """Copy the store into a new folder below `to`, and say which. `keep` removes all but so many newest.

    The folder appears under its name when everything in it is on the disk; what fails leaves nothing.
    Documents that are the same in the backup before are links to it and take no space.
    """
    started = now()
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(to):
        _clear(to)
        before, target = latest(to), _free_name(to, started)
        partial = to / (target.name + PARTIAL)
        partial.mkdir(mode=0o700)
        try:
            made = _fill(engine, vault, partial, before, started, progress)
            partial.rename(target)
            _sync(to)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        if keep and not made.missing:
            _prune(to, keep, progress)
    return target


def whole(to: Path) -> list[Path]:
    """The finished backups in a folder, oldest first."""
    return sorted(path for path in to.iterdir() if WHOLE.fullmatch(path.name) and path.is_dir())


def latest(to: Path) -> Path | None:
    return next(iter(whole(to)[::-1]), None)


def _fill(
    engine: Engine, vault: Vault, folder: Path, before: Path | None, started: datetime, progress: Progress
) -> Manifest:
    with databases.at_one_moment(engine) as moment:
        revision, rows, named = moment.revision(), moment.rows(), all_named(moment.connection)
        looked = now()
        _check_space(folder, moment.size() + _size(vault, named))
        progress(f"copying the database as of {looked:%Y-%m-%d %H:%M:%S} UTC")
        database = manifests.database_file(moment.kind)
        moment.write(folder / database, progress)
        kind = moment.kind
    _sync(folder / database)
    files = {database: StoredAs((folder / database).stat().st_size, manifests.digest(folder / database))}
    progress(f"database: {files[database].size:,} bytes")
    copies = Copies(vault, folder, before)
    missing = [file_id for file_id in sorted(named) if not copies.add(file_id)]
    if now() - looked > DELETED_FOR:
        raise BackupRefused("The backup took longer than a day, so documents may have been erased meanwhile.")
    progress(f"documents: {len(copies.files):,} copied, {copies.linked:,} of them as in the backup before")
    made = Manifest(
        database=kind,
        revision=revision,
        started_at=started.isoformat(),
        moment=looked.isoformat(),
        finished_at=now().isoformat(),
        rows=rows,
        files=files | copies.files,
        missing=missing,
        key_ids=sorted(copies.key_ids),
    )
    made.write(folder)
    for path in (folder / manifests.NAME, folder / VAULT, folder):
        _sync(path)
    return made


def _size(vault: Vault, named: set[str]) -> int:
    total = 0
    for file_id in named:
        try:
            with vault.open_sealed(file_id) as file:
                total += os.fstat(file.fileno()).st_size
        except NotInVault:
            continue
    return total


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise BackupRefused(
            f"The backup takes up to {needed:,} bytes and {folder.parent} has {free:,} free. "
            "Choose another disk with --to, or keep fewer with --keep."
        )


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    """One backup at a time in a folder; the lock ends with the process."""
    with (to / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupRefused(f"Another backup to {to} is running.") from None
        yield


def _clear(to: Path) -> None:
    """Remove what a killed backup left behind."""
    for path in to.iterdir():
        if path.name.endswith((PARTIAL, PRUNED)) and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _free_name(to: Path, started: datetime) -> Path:
    name, number = manifests.stamp(started), 2
    target = to / name
    while target.exists():
        target, number = to / f"{name}-{number}", number + 1
    return target


def _prune(to: Path, keep: int, progress: Progress) -> None:
    for old in whole(to)[:-keep]:
        going = old.with_name(old.name + PRUNED)  # half removed, it does not look like a backup
        old.rename(going)
        shutil.rmtree(going, ignore_errors=True)
        progress(f"removed the backup {old.name}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
