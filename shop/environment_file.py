"""`production.env` in the instance folder: a production store's settings, beside those of its environment.

One NAME=value a line, in the form that systemd reads as an EnvironmentFile (systemd.exec(5)) and `sh` with
`. production.env`: all three read the same. A value with other than plain characters stands in double
quotes, with a backslash before `"`, `\\`, `$` and backticks, or in single quotes, as it is. A line that
systemd or `sh` would read in another way is refused. A folder with this file is a production store's.
"""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from shop.config import ROOT, SettingsRefused

FILE = "production.env"
RENAMED = {"PHARMACY_LICENCE": "PHARMACY_LICENSE"}
"""Names of earlier releases, which are still read."""

_PLAIN = r"[A-Za-z0-9_@%+=:,./-]*"
_LINE = re.compile(
    rf"""([A-Za-z_][A-Za-z0-9_]*)=(?:({_PLAIN})|"((?:[^"\\$`]|\\["\\$`])*)"|'([^']*)')[ \t\r]*"""
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # also what was no UTF-8
_HEADER = """\
# The settings of this production store; docs/running.md says what each is. Keep it secret, and keep a copy
# apart from the backups: nobody can open the documents of the store without its VAULT_KEYS.
"""


def folder(env: Mapping[str, str]) -> Path:
    """The instance folder that an environment names."""
    return Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()


def path(env: Mapping[str, str]) -> Path:
    """Where its file is, or would be."""
    return folder(env) / FILE


def completed(env: Mapping[str, str]) -> dict[str, str]:
    """What `env` says, and what the file of its instance folder adds. Empty is as if it were not said."""
    kept = read(path(env))
    said = {RENAMED.get(name, name): value for name, value in env.items() if value}
    if kept is None:
        return said
    if said.get("FORMULARY_ENV") == "demo":
        raise SettingsRefused(
            f"The folder {folder(env)} belongs to a production store. "
            "Give the demo a folder of its own: INSTANCE_PATH=…"
        )
    return kept | {"FORMULARY_ENV": "production"} | said


def read(file: Path) -> dict[str, str] | None:
    """Names and values; None where there is no file. A later line wins, as everywhere.

    Raises SettingsRefused, which names the line but never what stands in it.
    """
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsRefused(f"Cannot read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsRefused(f"{file} isn’t a text file in UTF-8.") from error
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise SettingsRefused(
                f"Line {number} of {file} can’t be read. Write NAME=value, with the value in single quotes."
            )
        name, plain, double, single = match.groups()
        value = plain if plain is not None else single
        found[RENAMED.get(name, name)] = re.sub(r"\\(.)", r"\1", double) if value is None else value
    return {name: value for name, value in found.items() if value}


def line(name: str, value: str) -> str:
    """The line that says it. Raises ValueError for what cannot stand on one: see `is_writable`."""
    if not is_writable(value):
        raise ValueError(f"{name} holds control characters")
    if re.fullmatch(_PLAIN, value):
        return f"{name}={value}"
    escaped = re.sub(r'(["\\$`])', r"\\\1", value)
    return f'{name}="{escaped}"'


def is_writable(value: str) -> bool:
    """Whether it is text of one line without control characters."""
    return _CONTROL.search(value) is None


def add(file: Path, values: Mapping[str, str]) -> None:
    """Add settings to the file, which only its owner can read, in one step. What stands in it stays.

    Raises SettingsRefused where it cannot be written.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = file.read_text("utf-8") if file.exists() else _HEADER
        lines = [*before.rstrip("\n").split("\n"), *(line(name, value) for name, value in values.items())]
        handle, temporary = tempfile.mkstemp(prefix=f".{FILE}.", dir=file.parent)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as written:
                written.write("\n".join(lines) + "\n")
                written.flush()
                os.fsync(written.fileno())
            os.replace(temporary, file)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise SettingsRefused(f"Cannot write {file}: {error.strerror}.") from error
