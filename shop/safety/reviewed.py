"""Reviewed data files: what a pharmacist knows, dated and sourced, read whole or refused.

A file names its `version` and the day it was `reviewed`; each entry has a `source`, a key of the file's
`[sources]`, and may have been reviewed on another day. A file that lacks one of these stops the start.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data"


class DataInvalid(Exception):
    """A file of `data/` cannot be used as it is; the message says which entry, and why."""


@dataclass(frozen=True)
class Entry:
    """One reviewed fact: its fields as written, its source in full, and the day it was last looked at."""

    fields: dict[str, Any]
    source: str
    reviewed: date


@dataclass(frozen=True)
class DataFile:
    """A file of `data/` by name, and what else stands in it beside its entries."""

    name: str
    version: str
    reviewed: date
    entries: tuple[Entry, ...]
    more: dict[str, Any]


def load(name: str, path: Path | None = None) -> DataFile:
    """The file `name`.toml. Raises DataInvalid."""
    path = path or _FOLDER / f"{name}.toml"
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataInvalid(f"{path.name}: {error}") from error
    version, reviewed = said.pop("version", ""), said.pop("reviewed", None)
    if not isinstance(version, str) or not version or not _is_day(reviewed):
        raise DataInvalid(f"{path.name}: it needs a version and the day it was reviewed")
    sources = said.pop("sources", {})
    entries = tuple(
        _entry(place, fields, sources, reviewed, path.name)
        for place, fields in enumerate(said.pop("entries", []), start=1)
    )
    if not entries:
        raise DataInvalid(f"{path.name}: it has no entries")
    return DataFile(name, version, reviewed, entries, said)


def unique(file: DataFile, *names: str) -> None:
    """Refuse a file in which two entries have the same value of these fields. Raises DataInvalid."""
    seen = set()
    for entry in file.entries:
        key = tuple(str(entry.fields.get(name)) for name in names)
        if key in seen:
            raise DataInvalid(f"{file.name}.toml: {', '.join(key)} stands in it twice")
        seen.add(key)


def _entry(place: int, fields: dict[str, Any], sources: dict[str, str], day: date, name: str) -> Entry:
    source, reviewed = fields.pop("source", ""), fields.pop("reviewed", day)
    if source not in sources:
        raise DataInvalid(f"{name}: entry {place} has no source that the file names")
    if not _is_day(reviewed):
        raise DataInvalid(f"{name}: entry {place} was reviewed on no day")
    return Entry(fields, sources[source], reviewed)


def _is_day(value: object) -> bool:
    return type(value) is date
