"""Files that a killed process left behind: found by the room that writes such files, removed by a chore.

Owns the waiting times. What a row names is never removed: an orphan is first deleted from the vault, which
keeps it for another day, and is asked for once more before it is erased.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

UNNAMED_FOR = timedelta(hours=24)
"""A file of the vault without a row for so long is an orphan: no upload's transaction takes that long."""
DELETED_FOR = timedelta(hours=24)
"""A deleted file stays so long on the disk. A backup must not take longer than this."""
UNFINISHED_FOR = timedelta(hours=1)
"""Nobody writes one mail, page or document for so long: its process is dead."""


@dataclass(frozen=True)
class Litter:
    """One file to be swept: `kind` is a code, `remove` does it."""

    kind: str
    path: Path
    remove: Callable[[], object]


Finder = Callable[[datetime], Iterator[Litter]]
_finders: list[Finder] = []


def finds_litter(finder: Finder) -> Finder:
    """Declare what finds the litter of one room. It must not change anything."""
    _finders.append(finder)
    return finder


def litter(at: datetime) -> Iterator[Litter]:
    """Everything that may be swept at this time."""
    for finder in _finders:
        yield from finder(at)


def sweep(at: datetime) -> dict[str, int]:
    """Remove it; how many of each kind."""
    removed: dict[str, int] = {}
    for found in litter(at):
        found.remove()
        removed[found.kind] = removed.get(found.kind, 0) + 1
    return removed


def older_than(path: Path, age: timedelta, at: datetime) -> bool:
    """Whether a file was last written longer ago than `age`; False when it is gone."""
    try:
        return path.stat(follow_symlinks=False).st_mtime < (at - age).timestamp()
    except FileNotFoundError:
        return False
