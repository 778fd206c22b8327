"""From the database to columns on disk: what medicines are found by, what they cost, which are in stock.

The first part follows the catalogue's version, the second also every change of price and stock; it is small,
and rewritten beside hard links to the first, unless nothing differs: most sales change no list.
"""

import hashlib
import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Select, select, type_coerce

from shop.catalogue.models import Listing, Pack, Product, Variant
from shop.database import db, portions
from shop.projections.store import Snapshot
from shop.storefront.finder.columns import LEVELS, NO_PRICE
from shop.storefront.finder.facets import band_of, bands
from shop.storefront.rules import Level, level

# tables rather than objects: these questions are about every medicine there is
product, variant, listing = Product.__table__.c, Variant.__table__.c, Listing.__table__.c
BIGGEST = NO_PRICE
Pairs = Select[int, str, str]
"""A question for (product id, key, name) of every value that a medicine has."""
Values = Iterable[tuple[int, str, str]]
"""Its answer."""


def write(
    before: Snapshot | None,
    fresh: Callable[[], Path],
    catalogue: str,
    in_stock: Callable[[], dict[int, int]],
) -> Path:
    """The folder with the columns as they are now: a `fresh` one, or that of `before` if it has the same.

    `in_stock` gives the units free to sell by variant id, of variants that have any.
    """
    ids = _load(before.path, "found-ids") if before and before.version.get("catalogue") == catalogue else None
    if before is None or ids is None:
        folder = fresh()
        offers = _offers(_write_found(folder), in_stock())
    else:
        offers = _offers(ids, in_stock())
        if all(np.array_equal(_load(before.path, f"offer-{name}"), offers[name]) for name in offers):
            return before.path
        folder = fresh()
        for file in before.path.glob("found-*"):
            os.link(file, folder / file.name)
    _save_offers(folder, offers)
    return folder


# --- What medicines are found by ---


def _write_found(folder: Path) -> NDArray[np.int64]:
    """Returns the medicines' ids in the order of their names."""
    rows = db.session.execute(
        select(
            product.id,
            product.name,
            product.form,
            product.form_plural,
            product.prescription_required,
            product.popularity,
        ).join_from(Product.__table__, Listing.__table__)
    ).all()
    ordered = sorted(rows, key=lambda row: (row[1].casefold(), row[0]))
    ids, names, forms, plurals, prescription, popularity = zip(*ordered, strict=True) if rows else ((),) * 6
    in_order = np.array(ids, np.int64)
    _save(folder, "found-ids", in_order)
    letters = [name.encode() for name in names]
    _save(folder, "found-names", np.frombuffer(b"".join(letters), np.uint8))
    _save(folder, "found-names-starts", np.cumsum([0, *map(len, letters)], dtype=np.int64))
    _save(folder, "found-order-popular", np.argsort(-np.array(popularity, np.int64), kind="stable"))
    _write_single(folder, "form", list(zip(forms, plurals, strict=True)))
    needed = {True: ("needed", "Needed"), False: ("none", "Not needed")}
    _write_single(folder, "prescription", [needed[bool(one)] for one in prescription])
    _write_single(folder, "letter", [(letter_of(name),) * 2 for name in names])
    places = {product_id: place for place, product_id in enumerate(ids)}
    _write_many(folder, "category", _categories(), places)
    for facet, question in (("strength", _strengths()), ("maker", _makers())):
        _write_many(folder, facet, _asked(question), places)
    return in_order


def letter_of(name: str) -> str:
    """The letter under which a name stands: "#" for one that begins with none."""
    first = name[:1].upper()
    return first if first.isalpha() else "#"


def _categories() -> Iterator[tuple[int, str, str]]:
    """As the rows of lists have them: what it is for, and the kinds of medicine that people know by name."""
    for part in db.session.execute(select(listing.product_id, listing.about)).partitions(10_000):
        for product_id, about in part:
            yield from ((product_id, slug, name) for slug, name in about["categories"])


def _asked(question: Pairs) -> Iterator[tuple[int, str, str]]:
    for part in db.session.execute(question).partitions(10_000):
        yield from part


def _strengths() -> Pairs:
    return select(variant.product_id, variant.strength, variant.strength).join(
        Listing.__table__, listing.product_id == variant.product_id
    )


def _makers() -> Pairs:
    pack = Pack.__table__.c
    return (
        select(variant.product_id, pack.labeler, pack.labeler)
        .join_from(Variant.__table__, Pack.__table__)
        .join(Listing.__table__, listing.product_id == variant.product_id)
        .where(pack.withdrawn_on.is_(None))
    )


