"""The rows that lists are read from: one a listed product, derived from its strengths and what they cost.

Whoever changes a price, a look, a market decision or what is listed calls `refresh` in the same transaction.
A list then costs one query, however many strengths its medicines have.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from shop.catalogue.listing_models import Listing
from shop.catalogue.models import Product, Variant, product_ingredient
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.catalogue.rules import sale_refusal
from shop.catalogue.words import strengths_in_words
from shop.database import db
from shop.money import line_total_cents

AT_ONCE = 500  # ids in one question; SQLite takes 32,766 parameters, PostgreSQL plans long lists slowly
MOST_STEPS = 8
MEASURE_PLACES = Decimal("1e-9")
MILLIGRAMS = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}


def refresh(product_ids: Iterable[int] | None, market: str) -> int:
    """Derive the rows of these products (None: of all) anew for a store in `market`; how many are listed.

    A product that is not listed, or has no strength, has no row.
    """
    if product_ids is None:
        db.session.execute(delete(Listing))
        return _write(_rows(_strengths(), market))
    ids, written = sorted(set(product_ids)), 0
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        db.session.execute(delete(Listing).where(Listing.product_id.in_(some)))
        written += _write(_rows(_strengths().where(Product.id.in_(some)), market))
    return written


def is_for(market: str) -> bool:
    """Whether the rows were derived for a store in `market`, and there are some where there should be.

    A store that moved has to derive all anew, and so has one that was opened by a release without this table.
    """
    found = db.session.scalar(select(Listing.market).limit(1))
    if found is not None:
        return found == market
    listed = select(Product.id).join(Variant).where(Product.listed_at.is_not(None)).limit(1)
    return db.session.scalar(listed) is None


def _strengths() -> Select[*tuple[Any, ...]]:
    ingredients = select(func.count()).where(product_ingredient.c.product_id == Product.id).scalar_subquery()
    return (
        select(
            *facts_columns(),
            Variant.strength_value,
            Variant.strength_unit,
            ingredients.label("ingredients"),
        )
        .join(Product, Product.id == Variant.product_id)
        .where(Product.listed_at.is_not(None))
        .order_by(Variant.product_id, Variant.strength_value, Variant.id)
    )


def _rows(question: Select[*tuple[Any, ...]], market: str) -> Iterator[dict[str, Any]]:
    strengths = db.session.execute(question.execution_options(yield_per=AT_ONCE))
    for product_id, group in groupby(strengths, key=lambda row: row.product_id):
        yield {"product_id": product_id, "market": market} | _derived(list(group), market)


def _derived(rows: Sequence[Any], market: str) -> dict[str, Any]:
    facts = [facts_from(row) for row in rows]
    sold = [v for v in facts if sale_refusal(v, market) is None and v.quantities]
    lowest = {v.id: _lowest(v) for v in sold}
    shown = min(sold, key=lambda v: (lowest[v.id], v.id), default=None)
    steps = list(shown.quantities) if shown else []
    most = max(steps, default=0)
    price = lowest[shown.id] if shown else None
    per_measure, unit = _per_measure(rows, lowest)
    prices = {price for v in sold for price in (v.price, lowest[v.id])}
    return {
        "strengths": strengths_in_words([v.strength for v in facts]),
        "look": (shown or facts[0]).appearance,
        "price": price, "varies": len(prices) > 1,
        "per_measure": per_measure, "measure_unit": unit,
        "packs": ", ".join(str(step) for step in steps[:MOST_STEPS]), "example_quantity": most,
        "example_cents": line_total_cents(price, most) if price else 0,
        "sold": [[v.id, min(v.quantities), max(v.quantities)] for v in sold],
    }  # fmt: skip


def _lowest(variant: VariantFacts) -> Decimal:
    """The price per unit of the largest pack step, which no smaller one undercuts."""
    price = variant.price_for(max(variant.quantities))
    assert price is not None  # what is sold has a price
    return price


def _per_measure(rows: Sequence[Any], lowest: dict[int, Decimal]) -> tuple[Decimal | None, str]:
    """The lowest price per mg, or per what strengths are stated in. With two ingredients it says nothing."""
    units = {row.strength_unit for row in rows}
    if rows[0].ingredients > 1 or (len(units) > 1 and not units <= MILLIGRAMS.keys()):
        return None, ""
    prices = [
        lowest[row.id] / (row.strength_value * MILLIGRAMS.get(row.strength_unit, 1))
        for row in rows
        if row.id in lowest and row.strength_value
    ]
    unit = "mg" if units <= MILLIGRAMS.keys() else units.pop()
    return (min(prices).quantize(MEASURE_PLACES), unit) if prices else (None, unit)


def _write(rows: Iterator[dict[str, Any]]) -> int:
    written = 0
    while chunk := [row for row, _ in zip(rows, range(AT_ONCE), strict=False)]:
        db.session.execute(insert(Listing), chunk)
        written += len(chunk)
    return written
