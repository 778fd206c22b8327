"""What the catalogue holds already, as much of it as comparing with the directory needs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from sys import intern
from typing import Any

from sqlalchemy import func, select

from shop.catalogue.models import (
    Category,
    Ingredient,
    Pack,
    Product,
    Variant,
    as_text,
    product_category,
    product_ingredient,
)
from shop.database import db
from shop.imports.ndc.pages import Key
from shop.substances.strengths import NOT_STATED, parse_amounts

AT_ONCE = 5_000
_MARK = re.compile(r"\(([0-9a-f]{8})\)$")


@dataclass(slots=True)
class KnownProduct:
    """A product of the catalogue; `of_directory` when an import made it."""

    id: int
    identity: str | None
    equivalence: str | None
    route: str
    of_directory: bool
    listed: bool
    withdrawn_on: date | None
    regulatory: str  # as it is stored, one object for all that say the same


@dataclass(slots=True)
class KnownStrengths:
    """The strengths of one product, by what they compare by and by how they are said."""

    by_key: dict[Key, int] = field(default_factory=dict)
    by_mark: dict[str, int] = field(default_factory=dict)
    by_text: dict[str, int] = field(default_factory=dict)
    unit: str = ""


@dataclass(slots=True)
class KnownPack:
    id: int
    variant_id: int
    ndc: str
    ndc11: str
    labeler: str
    description: str
    size: int | None
    withdrawn_on: date | None
    by_hand: bool


@dataclass
class Catalogue:
    """Everything but the packs, which are read in a stream: `packs()`."""

    products: dict[int, KnownProduct] = field(default_factory=dict)
    strengths: defaultdict[int, KnownStrengths] = field(default_factory=lambda: defaultdict(KnownStrengths))
    product_of: dict[int, int] = field(default_factory=dict)  # by variant
    ingredients: dict[str, tuple[int, bool]] = field(default_factory=dict)  # by name: id, controlled
    categories: dict[str, int] = field(default_factory=dict)  # by name
    slugs: set[str] = field(default_factory=set)  # of products, strengths, ingredients and categories
    product_slugs: dict[int, str] = field(default_factory=dict)
    linked: set[tuple[int, int]] = field(default_factory=set)  # product and category
    with_ingredients: set[int] = field(default_factory=set)


def catalogue() -> Catalogue:
    """What the catalogue holds now."""
    known = Catalogue()
    columns = (
        Product.id,
        Product.identity,
        Product.equivalence,
        Product.slug,
        Product.route,
        Product.origin,
        Product.listed_at,
        Product.withdrawn_on,
        as_text(Product.regulatory),
    )
    for key, identity, equivalence, slug, route, origin, listed_at, withdrawn_on, facts in _stream(*columns):
        known.products[key] = KnownProduct(
            key,
            identity,
            equivalence,
            route,
            origin == "ndc",
            _is_set(listed_at),
            withdrawn_on,
            intern(facts or ""),
        )
        known.slugs.add(f"product {slug}")
        known.product_slugs[key] = slug
    for key, product_id, slug, strength, unit in _stream(
        Variant.id, Variant.product_id, Variant.slug, Variant.strength, Variant.strength_unit
    ):
        _strength(known, key, product_id, strength, unit)
        known.slugs.add(f"variant {slug}")
    for key, name, slug, controlled in _stream(
        Ingredient.id, Ingredient.name, Ingredient.slug, Ingredient.is_controlled
    ):
        known.ingredients[name.lower()] = key, controlled
        known.slugs.add(f"ingredient {slug}")
    for key, name, slug in _stream(Category.id, Category.name, Category.slug):
        known.categories[name] = key
        known.slugs.add(f"category {slug}")
    known.linked.update(tuple(row) for row in _stream(*product_category.c))
    known.with_ingredients.update(row[0] for row in _stream(product_ingredient.c.product_id))
    return known


def fingerprint() -> tuple[int, ...]:
    """Differs when a row has been added or removed since; cheap enough to ask while others wait."""
    answers = [
        db.session.execute(select(func.count(table.id), func.max(table.id))).one()
        for table in (Product, Variant, Pack, Ingredient, Category)
    ]
    return tuple(number or 0 for row in answers for number in row)


def packs() -> Iterator[KnownPack]:
    """Every pack, in the order of ids."""
    columns = (
        Pack.id,
        Pack.variant_id,
        Pack.ndc,
        Pack.ndc11,
        Pack.labeler,
        Pack.description,
        Pack.size,
        Pack.withdrawn_on,
        Pack.origin == "hand",
    )
    for row in _stream(*columns):
        yield KnownPack(*row)


def _strength(known: Catalogue, key: int, product_id: int, text: str, unit: str) -> None:
    strengths = known.strengths[product_id]
    compared = () if text == NOT_STATED else parse_amounts(text)
    if compared is not None:
        strengths.by_key.setdefault(compared, key)
    if found := _MARK.search(text):
        strengths.by_mark[found[1]] = key
    strengths.by_text[text] = key
    strengths.unit = strengths.unit or unit
    known.product_of[key] = product_id


def _is_set(moment: datetime | None) -> bool:
    return moment is not None


def _stream(*columns: Any) -> Iterable[Any]:
    return db.session.execute(select(*columns).execution_options(yield_per=AT_ONCE))
