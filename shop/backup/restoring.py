"""A store made from a backup, in a new place: checked byte by byte, migrated, verified by its own commands.

The running store is never touched. The restored one is told its place by the environment of a fresh process,
so what is verified is what would be started.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine

from shop.backup import databases, postgresql
from shop.backup import manifest as manifests
from shop.backup.creating import SPARE_BYTES
from shop.backup.manifest import VAULT, BackupDamaged, BackupRefused, Manifest
from shop.config import ROOT, SQLITE_FILE
from shop.environment import database_url
from shop.environment_file import completed
from shop.health import newest_migration
from shop.vault.sealing import Keyring, KeyringInvalid

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where a store is restored to. `keys`: SECRET_KEY and VAULT_KEYS; `keep_keys` writes them there."""

    instance: Path
    database_url: str
    keys: dict[str, str]
    keep_keys: bool = False


def restore(folder: Path, place: Place, progress: Progress) -> bool:
    """Restore a backup into an empty place. True when everything in the new store adds up.

    Refuses, before anything is written, a damaged backup, one of a newer release, keys that do not fit,
    and a place that is not empty.
    """
    made = manifests.read(folder)
    _check_backup(folder, made, progress)
    _check_keys(made, place.keys)
    _check_place(made, place)
    _copy(folder, made, place, progress)
    _check_rows(made, place)
    if made.revision != newest_migration():
        progress(f"migrating from {made.revision}")
        if not _flask(place, progress, "db", "upgrade"):
            return False
    progress("verifying the restored store")
    return _flask(place, progress, "verify")


def verify(
    folder: Path, keys: dict[str, str], server_url: str, scratch_url: str | None, progress: Progress
) -> bool:
    """Restore a backup into a place that is removed again. True when everything in it adds up.

    A PostgreSQL backup needs an empty database: `scratch_url`, or one made on the server of `server_url`.
    """
    made = manifests.read(folder)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="formulary-verify-")))
        instance = scratch / "instance"
        if made.database == "sqlite":
            url = f"sqlite:///{instance / SQLITE_FILE}"
        elif scratch_url is None and server_url.startswith("sqlite"):
            raise BackupRefused("This is a PostgreSQL backup: give an empty database with --database-url.")
        else:
            url = scratch_url or stack.enter_context(postgresql.scratch_database(server_url))
        return restore(folder, Place(instance, database_url(url), keys), progress)


def _check_backup(folder: Path, made: Manifest, progress: Progress) -> None:
    progress(f"checking {len(made.files):,} files of {folder.name}, {made.bytes:,} bytes")
    if damaged := list(manifests.damage(folder, made)):
        more = f" (and {len(damaged) - 3} more)" if len(damaged) > 3 else ""
        raise BackupDamaged(f"The backup is damaged: {' '.join(damaged[:3])}{more} Use an older one.")
    try:
        ScriptDirectory(str(ROOT / "migrations")).get_revision(made.revision)
    except CommandError:
        raise BackupRefused(
            f"The backup is from a newer release (its database is at {made.revision}). "
            "Install that release first."
        ) from None


def _check_keys(made: Manifest, keys: dict[str, str]) -> None:
    try:
        held = Keyring.parse(keys["VAULT_KEYS"]).keys
    except KeyringInvalid as error:
        raise BackupRefused(f"VAULT_KEYS cannot be used. {error}") from None
    if absent := [key_id for key_id in made.key_ids if key_id not in held]:
        raise BackupRefused(
            f"The documents of this backup need the key {', '.join(absent)}, which was not provided: "
            "without it nobody can read them. Use --keys-from with the folder the keys were written to."
        )


def _check_place(made: Manifest, place: Place) -> None:
    kind = "sqlite" if place.database_url.startswith("sqlite") else "postgresql"
    if kind != made.database:
        raise BackupRefused(f"The backup is of {made.database}; --database-url is of {kind}.")
    if any(not path.is_dir() for path in place.instance.rglob("*")):
        raise BackupRefused(f"{place.instance} is not empty. Restore into a new folder.")
    nearest = next(path for path in (place.instance, *place.instance.parents) if path.is_dir())
    if shutil.disk_usage(nearest).free < made.bytes + SPARE_BYTES:
        raise BackupRefused(f"Not enough space at {nearest}: {made.bytes:,} bytes are needed.")
    if kind == "postgresql":
        postgresql.refuse_unless_empty(place.database_url)
    elif _sqlite_path(place).exists():
        raise BackupRefused(f"{_sqlite_path(place)} already exists. Restore into a new file.")


def _copy(folder: Path, made: Manifest, place: Place, progress: Progress) -> None:
    existed = place.instance.exists()
    vault = place.instance / "vault"
    vault.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        for file_id in made.documents:
            shutil.copy2(folder / VAULT / file_id, vault / file_id)
            (vault / file_id).chmod(0o600)
        progress(f"documents: {len(made.documents):,} restored")
        if made.database == "sqlite":
            shutil.copyfile(folder / made.database_file, _sqlite_path(place))
            _sqlite_path(place).chmod(0o600)
        else:
            postgresql.restore(place.database_url, folder / made.database_file)
        progress("database: restored")
        if place.keep_keys:
            _keep_keys(place)
    except BaseException:  # a database server has taken all of it, or nothing
        _remove(place, existed)
        raise


def _remove(place: Place, existed: bool) -> None:
    if existed:
        for path in place.instance.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    else:
        shutil.rmtree(place.instance, ignore_errors=True)
    if place.database_url.startswith("sqlite"):
        _sqlite_path(place).unlink(missing_ok=True)


def _keep_keys(place: Place) -> None:
    for name, file in (("SECRET_KEY", "secret.key"), ("VAULT_KEYS", "vault.key")):
        handle = os.open(place.instance / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as kept:
            kept.write(place.keys[name])


def _check_rows(made: Manifest, place: Place) -> None:
    """Every table has as many rows as the moment that was copied."""
    engine = create_engine(place.database_url)
    try:
        with engine.connect() as connection:
            restored = databases.count_rows(connection)
    finally:
        engine.dispose()
    if restored != made.rows:
        wrong = sorted(
            name for name in made.rows.keys() | restored if made.rows.get(name) != restored.get(name)
        )
        raise BackupDamaged(f"Not every row was restored: {', '.join(wrong)}.")


def _flask(place: Place, progress: Progress, *command: str) -> bool:
    """Run one of the restored store's commands as its operator would. True when it says all is well."""
    said = completed(os.environ)  # the new place has no file of its own
    env = (
        os.environ
        | said
        | place.keys
        | {"INSTANCE_PATH": str(place.instance), "DATABASE_URL": place.database_url}
    )
    with subprocess.Popen(  # noqa: S603  (our own commands)
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in _lines(process):
            progress(line)
    return process.returncode == 0


def _lines(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        if not line.startswith("INFO "):  # alembic's own progress
            yield line.rstrip()


def _sqlite_path(place: Place) -> Path:
    return Path(place.database_url.removeprefix("sqlite:///"))
