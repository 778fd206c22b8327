"""The index's folder on disk: the lock, the pointer, opening, sweeping.

Owns the folder layout and nothing of the catalogue: everything in the folder may be deleted and built again.

    folder/lock            held by the one process that builds
    folder/current         which index folder is read now, and the catalogue version it shows
    folder/index-…/        one whole tantivy index; the current one and the one before it are kept
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import tantivy

POINTER = "current"
EDITION = 2
"""Raised when the fields change, so that an index of an older release counts as missing."""


class IndexMissing(Exception):
    """There is no readable index in the folder: build one with `force=True` and ask again."""


@dataclass(frozen=True)
class Pointer:
    """What the `current` file says. `updates` counts the changes written since the whole was built."""

    name: str
    version: str
    documents: int
    updates: int = 0


def read_pointer(folder: Path) -> Pointer:
    """What is current now. Raises IndexMissing when the file is absent, damaged or of another edition."""
    try:
        said = json.loads((Path(folder) / POINTER).read_text("utf-8"))
        if said["edition"] != EDITION:
            raise IndexMissing("The search index is of another edition.")
        return Pointer(str(said["name"]), str(said["version"]), int(said["documents"]), int(said["updates"]))
    except (OSError, ValueError, KeyError, TypeError) as damage:
        raise IndexMissing(f"There is no search index in {folder}.") from damage


def usable_pointer(folder: Path) -> Pointer | None:
    """The pointer, if what it names opens."""
    try:
        pointer = read_pointer(folder)
        open_searcher(folder, pointer)
    except IndexMissing:
        return None
    return pointer


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
    """What tantivy raises over spoilt files. Its panics are no `Exception`s and have no importable class."""
    return isinstance(error, (OSError, ValueError, RuntimeError)) or type(error).__name__ == "PanicException"


@contextmanager
def only_builder(folder: Path) -> Iterator[None]:
    """The lock goes with the process, so a builder that was killed blocks nobody."""
    with open(folder / "lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fresh_folder(folder: Path, keep: Pointer | None) -> Path:
    """An empty folder for the next index. Of the older ones only `keep` stays."""
    for old in folder.glob("index-*"):
        if keep is None or old.name != keep.name:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix="index-", dir=folder))


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


def switch(folder: Path, pointer: Pointer) -> None:
    """Make `pointer` the current one, at once for every reader that looks from now on."""
    said = {"edition": EDITION} | asdict(pointer)
    beside = folder / (POINTER + ".new")
    beside.write_text(json.dumps(said), "utf-8")
    os.replace(beside, folder / POINTER)