def _write_single(folder: Path, facet: str, values: Sequence[tuple[str, str]]) -> None:
    words = sorted(set(values), key=lambda pair: pair[1].casefold())
    codes = {word: code for code, word in enumerate(words)}
    _save(folder, f"found-{facet}", np.array([codes[value] for value in values], np.uint16))
    _save_words(folder, facet, words)


def _write_many(folder: Path, facet: str, found: Values, places: dict[int, int]) -> None:
    numbers: dict[tuple[str, str], int] = {}
    values, ordinals = array("q"), array("q")
    for product_id, key, name in found:
        if product_id in places:
            values.append(numbers.setdefault((key, name), len(numbers)))
            ordinals.append(places[product_id])
    words = sorted(numbers, key=lambda word: word[1].casefold())
    codes = np.empty(len(words), np.int64)
    codes[[numbers[word] for word in words]] = np.arange(len(words))
    # sorted by value and medicine, each pair once
    both = np.unique(codes[np.array(values, np.int64)] << 32 | np.array(ordinals, np.int64))
    by_value, sorted_codes = both & 0xFFFFFFFF, both >> 32
    _save(folder, f"found-{facet}", by_value)
    _save(folder, f"found-{facet}-starts", np.searchsorted(sorted_codes, np.arange(len(words) + 1)))
    by_medicine = np.argsort(by_value, kind="stable")
    _save(folder, f"found-{facet}-codes", sorted_codes[by_medicine].astype(np.uint32))
    _save(folder, f"found-{facet}-ends", np.cumsum(np.bincount(by_value, minlength=len(places))))
    _save_words(folder, facet, words)


# --- What they cost, and whether they are there ---


COUNTED = ("order-price", "order-measure", "price", "stock")
"""What the order and the counts of lists are made from; the rest is said in single rows."""


def _offers(ids: NDArray[np.int64], stocked: dict[int, int]) -> dict[str, NDArray[Any]]:
    offers = db.session.execute(
        select(
            listing.product_id,
            type_coerce(listing.price, BigInteger),
            type_coerce(listing.per_measure, BigInteger),
            listing.measure_unit,
        )
    ).all()
    found = {product_id: offer for product_id, *offer in offers}
    rows = [found.get(i, (None, None, "")) for i in ids.tolist()]
    prices = np.array([BIGGEST if price is None else price for price, _, _ in rows], np.int64)
    measures = np.array([BIGGEST if measure is None else measure for _, measure, _ in rows], np.int64)
    # a price per mg and one per unit of insulin are not compared: milligrams first, then the other units
    rank = np.array([2 if measure is None else int(unit != "mg") for _, measure, unit in rows], np.int64)
    best = _best_stocked(stocked)
    left = [best.get(i, (0, Level.OUT)) for i in ids.tolist()]
    return {
        "order-price": np.argsort(prices, kind="stable"),
        "order-measure": np.lexsort((measures, rank)),
        "amount": prices,
        "price": _bands(prices),
        "left": np.array([units if level is Level.FEW else 0 for units, level in left], np.int64),
        "level": np.array([LEVELS.index(level) for _, level in left], np.uint8),
        "stock": np.array([level is Level.OUT for _, level in left], np.uint16),
    }


def _save_offers(folder: Path, offers: dict[str, NDArray[Any]]) -> None:
    for name, column in offers.items():
        _save(folder, f"offer-{name}", column)
    digest = hashlib.sha256(b"".join(offers[name].tobytes() for name in COUNTED)).hexdigest()[:16]
    (folder / "offer-counted.txt").write_text(digest, "utf-8")


def _bands(prices: NDArray[np.int64]) -> NDArray[np.uint16]:
    codes = np.full(len(prices), len(bands()), np.uint16)
    priced = prices != BIGGEST
    codes[priced] = band_of(prices[priced])
    return codes


def _best_stocked(stocked: dict[int, int]) -> dict[int, tuple[int, Level]]:
    """By product with any stock, the units of its best stocked strength sold here, and their level."""
    found = {}
    for some in portions(stocked):
        theirs = select(Variant.product_id).where(Variant.id.in_(some))
        rows = db.session.execute(
            select(Listing.product_id, Listing.sold).where(Listing.product_id.in_(theirs))
        )
        for product_id, sold in rows:
            units, *steps = max(((stocked.get(i, 0), least, most) for i, least, most in sold), default=(0,))
            found[product_id] = units, level(units, steps)
    return found


def _load(folder: Path, name: str) -> Any:
    """A column that was written before, None where it is damaged."""
    try:
        return np.load(folder / f"{name}.npy", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None


def _save(folder: Path, name: str, array: NDArray[Any]) -> None:
    np.save(folder / f"{name}.npy", array, allow_pickle=False)


def _save_words(folder: Path, facet: str, words: Sequence[tuple[str, str]]) -> None:
    (folder / f"found-{facet}.json").write_text(json.dumps(words), "utf-8")
