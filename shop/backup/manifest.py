"""What one backup holds: `manifest.json` in its folder, written last, with the digest of every other file."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO


class BackupRefused(Exception):
    """It did not start, or was rolled back completely; the sentence says why and what to do."""

    exit_code = 2


class BackupDamaged(BackupRefused):
    """The backup is not what its manifest says: a file is missing, or is another."""

    exit_code = 1


FORM = 1
NAME = "manifest.json"
VAULT = "vault"
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class StoredAs:
    """A file of the backup: its size in bytes and SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What was copied, and of which moment it is.

    `moment` is when the database was looked at: later changes are not in it. `rows` counts the rows of each
    table. `missing` are documents that rows name and the vault no longer had. `key_ids` are the keys that the
    vault's files need; the keys themselves are elsewhere.
    """

    database: str  # sqlite or postgresql
    revision: str
    started_at: str
    moment: str
    finished_at: str
    rows: dict[str, int]
    files: dict[str, StoredAs]
    missing: list[str] = field(default_factory=list)
    key_ids: list[str] = field(default_factory=list)
    form: int = FORM

    @property
    def bytes(self) -> int:
        return sum(stored.size for stored in self.files.values())

    @property
    def database_file(self) -> str:
        return database_file(self.database)

    @property
    def documents(self) -> list[str]:
        """Ids of the vault's files in it."""
        prefix = f"{VAULT}/"
        return [name.removeprefix(prefix) for name in self.files if name.startswith(prefix)]

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        with (folder / NAME).open("x", encoding="utf-8") as file:
            file.write(text)


def database_file(kind: str) -> str:
    return "database.sqlite3" if kind == "sqlite" else "database.dump"


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupDamaged where there is none that can be read."""
    try:
        raw = json.loads((folder / NAME).read_text("utf-8"))
        if raw["form"] != FORM:
            raise BackupDamaged(f"{folder} has format {raw['form']}; this release reads format {FORM}.")
        raw["files"] = {name: StoredAs(**stored) for name, stored in raw["files"].items()}
        return Manifest(**raw)
    except FileNotFoundError:
        raise BackupDamaged(f"{folder} is not a backup: it has no {NAME}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged(f"{folder / NAME} cannot be read.") from None


def damage(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What is not as the manifest says, one sentence each; reads every byte."""
    for name, stored in manifest.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing."
        elif path.stat().st_size != stored.size or digest(path) != stored.sha256:
            yield f"{name} was changed after the backup."


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: BinaryIO, target: BinaryIO) -> StoredAs:
    """Copy what is left of `source` and say what it was."""
    size, seen = 0, hashlib.sha256()
    while block := source.read(BLOCK_BYTES):
        target.write(block)
        seen.update(block)
        size += len(block)
    return StoredAs(size, seen.hexdigest())


def stamp(moment: datetime) -> str:
    """The name of a backup begun at this time (UTC): sorts by time, and is a file name everywhere."""
    return moment.strftime("%Y-%m-%dT%H%M%SZ")
