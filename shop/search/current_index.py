"""The index of this process: it follows the database, and is asked; opened once, a newer one noticed.

It is disposable and local to a machine. It carries the catalogue version it was built from; whoever finds
another one in the database brings it up to date, beside the old, which serves until the switch. In a request,
an index that is missing is built first; `Index` itself knows neither the web nor the database.
"""

import logging
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import tantivy
from flask import Flask, current_app
from sqlalchemy import Select, select

from shop.catalogue import uses
from shop.catalogue.models import (
    Ingredient,
    Listing,
    Pack,
    Product,
    Variant,
    product_ingredient,
)
from shop.catalogue.ndc_codes import is_store_code
from shop.config import Settings
from shop.database import db
from shop.projections.cache_version import version
from shop.projections.store import Reader
from shop.search.answers import MOST_HITS, SearchAnswer, answer
from shop.search.documents import SearchDocument
from shop.search.store import IndexMissing, indexes, is_damage, open_snapshot, read_pointer
from shop.search.suggestions import Suggestion, is_named, suggestions
from shop.search.writing import MOST_UPDATES, Source, follow

# --- Following the database -------------------------------------------------------------------------------

_AT_ONCE = 1000


def ensure_index(app: Flask, force: bool = False) -> bool:
    """Bring the index up to the database as it is now. Returns whether there was something to write.

    Opens no transaction of its own beyond reading. Raises OSError when the folder cannot be written.
    """
    with app.app_context():
        settings: Settings = app.extensions["settings"]
        if not force and _is_current(settings):
            return False
        db.session.rollback()  # what was read before the lock may be old
        return follow(settings.search_folder, _look, force)


def _is_current(settings: Settings) -> bool:
    try:
        pointer = read_pointer(settings.search_folder)
    except IndexMissing:
        return False
    return pointer.version == version().catalogue and pointer.updates <= MOST_UPDATES


def _look() -> Source:
    """The version first: what is committed while the rest is read raises it again."""
    name = version().catalogue
    listed = db.session.execute(
        select(
            Product.id,
            Product.popularity,
            Product.name,
            Product.slug,
            Product.form,
            Product.form_plural,
            Product.brand,
            Product.summary,
            Product.prescription_required,
            Product.unit,
            Product.changed_at,
        ).where(Product.listed_at.is_not(None))
    )
    order = sorted((-row.popularity, row.name.casefold(), row.id, _stamp(row)) for row in listed)
    stamps = {number: stamp for _, _, number, stamp in order}
    return Source(name, stamps, lambda wanted: _documents(stamps, wanted))


def _stamp(row: Any) -> int:
    """A number for the product's own row and the map of uses; `changed_at` tells of what hangs on it (packs,
    categories …).
    """
    return zlib.crc32(repr((*row, uses.dataset().version)).encode())


def _documents(stamps: Mapping[int, int], wanted: Collection[int]) -> Iterator[SearchDocument]:
    """Documents in the order of `stamps`, in six queries a thousand, so that memory stays small."""
    order = [number for number in stamps if number in wanted]
    for start in range(0, len(order), _AT_ONCE):
        yield from _some_documents(order[start : start + _AT_ONCE], stamps)


def _some_documents(ids: Sequence[int], stamps: Mapping[int, int]) -> Iterator[SearchDocument]:
    ingredients = _by_product(
        select(product_ingredient.c.product_id, Ingredient.name)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(product_ingredient.c.product_id.in_(ids))
    )
    abouts = select(Listing.product_id, Listing.about).where(Listing.product_id.in_(ids))
    categories = {product_id: about["categories"] for product_id, about in db.session.execute(abouts)}
    packages = _by_product(
        select(Variant.product_id, Pack.ndc)
        .join(Pack, Pack.variant_id == Variant.id)
        .where(Variant.product_id.in_(ids), Variant.withdrawn_on.is_(None))
    )
    offered = select(Variant.product_id, Variant.strength).where(Variant.withdrawn_on.is_(None))
    strengths = _by_product(offered.where(Variant.product_id.in_(ids)))
    imprint = Variant.appearance["imprint"].as_string()
    imprints = _by_product(
        select(Variant.product_id, imprint).where(Variant.product_id.in_(ids), imprint.is_not(None))
    )
    rows = {row.id: row for row in db.session.execute(_rows().where(Product.id.in_(ids)))}
    for number in ids:
        if row := rows.get(number):
            yield SearchDocument(
                number,
                row.slug,
                row.name,
                row.form,
                _names(ingredients[number]),
                (row.brand,) if row.brand else (),
                tuple((slug, name) for slug, name in categories.get(number, ())),
                row.summary or "",
                row.popularity,
                tuple(code for code in _names(packages[number]) if not is_store_code(code)),
                _names(imprints[number]),
                row.form_plural,
                stamps[number],
                _names(strengths[number]),
                row.unit,
                row.prescription_required,
            )


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        Product.id,
        Product.slug,
        Product.name,
        Product.form,
        Product.form_plural,
        Product.brand,
        Product.summary,
        Product.popularity,
        Product.unit,
        Product.prescription_required,
    ).where(Product.listed_at.is_not(None))


