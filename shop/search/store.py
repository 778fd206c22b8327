"""One index on disk: its description, opening it, copying it.

Owns what tantivy needs; the folder with its lock, its pointer and its sweep is `shop.projections.store`'s.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import tantivy

from shop.projections.store import Snapshot, Snapshots, Unreadable

INDEX_EDITION = 6
"""Raised when the fields change, so that an index of an older release counts as missing."""


class IndexMissing(Unreadable):
    """There is no readable index in the folder: build one with `force=True` and ask again."""


@dataclass(frozen=True)
class Pointer:
    """The description of the index `name`. `updates` counts the changes written since the whole was built."""

    name: str
    version: str
    documents: int
    updates: int = 0

    def snapshot(self, folder: Path) -> Snapshot:
        """The same in the words of `Snapshots`."""
        numbers = {"documents": self.documents, "updates": self.updates}
        fields = {name: str(number) for name, number in numbers.items()}
        return Snapshot(folder / self.name, fields | {"catalogue": self.version})


def indexes(folder: Path) -> Snapshots:
    """The indexes of a folder."""
    return Snapshots(folder, INDEX_EDITION)


def read_pointer(folder: Path) -> Pointer:
    """What is current now. Raises IndexMissing when there is nothing, or something of another edition."""
    snapshot = indexes(folder).current()
    if snapshot is None:
        raise IndexMissing(f"There is no search index in {folder}.")
    return _pointer_to(snapshot)


def usable_pointer(snapshot: Snapshot | None) -> Pointer | None:
    """The description of the index in this snapshot, if it opens."""
    try:
        if snapshot is None or not open_snapshot(snapshot):
            return None
        return _pointer_to(snapshot)
    except IndexMissing:
        return None


def _pointer_to(snapshot: Snapshot) -> Pointer:
    fields = snapshot.version
    try:
        return Pointer(
            snapshot.path.name, fields["catalogue"], int(fields["documents"]), int(fields["updates"])
        )
    except (KeyError, ValueError) as damage:
        raise IndexMissing("The search index’s description cannot be read.") from damage


def open_snapshot(snapshot: Snapshot) -> tantivy.Searcher:
    """A searcher over the index of a snapshot. Raises IndexMissing."""
    return open_searcher(snapshot.path.parent, _pointer_to(snapshot))


def open_searcher(folder: Path, pointer: Pointer) -> tantivy.Searcher:
    """A searcher over the pointer's index; its files stay open when the folder is swept later."""
    try:
        searcher = searcher_of(Path(folder) / pointer.name)
    except BaseException as error:
        if not is_damage(error):
            raise
        raise IndexMissing("The search index cannot be read.") from error
    if searcher.num_docs != pointer.documents:
        raise IndexMissing("The search index is incomplete.")
    return searcher


def searcher_of(folder: Path) -> tantivy.Searcher:
    """A searcher over the tantivy index in this very folder."""
    index = tantivy.Index.open(str(folder))
    index.config_reader("manual")
    index.reload()
    return index.searcher()


def is_damage(error: BaseException) -> bool:
    """What tantivy raises over damaged files. Its panics are no `Exception`s and have no importable class."""
    return isinstance(error, (OSError, ValueError, RuntimeError)) or type(error).__name__ == "PanicException"


def link_index(old: Path, fresh: Path) -> None:
    """Fill `fresh` with the index in `old`. Segments never change once written, so a hard link will do.

    What tantivy does rewrite (its lists of segments) is copied. Raises OSError.
    """
    for file in old.iterdir():
        if file.suffix == ".lock":
            continue
        if file.suffix != ".json":
            with suppress(OSError):
                os.link(file, fresh / file.name)
                continue
        shutil.copy2(file, fresh / file.name)
