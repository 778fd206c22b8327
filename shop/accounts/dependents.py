"""What hangs on an account, declared by the rooms that have it. This room knows none of them.

What keeps it from being deleted, what becomes of their share once it is, and what of it is exported.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

Answer = Callable[[int, datetime], str | None]
Erase = Callable[[int, datetime], None]
Export = Callable[[int], Any]
Files = Callable[[int], Iterator[tuple[str, bytes]]]

_asked: list[Answer] = []
_erasers: list[Erase] = []
_exports: dict[str, Export] = {}
_files: list[Files] = []


def keeps_account(answer: Answer) -> Answer:
    """Declare a question: given an account's id and the moment, a sentence about what is open, or None."""
    if answer not in _asked:
        _asked.append(answer)
    return answer


def what_keeps(user_id: int, at: datetime) -> list[str]:
    """Every reason why the account cannot be deleted now; empty: it can."""
    return [sentence for answer in _asked if (sentence := answer(user_id, at))]


def erases_account(erase: Erase) -> Erase:
    """Declare what erases a room's share of an account, but what the law keeps.

    It flushes, never commits, may run twice, and before or after those of other rooms.
    """
    if erase not in _erasers:
        _erasers.append(erase)
    return erase


def erase_all(user_id: int, at: datetime) -> None:
    """Every room's share."""
    for erase in _erasers:
        erase(user_id, at)


def exports_account(name: str) -> Callable[[Export], Export]:
    """Declare what of a room is exported, under this name: dicts, lists, texts, numbers, dates."""

    def declare(export: Export) -> Export:
        _exports[name] = export
        return export

    return declare


def everything_of(user_id: int) -> dict[str, Any]:
    """All that is exported of an account, by name."""
    return {name: export(user_id) for name, export in _exports.items()}


def exports_files(files: Files) -> Files:
    """Declare files that are exported: (name in the archive, bytes), one read at a time."""
    if files not in _files:
        _files.append(files)
    return files


def files_of(user_id: int) -> Iterator[tuple[str, bytes]]:
    """Every file that is exported of an account."""
    for files in _files:
        yield from files(user_id)
