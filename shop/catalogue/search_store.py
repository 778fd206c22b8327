"""The index's folder on disk: building a new one beside the old, switching, opening.

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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import tantivy

from shop.catalogue.search_words import indexed_words, package_keys

POINTER = "current"
EDITION = 1
"""Raised when the fields below change, so that an index of an older release counts as missing."""
_HEAP = 256_000_000


class IndexMissing(Exception):
    """There is no readable index in the folder: build one with `force=True` and ask again."""


@dataclass(frozen=True)
class SearchDocument:
    """One product as the search knows it.

    `popularity` is any number of which more comes first; `ndcs` are package codes in any format.
    """

    product_id: int
    slug: str
    name: str
    form: str = ""
    ingredients: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str = ""
    popularity: int = 0
    ndcs: tuple[str, ...] = ()
    imprints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pointer:
    """What the `current` file says."""

    name: str
    version: str
    documents: int


def schema() -> tantivy.Schema:
    """Products by `words`, `summary`, `imprint`, `package`; the vocabulary by `spelling`, a document a word.

    The vocabulary is what makes spelling complete: a fuzzy query over products, cut at the best few hundred,
    would hide a look-alike name behind the many products of the nearer one.
    """
    fields = tantivy.SchemaBuilder()
    for name in ("words", "summary", "imprint", "package"):
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    fields.add_integer_field("product_id", stored=True)
    fields.add_text_field("slug", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_text_field("spelling", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    return fields.build()


def build(folder: Path, documents: Iterable[SearchDocument], version: str, force: bool = False) -> bool:
    """Make the index of `documents` the current one, atomically for every reader.

    A second builder waits for the first and then leaves when the version is already there and opens.
    `force` builds regardless: for a folder whose damage only showed while searching.
    Returns whether it built. Raises OSError when the folder cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _only_builder(folder):
        before = _usable_pointer(folder)
        if before and before.version == version and not force:
            return False
        _sweep(folder, keep={before.name} if before else set())
        fresh = Path(tempfile.mkdtemp(prefix="index-", dir=folder))
        count = _write(fresh, documents)
        _switch(folder, Pointer(fresh.name, version, count))
        return True


def read_pointer(folder: Path) -> Pointer:
    """What is current now. Raises IndexMissing when the file is absent, damaged or of another edition."""
    try:
        said = json.loads((Path(folder) / POINTER).read_text("utf-8"))
        if said["edition"] != EDITION:
            raise IndexMissing("The search index is of another edition.")
        return Pointer(str(said["name"]), str(said["version"]), int(said["documents"]))
    except (OSError, ValueError, KeyError, TypeError) as damage:
        raise IndexMissing(f"There is no search index in {folder}.") from damage


def open_searcher(folder: Path, pointer: Pointer) -> tantivy.Searcher:
    """A searcher over the pointer's index; its files stay open when the folder is swept later."""
    try:
        index = tantivy.Index.open(str(Path(folder) / pointer.name))
        index.config_reader("manual")
        index.reload()
        searcher = index.searcher()
    except (OSError, ValueError, RuntimeError) as damage:
        raise IndexMissing("The search index cannot be read.") from damage
    if searcher.num_docs != pointer.documents:
        raise IndexMissing("The search index is incomplete.")
    return searcher


@contextmanager
def _only_builder(folder: Path) -> Iterator[None]:
    """The lock goes with the process, so a builder that was killed blocks nobody."""
    with open(folder / "lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _usable_pointer(folder: Path) -> Pointer | None:
    try:
        pointer = read_pointer(folder)
        open_searcher(folder, pointer)
    except IndexMissing:
        return None
    return pointer


def _sweep(folder: Path, keep: set[str]) -> None:
    for old in folder.glob("index-*"):
        if old.name not in keep:
            shutil.rmtree(old, ignore_errors=True)


def _switch(folder: Path, pointer: Pointer) -> None:
    said = {"edition": EDITION} | asdict(pointer)
    beside = folder / (POINTER + ".new")
    beside.write_text(json.dumps(said), "utf-8")
    os.replace(beside, folder / POINTER)


def _write(fresh: Path, documents: Iterable[SearchDocument]) -> int:
    """Write products, most popular first, then the words they use; returns the number of documents.

    One thread and one segment keep that order, and tantivy breaks ties by it: popularity, then name.
    """
    writer = tantivy.Index(schema(), str(fresh)).writer(_HEAP, 1)
    vocabulary: dict[str, str] = {}
    count = 0
    for document in sorted(documents, key=lambda d: (-d.popularity, d.name.casefold(), d.product_id)):
        spelled = _spelled(document)
        for word, shown in spelled.items():
            vocabulary.setdefault(word, shown)
        writer.add_document(_product(document, spelled))
        count += 1
    for word, shown in vocabulary.items():
        writer.add_document(tantivy.Document(spelling=word, shown=shown))
    writer.commit()
    writer.wait_merging_threads()
    return count + len(vocabulary)


def _spelled(document: SearchDocument) -> dict[str, str]:
    """The words whose spelling is forgiven: name, ingredients, brands, categories, form in both numbers."""
    forms = (document.form, document.form + "s") if document.form else ()
    texts = (*forms, *document.categories, *document.brands, *document.ingredients, document.name)
    return {word: shown for text in texts for word, shown in indexed_words(text).items()}


def _product(document: SearchDocument, spelled: dict[str, str]) -> tantivy.Document:
    packages = {key for ndc in document.ndcs for key in package_keys(ndc)}
    return tantivy.Document(
        product_id=document.product_id,
        slug=document.slug,
        name=document.name,
        words=" ".join(spelled),
        summary=" ".join(indexed_words(document.summary)),
        imprint=" ".join(indexed_words(" ".join(document.imprints))),
        package=" ".join(packages),
    )
