"""Reading the store's reviewed data files: each has a version, each entry a source and a day of review.

Whatever is missing, doubled or unknown refuses the start with a sentence that names file and entry: a rule
over a file that was read in part would let through what it no longer says.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
_HEAD = frozenset({"version", "reviewed", "source", "sources", "inherit", "entries"})
_INHERITED = frozenset({"source", "reviewed"})


class SafetyDataRefused(Exception):
    """A data file cannot be relied on, and the store does not start. Names the file and the entry."""


@dataclass(frozen=True)
class Fields:
    """What an entry may say: fields with their types. `key` are those that together tell entries apart.

    Texts are never empty, lists hold such texts, and are empty only where `may_be_empty` names them; `one_of`
    restricts a field's values.
    """

    key: tuple[str, ...]
    required: Mapping[str, type]
    optional: Mapping[str, type]
    one_of: Mapping[str, frozenset[str]]
    may_be_empty: frozenset[str] = frozenset()


def fields(
    *key: str,
    required: Mapping[str, type] | None = None,
    optional: Mapping[str, type] | None = None,
    one_of: Mapping[str, frozenset[str]] | None = None,
    may_be_empty: frozenset[str] = frozenset(),
) -> Fields:
    """`Fields` whose keys are texts: required, unless they stand under `optional`."""
    optional = optional or {}
    texts: dict[str, type] = {name: str for name in key if name not in optional}
    return Fields(key, texts | dict(required or {}), optional, one_of or {}, may_be_empty)


@dataclass(frozen=True)
class Entry:
    """One reviewed fact with where it is from and when somebody last held it against that."""

    name: str
    source: str
    reviewed: date
    said: Mapping[str, Any]

    def text(self, field: str) -> str:
        """A field's text, "" where the entry does not say it."""
        return str(self.said.get(field, ""))

    def texts(self, field: str) -> tuple[str, ...]:
        """A field's list, empty where the entry does not say it."""
        return tuple(self.said.get(field, ()))


@dataclass(frozen=True)
class Dataset:
    """A data file as it was found valid; `more` is what it says beside its entries."""

    file: str
    version: str
    reviewed: date
    entries: tuple[Entry, ...]
    more: Mapping[str, Any] = field(default_factory=dict)

    def older_than(self, day: date) -> tuple[Entry, ...]:
        """Entries last reviewed before `day`."""
        return tuple(entry for entry in self.entries if entry.reviewed < day)


def read(path: Path, kind: Fields, also: frozenset[str] = frozenset()) -> Dataset:
    """The file's entries, in its order. `also` are tables it may have beside them.

    Where it has a table `sources`, an entry's source is a key of it.

    Raises:
        SafetyDataRefused: the file is missing, is not TOML, or an entry is not what `kind` says.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as trouble:
        raise SafetyDataRefused(f"{path.name} cannot be read: {trouble.strerror}.") from trouble
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise SafetyDataRefused(f"{path.name} is not valid TOML: {trouble}.") from trouble
    more = {name: said.pop(name) for name in also if name in said}
    _check_head(path.name, said)
    entries = tuple(_entries(path.name, said, kind))
    if not entries:
        raise SafetyDataRefused(f"{path.name} has no entries.")
    return Dataset(path.name, said["version"], said["reviewed"], entries, more)


def _check_head(file: str, said: Mapping[str, Any]) -> None:
    if unknown := sorted(said.keys() - _HEAD):
        raise SafetyDataRefused(f"{file}: unknown key “{unknown[0]}”.")
    if not _is(said.get("version"), str):
        raise SafetyDataRefused(f"{file} states no version.")
    if type(said.get("reviewed")) is not date:
        raise SafetyDataRefused(f"{file} states no day of review (reviewed = YYYY-MM-DD).")
    inherit = said.get("inherit", [])
    if not isinstance(inherit, list) or not set(inherit) <= _INHERITED:
        raise SafetyDataRefused(f"{file}: “inherit” may name source and reviewed only.")
    if "source" in inherit and not _is(said.get("source"), str):
        raise SafetyDataRefused(f"{file} lets entries inherit its source, and states none.")
    if not isinstance(said.get("entries", []), list):
        raise SafetyDataRefused(f"{file}: “entries” isn’t a list.")


def _entries(file: str, said: Mapping[str, Any], kind: Fields) -> Iterator[Entry]:
    inherited = {name: said[name] for name in said.get("inherit", [])}
    seen: set[tuple[str, ...]] = set()
    for number, one in enumerate(said.get("entries", []), start=1):
        where = f"{file}, entry {number}"
        if not isinstance(one, dict):
            raise SafetyDataRefused(f"{where} is no table.")
        key = tuple(str(one.get(name, "")) for name in kind.key)
        where = f"{where} ({' '.join(filter(None, key)) or 'without a name'})"
        _check(where, one, kind)
        if key in seen:
            raise SafetyDataRefused(f"{where} stands there twice.")
        seen.add(key)
        yield _entry(where, key, _in_full(where, inherited | one, said.get("sources")))


def _in_full(where: str, one: Mapping[str, Any], sources: Mapping[str, str] | None) -> Mapping[str, Any]:
    if sources is None:
        return one
    if one.get("source") not in sources:
        raise SafetyDataRefused(f"{where} has no source that the file names.")
    return {**one, "source": sources[one["source"]]}


def _check(where: str, one: Mapping[str, Any], kind: Fields) -> None:
    known = kind.required.keys() | kind.optional.keys() | _INHERITED
    if unknown := sorted(one.keys() - known):
        raise SafetyDataRefused(f"{where}: unknown key “{unknown[0]}”.")
    for name, wanted in (*kind.required.items(), *kind.optional.items()):
        if name not in one:
            if name in kind.required:
                raise SafetyDataRefused(f"{where} states no {name}.")
        elif not _is(one[name], wanted) and not (name in kind.may_be_empty and one[name] == []):
            raise SafetyDataRefused(f"{where}: “{name}” is empty or of another type.")
    for name, values in kind.one_of.items():
        if name in one and one[name] not in values:
            raise SafetyDataRefused(f"{where}: “{name}” is none of {', '.join(sorted(values))}.")


def _entry(where: str, key: Sequence[str], one: Mapping[str, Any]) -> Entry:
    if not _is(one.get("source"), str):
        raise SafetyDataRefused(f"{where} states no source.")
    if type(one.get("reviewed")) is not date:
        raise SafetyDataRefused(f"{where} states no day of review.")
    said = {name: value for name, value in one.items() if name not in _INHERITED}
    return Entry(" ".join(filter(None, key)), one["source"], one["reviewed"], said)


def _is(value: Any, wanted: type) -> bool:
    if wanted is list:
        return isinstance(value, list) and bool(value) and all(_is(one, str) for one in value)
    if wanted is str:
        return isinstance(value, str) and bool(value.strip())
    return type(value) is wanted
