"""The keys, which never lie in a backup: written to a folder of their own, and read from there.

One file, readable by its owner only, in the form systemd reads as an EnvironmentFile. It is never changed:
other keys make another file, because older backups need the older keys.
"""

import os
from datetime import datetime
from pathlib import Path

from shop.backup.manifest import BackupRefused, stamp
from shop.config import Settings

NAMES = ("SECRET_KEY", "VAULT_KEYS")
PATTERN = "formulary-keys-*.env"


def write(settings: Settings, folder: Path, backups: Path, at: datetime) -> Path:
    """Keep the store's keys in `folder`; the file that holds them. Refuses a folder that a backup lies in."""
    folder, backups = folder.resolve(), backups.resolve()
    if folder == backups or backups in folder.parents or folder in backups.parents:
        raise BackupRefused(
            "Don’t store the keys with the backups: whoever finds both can read every document. "
            "Choose another folder for the keys, on another disk."
        )
    text = f"SECRET_KEY={settings.secret_key}\nVAULT_KEYS={settings.vault_keys}\n"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kept in sorted(folder.glob(PATTERN)):
        if kept.read_text("utf-8") == text:
            return kept
    path = folder / f"formulary-keys-{stamp(at)}.env"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def read(path: Path) -> dict[str, str]:
    """SECRET_KEY and VAULT_KEYS from a file, or from the newest one of a folder."""
    if path.is_dir():
        files = sorted(path.glob(PATTERN))
        if not files:
            raise BackupRefused(f"There is no {PATTERN} in {path}.")
        path = files[-1]
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise BackupRefused(f"The keys in {path} cannot be read ({error.strerror}).") from None
    found = {
        name: value for name, _, value in (line.partition("=") for line in lines) if name in NAMES and value
    }
    if set(found) != set(NAMES):
        raise BackupRefused(f"{path} does not hold both {' and '.join(NAMES)}.")
    return found


def of(settings: Settings) -> dict[str, str]:
    """The keys this process runs with."""
    return {"SECRET_KEY": settings.secret_key, "VAULT_KEYS": settings.vault_keys}
