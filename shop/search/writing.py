"""Writing an index: a whole one beside the old, or the old one with a few products changed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import FieldType, Order, Query

from shop.projections.store import Snapshot
from shop.search.documents import (
    SearchDocument,
    entity_document,
    entity_key,
    in_order,
    place_weight,
    product_document,
    rank,
    schema,
    spelled_words,
    word_document,
)
from shop.search.store import (
    IndexMissing,
    Pointer,
    indexes,
    is_damage,
    link_index,
    open_searcher,
    searcher_of,
    usable_pointer,
)
from shop.substances.query_text import indexed_words

MOST_CHANGES = 2_000
"""Products, at most half of all, up to which changing the old index is faster than rebuilding it."""
FEW_PRODUCTS = 500
"""A catalogue of up to this many is always rebuilt: it takes half a second, and is exact."""
MOST_UPDATES = 500
"""Changes after which a quiet moment is used to rebuild, since words no longer used stay behind."""
_HEAP = 40_000_000
_SMALL_HEAP = 15_000_000
_SCHEMA = schema()
_STEP = place_weight(0) - place_weight(1)


@dataclass(frozen=True)
class Source:
    """The catalogue as the writer asks for it.

    `version` names this state. `stamps` has every product to be found, in the order of `in_order`, with a
    number that differs when it has changed. `documents` makes the documents of some of them, in their order.
    """

    version: str
    stamps: Mapping[int, int]
    documents: Callable[[Collection[int]], Iterable[SearchDocument]]


def build(folder: Path, documents: Iterable[SearchDocument], version: str, force: bool = False) -> bool:
    """Make the index of `documents` the current one, atomically for every reader.

    A second builder waits for the first and then leaves when the version is already there and opens.
    `force` builds regardless: for a folder whose damage only showed while searching.
    Returns whether it built. Raises OSError when the folder cannot be written.
    """
    by_id = {document.product_id: document for document in sorted(documents, key=in_order)}
    stamps = {number: document.stamp for number, document in by_id.items()}
    source = Source(version, stamps, lambda wanted: (by_id[number] for number in by_id if number in wanted))
    return follow(folder, lambda: source, force)


def follow(folder: Path, look: Callable[[], Source], force: bool = False) -> bool:
    """Make what `look` finds the current index: change the old one if little differs, or rebuild it.

    `look` is asked under the lock, so that nobody writes an older state over a newer one.
    """
    return indexes(folder).build(lambda current, fresh: _next(current, fresh, look(), force))


def _next(
    current: Snapshot | None, fresh: Callable[[], Path], source: Source, force: bool
) -> Snapshot | None:
    """The index that is to be current; None when that is the one there is."""
    before = None if force else usable_pointer(current)
    if current and before and before.updates <= MOST_UPDATES:
        if before.version == source.version:
            return None
        if changed := _changed(current.path, before, source, fresh):
            return changed
    path = fresh()
    return Pointer(path.name, source.version, _write(path, source)).snapshot(path.parent)


# --- The whole ---


def _write(fresh: Path, source: Source) -> int:
    """Products in their order, then what they are listed under and the words they use."""
    index = tantivy.Index(schema(), str(fresh))
    writer = index.writer(_HEAP, 1)
    vocabulary: dict[str, str] = {}
    entities: dict[str, tuple[str, str, str, float]] = {}
    for place, document in enumerate(source.documents(source.stamps.keys())):
        weight = place_weight(place)
        spelled = spelled_words(document)
        for word, shown in spelled.items():
            vocabulary.setdefault(word, shown)
        for kind, slug, name in document.entities():
            entities.setdefault(entity_key(kind, name), (kind, slug, name, weight))
        writer.add_document(product_document(document, spelled, weight))
    for kind, slug, name, weight in entities.values():
        writer.add_document(entity_document(kind, slug, name, weight))
    for word, shown in vocabulary.items():
        writer.add_document(word_document(word, shown))
    return _finished(fresh, writer)


def _finished(fresh: Path, writer: tantivy.IndexWriter) -> int:
    writer.commit()
    writer.wait_merging_threads()
    indexed_words.cache_clear()  # of use only while many products are written
    entity_key.cache_clear()
    return searcher_of(fresh).num_docs


# --- A few changes ---


def _changed(old: Path, before: Pointer, source: Source, fresh: Callable[[], Path]) -> Snapshot | None:
    """The old index with its changes, if that is worth while and works."""
    if len(source.stamps) <= FEW_PRODUCTS:
        return None
    try:
        searcher = open_searcher(old.parent, before)
        known = _known(searcher)
        gone = [number for number in known if number not in source.stamps]
        changed = {number for number, stamp in source.stamps.items() if known.get(number) != stamp}
        if len(gone) + len(changed) > min(MOST_CHANGES, len(source.stamps) // 2):
            return None
        path, count = old, before.documents
        if gone or changed:
            path = fresh()
            link_index(old, path)
            count = _rewrite(path, searcher, gone, changed, source)
    except BaseException as error:
        if isinstance(error, IndexMissing) or is_damage(error):
            return None  # rebuilding fixes it
        raise
    updates = before.updates + len(gone) + len(changed)
    return Pointer(path.name, source.version, count, updates).snapshot(path.parent)


def _known(searcher: tantivy.Searcher) -> dict[int, int]:
    """The stamps of the products in an index."""
    everything = Query.exists_query("product_id")
    addresses = [address for _, address in searcher.search(everything, searcher.num_docs or 1).hits]
    numbers = searcher.fast_field_values("product_id", addresses)
    stamps = searcher.fast_field_values("stamp", addresses)
    return dict(zip(numbers, stamps, strict=True))  # type: ignore[arg-type]


def _rewrite(
    fresh: Path, old: tantivy.Searcher, gone: Collection[int], changed: Collection[int], source: Source
) -> int:
    writer = tantivy.Index.open(str(fresh)).writer(_SMALL_HEAP, 1)
    for number in (*gone, *changed):
        writer.delete_documents_by_term("product_id", number)
    written: set[str] = set()
    for document in source.documents(changed):
        weight = _weight_between(old, rank(document))
        spelled = spelled_words(document)
        writer.add_document(product_document(document, spelled, weight))
        for key, addition in _additions(document, spelled, weight):
            kind, _, word = key.rpartition(" ")
            if key not in written and not old.doc_freq(kind, word):
                writer.add_document(addition)
            written.add(key)
    return _finished(fresh, writer)


def _additions(
    document: SearchDocument, spelled: Mapping[str, str], weight: float
) -> Iterator[tuple[str, tantivy.Document]]:
    """What a changed product may bring that the index lacks, each under "field term"."""
    for kind, slug, name in document.entities():
        yield f"entity {entity_key(kind, name)}", entity_document(kind, slug, name, weight)
    for word, shown in spelled.items():
        yield f"spelling {word}", word_document(word, shown)


def _weight_between(searcher: tantivy.Searcher, place: int) -> float:
    """A weight between those of the products ranked right before and right behind."""
    before = _neighbor(searcher, {"lower_bound": place}, Order.Asc)
    behind = _neighbor(searcher, {"upper_bound": place, "include_upper": False}, Order.Desc)
    if before is None:
        return place_weight(0) if behind is None else behind + _STEP
    return max(0.0, before - _STEP) if behind is None else (before + behind) / 2


def _neighbor(searcher: tantivy.Searcher, bounds: Mapping[str, object], order: Order) -> float | None:
    asked = Query.range_query(_SCHEMA, "rank", FieldType.Integer, **bounds)  # type: ignore[arg-type]
    with suppress(IndexError):
        _, address = searcher.search(asked, 1, count=False, order_by_field="rank", order=order).hits[0]
        return float(searcher.fast_field_values("weight", [address])[0] or 0)
    return None
