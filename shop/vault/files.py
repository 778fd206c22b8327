"""The vault: prescription documents and short health texts, readable only with a key from the settings.

Owns the encrypted files of one folder and the sealed text of database columns. It does not know whose
document a file is, who may read it, or where the keys are kept: callers decide, and record each reading.
"""

import fcntl
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shop.vault.sealed_file import (
    CHUNK_BYTES,
    HEADER_BYTES,
    decrypted,
    encrypted,
    file_key_in,
    in_chunks,
    key_id_in,
    new_header,
)
from shop.vault.sealing import KEY_BYTES, Keyring, VaultDamaged

FILE_ID = re.compile(r"[0-9a-f]{32}")
DELETED = "deleted"


class NotInVault(VaultDamaged):
    """No file has this id: never stored, lost, or deleted."""

    code = "not_in_vault"


@dataclass(frozen=True)
class StoredFile:
    """What was stored: size in bytes and SHA-256 (hex) of the document as it was given, before encryption."""

    file_id: str
    size: int
    sha256: str


class Vault:
    """The encrypted files of one folder, each under the hex of a uuid (`uuid4().hex`)."""

    def __init__(self, folder: Path, keyring: Keyring):
        self.keyring = keyring
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.folder = folder.resolve()
        self._deleted = self.folder / DELETED

    def store(self, file_id: str, data: bytes | BinaryIO) -> StoredFile:
        """Encrypt `data` under a new id, used once (FileExistsError). Returns after it is on the disk."""
        path = self._path(file_id)
        if path.exists():
            raise FileExistsError("The vault already holds a document under this id.")
        source = io.BytesIO(data) if isinstance(data, bytes | bytearray | memoryview) else data
        file_key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        seen = _Seen()
        with self._new_file(path) as target:
            target.write(new_header(self.keyring, file_id, file_key))
            for sealed in encrypted(seen.passing(in_chunks(source)), file_id, file_key):
                target.write(sealed)
        return StoredFile(file_id, seen.size, seen.digest.hexdigest())

    def open_chunks(self, file_id: str) -> Iterator[bytes]:
        """The document in pieces of at most 64 KiB, each one authentic.

        A wrong key or header raises at once. That the end is missing shows only at the end: whoever acts
        on the whole document (shows a page, say) uses `read`.
        """
        file = self._open(file_id)
        try:
            file_key = file_key_in(file.read(HEADER_BYTES), self.keyring, file_id)
        except BaseException:
            file.close()
            raise
        return decrypted(file, file_id, file_key)

    def read(self, file_id: str) -> bytes:
        """The whole document, or VaultDamaged; never a part of it."""
        return b"".join(self.open_chunks(file_id))

    def exists(self, file_id: str) -> bool:
        """True when a file has this id; says nothing of whether it opens."""
        return self._path(file_id).is_file()

    def delete(self, file_id: str) -> bool:
        """Take the file out of use. True when there was one, so that a job may ask twice.

        It no longer opens from here on, and is erased by `purge` a day later: a backup that is being made
        still finds what its copy of the database names (docs/adr/0011-backup-and-migrations.md).
        """
        with self._alone():
            path = self._path(file_id)
            if there := self.exists(file_id):
                self._deleted.mkdir(mode=0o700, exist_ok=True)
                os.utime(path)  # from now on it says when it was deleted
                path.rename(self._deleted / file_id)
                self._flush_names()
        return there

    def deleted(self) -> Iterator[tuple[str, float]]:
        """Id and time of deletion (seconds since the epoch) of each file that waits to be erased."""
        return _dated(self._deleted)

    def undelete(self, file_id: str) -> bool:
        """Put a deleted file back, for a row that names it after all. False when it is not there any more."""
        with self._alone():
            source, path = self._deleted / self._path(file_id).name, self._path(file_id)
            if there := source.is_file() and not path.exists():
                source.rename(path)
                self._flush_names()
        return there

    def purge(self, file_id: str) -> None:
        """Erase a deleted file permanently."""
        (self._deleted / self._path(file_id).name).unlink(missing_ok=True)

    def unfinished(self) -> Iterator[Path]:
        """What a process that was killed in the middle of `store` or `rewrap` left behind, or is writing."""
        return self.folder.glob(".*.part")

    def open_sealed(self, file_id: str) -> BinaryIO:
        """The file as it lies on the disk, still encrypted, deleted ones too: for a backup. Or NotInVault."""
        for path in (self._path(file_id), self._deleted / file_id, self._path(file_id)):
            with suppress(FileNotFoundError):  # it may be deleted, or put back, between two looks
                return path.open("rb")
        raise NotInVault("The stored document no longer exists.")

    def rewrap(self, file_id: str) -> bool:
        """Move the file to the primary key-encryption key. True when it changed. Contents stay encrypted."""
        with self._alone(), self._open(file_id) as file:
            header = file.read(HEADER_BYTES)
            file_key = file_key_in(header, self.keyring, file_id)
            if key_id_in(header) == self.keyring.primary_id:
                return False
            with self._new_file(self._path(file_id)) as target:
                target.write(new_header(self.keyring, file_id, file_key))
                while block := file.read(CHUNK_BYTES):
                    target.write(block)
        return True

    def file_ids(self) -> Iterator[str]:
        """Every id in the folder, in no order: for key rotation, and for finding files that no row names."""
        return (file_id for file_id, _stored_at in self.stored())

    def stored(self) -> Iterator[tuple[str, float]]:
        """Id and time of writing (seconds since the epoch) of every file, in no order."""
        return _dated(self.folder)

    def _path(self, file_id: str) -> Path:
        if not isinstance(file_id, str) or not FILE_ID.fullmatch(file_id):
            raise ValueError("A file id is the 32 hex digits of a uuid.")
        path = (self.folder / file_id).resolve()
        if path != self.folder / file_id:
            raise ValueError("The file id leads out of the vault's folder.")
        return path

    def _open(self, file_id: str) -> BinaryIO:
        try:
            return self._path(file_id).open("rb")
        except FileNotFoundError:
            raise NotInVault("The stored document no longer exists.") from None

    @contextmanager
    def _new_file(self, path: Path) -> Iterator[BinaryIO]:
        """A file that appears under its name complete and on the disk, or not at all."""
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as target:
                yield target
                target.flush()
                os.fsync(target.fileno())
            part.rename(path)
            self._flush_names()
        finally:
            part.unlink(missing_ok=True)

    def _flush_names(self) -> None:
        """A new or removed name is only certain to survive a power cut once the folder itself is synced."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One deletion or rewrap at a time in all processes: a rewrap must not bring a deleted file back."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _dated(folder: Path) -> Iterator[tuple[str, float]]:
    """Id and time of change of the documents in a folder; one that goes meanwhile is left out."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if FILE_ID.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    yield entry.name, entry.stat(follow_symlinks=False).st_mtime


class _Seen:
    """Size and digest of what passes through, so that a stream is read once."""

    def __init__(self) -> None:
        self.size, self.digest = 0, hashlib.sha256()

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.size += len(chunk)
            self.digest.update(chunk)
            yield chunk
