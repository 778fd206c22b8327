"""The rows that lists are read from: one a listed product, derived from its strengths and what they cost.

Whoever changes a price, a look, a market decision or what is listed calls `refresh` in the same transaction.
A list then costs one query, however many strengths its medicines have.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, insert, select

from shop.catalogue import stored
from shop.catalogue.list_models import Listing
from shop.catalogue.models import (
    Category,
    Ingredient,
    Product,
    Variant,
    product_category,
    product_ingredient,
)
from shop.catalogue.rules import MILLIGRAMS, lowest_price, measure_of, price_per
from shop.catalogue.safety_columns import not_by_mail_sql
from shop.catalogue.stored import as_text
from shop.catalogue.words import strengths_in_words
from shop.database import db, portions
from shop.money import line_total_cents
from shop.safety.sale import is_doubted, sale_refusal

MOST_STEPS = 8
_TABLE: Any = Listing.__table__
MEASURE_PLACES = Decimal("1e-9")
DEAREST = Decimal(10**9)  # per mg; more is a mistake of a strength, and more than the column holds


def refresh(product_ids: Iterable[int] | None, market: str) -> int:
    """Derive the rows of these products (None: of all) anew for a store in `market`; how many are listed.

    A product that is not listed, or has no strength, has no row.
    """
    if product_ids is None:
        db.session.execute(delete(Listing))
        product_ids = db.session.scalars(select(Product.id).where(Product.listed_at.is_not(None)))
    written = 0
    for some in portions(product_ids):
        db.session.execute(delete(Listing).where(Listing.product_id.in_(some)))
        rows = list(_rows(some, market))
        if rows:
            db.session.connection().execute(insert(_TABLE), rows)  # one statement, not one an object
        written += len(rows)
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


@dataclass(frozen=True, slots=True)
class _Strength:
    """What a row needs of one strength; `rules.sale_refusal` reads it too."""

    id: int
    strength: str
    price: Decimal | None
    lowest: Decimal | None
    quantities: tuple[int, ...]
    markets: tuple[str, ...]
    sold_outside_market: bool
    not_by_mail: str | None
    look: str | None
    value: Decimal
    measure: str | None
    doubted: bool
    listed: bool = True


def _strengths(product_ids: Sequence[int]) -> Iterable[Any]:
    """From tables, not objects, and JSON as text: a hundred thousand products may be read in a row."""
    variant, product = Variant.__table__.c, Product.__table__.c
    question = (
        select(
            variant.product_id,
            variant.id,
            variant.strength,
            variant.price,
            as_text(variant.price_breaks),
            as_text(variant.quantities),
            as_text(variant.markets),
            variant.sold_outside_market,
            not_by_mail_sql(product),
            as_text(variant.appearance),
            variant.strength_value,
            variant.strength_unit,
            product.unit,
            variant.price_basis,
        )
        .join_from(Variant.__table__, Product.__table__)
        .where(product.listed_at.is_not(None), product.id.in_(product_ids))
        .order_by(variant.product_id, variant.strength_value, variant.id)
    )
    return db.session.execute(question)


def _about(product_ids: Sequence[int]) -> dict[int, dict[str, list[Any]]]:
    """By product, the names of its ingredients and the slugs and names of its categories, by name."""
    about: dict[int, dict[str, list[Any]]] = {
        product_id: {"ingredients": [], "categories": []} for product_id in product_ids
    }
    ingredients = (
        select(product_ingredient.c.product_id, Ingredient.name)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(product_ingredient.c.product_id.in_(product_ids))
        .order_by(Ingredient.name)
    )
    categories = (
        select(product_category.c.product_id, Category.slug, Category.name)
        .join(Category, Category.id == product_category.c.category_id)
        .where(product_category.c.product_id.in_(product_ids))
        .order_by(Category.name)
    )
    for product_id, name in db.session.execute(ingredients):
        about[product_id]["ingredients"].append(name)
    for product_id, slug, name in db.session.execute(categories):
        about[product_id]["categories"].append([slug, name])
    return about


def _rows(product_ids: Sequence[int], market: str) -> Iterator[dict[str, Any]]:
    about = _about(product_ids)
    for product_id, group in groupby(_strengths(product_ids), key=itemgetter(0)):
        strengths = [_strength(*row[1:]) for row in group]
        its = about[product_id]
        row = {"product_id": product_id, "market": market, "about": its}
        yield row | _derived(strengths, len(its["ingredients"]), market)


def _strength(
    number: int,
    strength: str,
    price: Decimal | None,
    breaks: str,
    quantities: str,
    markets: str,
    sold_outside_market: bool,
    not_by_mail: str | None,
    look: str | None,
    value: Decimal,
    strength_unit: str,
    unit: str,
    basis: str,
) -> _Strength:
    steps = stored.values(quantities)
    lowest = lowest_price(price, stored.breaks(breaks), steps)
    return _Strength(
        number,
        strength,
        price,
        lowest,
        steps,
        stored.values(markets),
        sold_outside_market,
        not_by_mail,
        look,
        value,
        measure_of(strength_unit, unit),
        is_doubted(strength, unit, basis == "rule"),
    )


def _derived(strengths: Sequence[_Strength], ingredients: int, market: str) -> dict[str, Any]:
    sold = [one for one in strengths if sale_refusal(one, market) is None and one.quantities]
    shown = min(sold, key=lambda one: (one.lowest or 0, one.id), default=None)
    steps = shown.quantities if shown else ()
    most, price = max(steps, default=0), shown.lowest if shown else None
    per_measure, unit = _per_measure(sold) if ingredients < 2 else (None, "")
    look = (shown or strengths[0]).look
    return {
        "strengths": strengths_in_words([one.strength for one in strengths]),
        "look": json.loads(look) if look else None,
        "price": price,
        "varies": len({price for one in sold for price in (one.price, one.lowest)}) > 1,
        "per_measure": per_measure,
        "measure_unit": unit,
        "packs": ", ".join(str(step) for step in steps[:MOST_STEPS]),
        "example_quantity": most,
        "example_cents": line_total_cents(price, most) if price else 0,
        "sold": [[one.id, min(one.quantities), max(one.quantities)] for one in sold],
    }


def _per_measure(sold: Sequence[_Strength]) -> tuple[Decimal | None, str]:
    """The lowest price per mg, or per what the strengths that are sold are stated in, where that is one.

    A strength without a unit is left out: it says nothing of what it costs per mg.
    """
    stated = [one for one in sold if one.measure and one.value]
    units = {one.measure for one in stated if one.measure}
    unit = "mg" if units & MILLIGRAMS.keys() else min(units, default="")
    prices = [price_per(unit, one.lowest, one.value, one.measure) for one in stated if one.lowest]
    if not unit or None in prices:
        return None, ""
    lowest = min((price for price in prices if price), default=DEAREST)
    return (lowest.quantize(MEASURE_PLACES) if lowest < DEAREST else None), unit
