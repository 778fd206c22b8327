"""The documents of a backup: copied as they lie in the vault, or linked to the copy in the one before."""

import os
from contextlib import suppress
from pathlib import Path

from shop.backup import manifest as manifests
from shop.backup.manifest import VAULT, BackupDamaged, StoredAs
from shop.vault.files import NotInVault, Vault
from shop.vault.sealed_file import HEADER_BYTES, key_id_in


class Copies:
    """The documents of a backup, as they lie in the vault: encrypted, under their ids."""

    def __init__(self, vault: Vault, folder: Path, before: Path | None) -> None:
        self.vault, self.folder = vault, folder / VAULT
        self.folder.mkdir(mode=0o700)
        self.before = before / VAULT if before else None
        self.known: dict[str, StoredAs] = {}
        if before:
            with suppress(BackupDamaged):  # then everything is copied anew
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
