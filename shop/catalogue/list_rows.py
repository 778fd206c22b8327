"""The rows that lists are read from: one a listed product, derived from its strengths and what they cost.

Whoever changes a price, an appearance, a market decision or what is listed calls `refresh` in the same
transaction. A list then costs one query (`cards`), however many strengths its medicines have.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, bindparam, cast, delete, insert, select

from shop.catalogue import uses
from shop.catalogue.models import (
    Category,
    Ingredient,
    Listing,
    Product,
    Variant,
    as_text,
    breaks_of,
    classes_of,
    product_category,
    product_ingredient,
    values_of,
)
from shop.catalogue.rules import ListedStrength, lowest_price, measure_of, summary
from shop.catalogue.safety_answer import not_by_mail_sql
from shop.database import db, portions
from shop.safety.otc import Supply, within_limit
from shop.safety.sale import is_doubted

_TABLE: Any = Listing.__table__


def refresh(product_ids: Iterable[int] | None, market: str) -> int:
    """Recompute the rows of these products (None: all) for a store in `market`; returns how many are listed.

    A product that is not listed, or has no strength, has no row.
    """
    if product_ids is None:
        db.session.execute(delete(Listing))
        product_ids = db.session.scalars(select(Product.id).where(Product.listed_at.is_not(None)))
    written = 0
    for some in portions(product_ids):
        db.session.execute(_FORGET, {"ids": some})
        rows = list(_rows(some, market))
        if rows:
            db.session.connection().execute(insert(_TABLE), rows)  # one statement, not one an object
        written += len(rows)
    return written


def is_for(market: str) -> bool:
    """Whether the rows were derived for a store in `market`, and there are some where there should be.

    A store that moved has to recompute all rows, as does one opened by a release without this table, or with
    another map of what medicines are for.
    """
    found = db.session.execute(select(Listing.market, Listing.about).limit(1)).first()
    if found is not None:
        return bool(found.market == market and found.about.get("uses") == uses.dataset().version)
    listed = select(Product.id).join(Variant).where(Product.listed_at.is_not(None)).limit(1)
    return db.session.scalar(listed) is None


_variant, _product, _listing = Variant.__table__.c, Product.__table__.c, Listing.__table__.c
_IDS: Any = bindparam("ids", expanding=True)
# Made once, and of tables: building statements, or objects, for every page would cost more than asking.
# JSON is read as text: a hundred thousand products may be read in a row.
_STRENGTHS = (
    select(
        _variant.product_id,
        _variant.id,
        _variant.strength,
        _variant.price,
        as_text(_variant.price_breaks),
        as_text(_variant.quantities),
        as_text(_variant.markets),
        _variant.sold_outside_market,
        not_by_mail_sql(_product).label("not_by_mail"),
        as_text(_variant.appearance),
        _variant.strength_value,
        _variant.strength_unit,
        _product.unit,
        _product.name,
        _product.route,
        _product.prescription_required,
        _variant.price_basis,
    )
    .join_from(Variant.__table__, Product.__table__)
    .where(_product.listed_at.is_not(None), _product.id.in_(_IDS), _variant.withdrawn_on.is_(None))
    .order_by(_variant.product_id, _variant.strength_value, _variant.id)
)
_INGREDIENTS = (
    select(product_ingredient.c.product_id, Ingredient.name)
    .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
    .where(product_ingredient.c.product_id.in_(_IDS))
    .order_by(Ingredient.name)
)
_CATEGORIES = (
    select(product_category.c.product_id, Category.slug, Category.name)
    .join(Category, Category.id == product_category.c.category_id)
    .where(product_category.c.product_id.in_(_IDS))
)
_FORGET = delete(_TABLE).where(_listing.product_id.in_(_IDS))
_DESCRIBED = select(
    _product.id,
    _product.name,
    _product.brand,
    _product.form,
    _product.route,
    _product.prescription_required,
    as_text(_product.regulatory),
).where(_product.id.in_(_IDS))


def _about(product_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By product, the names of its ingredients, and slugs and names of what it is listed under, by name."""
    ids = {"ids": product_ids}
    ingredients, categories = _by_product(_INGREDIENTS, ids), _by_product(_CATEGORIES, ids)
    version = uses.dataset().version
    about: dict[int, dict[str, Any]] = {}
    for row in db.session.execute(_DESCRIBED, ids):
        page = uses.Described(
            ingredients=tuple(name for (name,) in ingredients[row.id]),
            route=row.route,
            form=row.form,
            names=(row.name, row.brand or ""),
            prescription=row.prescription_required,
            categories=tuple((slug, name) for slug, name in categories[row.id]),
            classes=classes_of(row.regulatory or ""),
        )
        listed = [list(one) for one in uses.shown(page)]
        about[row.id] = {"ingredients": list(page.ingredients), "categories": listed, "uses": version}
    return about