def _by_product(question: Select[*tuple[Any, ...]]) -> dict[int, list[Any]]:
    """The other columns by the first: product id -> what belongs to it."""
    found: dict[int, list[Any]] = defaultdict(list)
    for product_id, *rest in db.session.execute(question):
        found[product_id].append(rest)
    return found


def _names(rows: list[Any]) -> tuple[str, ...]:
    return tuple(name for (name,) in rows)


# --- Asking -----------------------------------------------------------------------------------------------

Answered = TypeVar("Answered")
log = logging.getLogger(__name__)


class Index:
    """The current index of a folder. One instance serves all threads of a process.

    Opening waits for the first question, so an application may start, and fork, before its index exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._reader = Reader[tantivy.Searcher](indexes(folder), lambda snapshot, _: open_snapshot(snapshot))

    def is_current(self, version: str) -> bool:
        """Whether the folder holds an index of this catalogue version; False when it holds none."""
        try:
            return read_pointer(self._folder).version == version
        except IndexMissing:
            return False

    def stamp(self) -> str:
        """Which index is served to whoever asks now; differs after every switch. "" while there is none."""
        return self._reader.stamp()

    def search(self, text: str, limit: int = 24, offset: int = 0) -> SearchAnswer:
        """Products for what was typed, of which the first 100 characters count.

        A package code, whole words, beginnings of words and words of the summary are exact and hide near
        spellings. A negative limit or offset is 0. Raises IndexMissing and nothing else, whatever the text.
        """
        most, begin = max(0, limit), max(0, offset)
        return self._ask(lambda searcher: answer(searcher, text, most, begin))

    def is_named(self, text: str, to_the_letter: bool = False) -> bool:
        """Whether a name in the catalogue begins so. Raises IndexMissing."""
        return self._ask(lambda searcher: is_named(searcher, text, to_the_letter))

    def suggest(self, text: str) -> list[Suggestion]:
        """What to offer while somebody types, by kind, most popular first. Raises IndexMissing."""
        return self._ask(lambda searcher: suggestions(searcher, text))

    def _ask(self, question: Callable[[tantivy.Searcher], Answered]) -> Answered:
        """Asked twice at most: a file opened only at its first use may have been swept by a builder."""
        for last_try in (False, True):
            try:
                return question(self._current())
            except BaseException as error:
                if not is_damage(error):
                    raise
                self._reader.forget()
                if last_try:
                    raise IndexMissing("The search index is damaged.") from error
        raise AssertionError("the second try answers or raises")

    def _current(self) -> tantivy.Searcher:
        searcher = self._reader.current()
        if searcher is None:
            raise IndexMissing(f"There is no search index in {self._folder}.")
        return searcher


def search(text: str, limit: int, offset: int = 0) -> SearchAnswer:
    """Products for what was typed. An index that cannot be built finds nothing: `available` is False."""
    return _ask(lambda found: found.search(text, limit, offset), SearchAnswer(available=False))


def matching(text: str, most: int = MOST_HITS) -> list[int]:
    """The ids of up to `most` products that `search` finds, in its order, without reading the database."""
    return [hit.product_id for hit in search(text, min(most, MOST_HITS)).hits]


def suggest(text: str) -> list[Suggestion]:
    """What to offer while somebody types; nothing without an index."""
    return _ask(lambda found: found.suggest(text), [])


def names(text: str, to_the_letter: bool = False) -> bool:
    """Whether a name in the catalogue has words that begin so, or begins with the very text; nothing does
    without an index.
    """
    return _ask(lambda found: found.is_named(text, to_the_letter), False)


def index(app: Flask) -> Index:
    """The one reader of this process."""
    found = app.extensions.get("search")
    if not isinstance(found, Index):
        settings: Settings = app.extensions["settings"]
        found = app.extensions["search"] = Index(settings.search_folder)
    return found


def _ask(question: Callable[[Index], Answered], otherwise: Answered) -> Answered:
    """Without an index (a fresh or damaged disk) one is built first; the store goes on when it cannot be."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        return question(index(app))
    except IndexMissing:
        pass
    try:
        ensure_index(app, force=True)
        return question(index(app))
    except (IndexMissing, OSError) as trouble:
        log.error("the search index cannot be built: %s", trouble)
        return otherwise