def _by_product(
    question: Select[*tuple[Any, ...]], ids: Mapping[str, Sequence[int]]
) -> dict[int, list[Sequence[Any]]]:
    found: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for product_id, *rest in db.session.execute(question, ids):
        found[product_id].append(rest)
    return found


def _rows(product_ids: Sequence[int], market: str) -> Iterator[dict[str, Any]]:
    about = _about(product_ids)
    found = db.session.execute(_STRENGTHS, {"ids": product_ids})
    for product_id, group in groupby(found, key=attrgetter("product_id")):
        its = about[product_id]
        row = {"product_id": product_id, "market": market, "about": its}
        strengths = [_strength(one, its["ingredients"]) for one in group]
        yield row | summary(strengths, len(its["ingredients"]), market)


def _offered(row: Any, ingredients: Sequence[str]) -> tuple[int, ...]:
    """The quantities that a customer may order: over the counter no more than the limit of one order."""
    steps = values_of(row.quantities)
    if row.prescription_required or not steps:
        return steps
    names = tuple(ingredients) or (row.name.lower(),)
    return within_limit(Supply(0, names, row.strength, row.unit, row.route, 1, min(steps)), steps)


def _strength(row: Any, ingredients: Sequence[str]) -> ListedStrength:
    steps = _offered(row, ingredients)
    return ListedStrength(
        id=row.id,
        strength=row.strength,
        price=row.price,
        lowest=lowest_price(row.price, breaks_of(row.price_breaks), steps),
        quantities=steps,
        markets=values_of(row.markets),
        sold_outside_market=row.sold_outside_market,
        not_by_mail=row.not_by_mail,
        appearance=row.appearance,
        value=row.strength_value,
        measure=measure_of(row.strength_unit, row.unit),
        doubted=is_doubted(row.strength, row.unit, row.price_basis == "rule"),
    )


# --- Reading them: one card a product ---------------------------------------------------------------------


class Card(NamedTuple):
    """One medicine as lists show it. `price` is the lowest per unit sold here, None when none is sold.

    `appearance` is the JSON text of an appearance, `packs` reads "30, 60, 90".
    """

    product_id: int
    slug: str
    name: str
    form: str
    form_plural: str
    unit: str
    brand: str | None
    summary: str | None
    prescription_required: bool
    strengths: str
    appearance: str | None
    price: Decimal | None
    varies: bool
    per_measure: Decimal | None
    measure_unit: str
    packs: str
    example_quantity: int
    example_cents: int


_CARDS = (
    select(
        _product.id.label("product_id"),
        _product.slug,
        _product.name,
        _product.form,
        _product.form_plural,
        _product.unit,
        _product.brand,
        _product.summary,
        _product.prescription_required,
        _listing.strengths,
        cast(_listing.appearance, Text).label("appearance"),
        _listing.price,
        _listing.varies,
        _listing.per_measure,
        _listing.measure_unit,
        _listing.packs,
        _listing.example_quantity,
        _listing.example_cents,
    )
    .join_from(Product.__table__, Listing.__table__)
    .where(_product.id.in_(_IDS))
)


def cards(product_ids: Iterable[int]) -> list[Card]:
    """The listed products among `product_ids`, in that order, in one query; none for no ids."""
    order = list(product_ids)
    if not order:
        return []
    rows: Any = db.session.execute(_CARDS, {"ids": order}).all()
    found = {row.product_id: Card(**row._mapping) for row in rows}
    return [found[number] for number in order if number in found]
