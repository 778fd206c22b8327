"""What the catalogue holds already, as much of it as comparing with the directory needs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from sys import intern
from typing import Any

from sqlalchemy import func, select

from shop.catalogue.models import (
    Category,
    Ingredient,
    Pack,
    Product,
    StatedSize,
    Variant,
    as_text,
    product_category,
    product_ingredient,
    values_of,
)
from shop.database import db
from shop.imports.ndc.pages import Key
from shop.imports.ndc.parting import StatedFacts
from shop.substances.strengths import NOT_STATED, parse_amounts, without_content

AT_ONCE = 5_000
_MARK = re.compile(r"\(([0-9a-f]{8})\)$")


@dataclass(slots=True)
class KnownProduct:
    """A product of the catalogue; `of_directory` when an import made it."""

    id: int
    identity: str | None
    route: str
    name: str
    unit: str
    release: str | None
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
    with_own_packs: set[int] = field(default_factory=set)  # variants with packs made by hand
    sale_units: dict[int, tuple[str, tuple[int, ...]]] = field(default_factory=dict)  # by variant
    ingredients: dict[str, tuple[int, bool]] = field(default_factory=dict)  # by name: id, controlled
    categories: dict[str, int] = field(default_factory=dict)  # by name
    product_slugs: dict[int, str] = field(default_factory=dict)
    linked: set[tuple[int, int]] = field(default_factory=set)  # product and category
    with_ingredients: set[int] = field(default_factory=set)


def catalogue() -> Catalogue:
    """What the catalogue holds now."""
    known = Catalogue()
    columns = (
        Product.id,
        Product.identity,
        Product.slug,
        Product.route,
        Product.name,
        Product.unit,
        Product.release,
        Product.origin,
        Product.listed_at,
        Product.withdrawn_on,
        as_text(Product.regulatory),
    )
    for row in _stream(*columns):
        known.products[row.id] = KnownProduct(
            row.id,
            row.identity,
            intern(row.route),
            row.name,
            intern(row.unit),
            row.release,
            row.origin == "ndc",
            row.listed_at is not None,
            row.withdrawn_on,
            intern(row.regulatory or ""),
        )
        known.product_slugs[row.id] = row.slug
    _read_strengths(known)
    own = select(Pack.variant_id).where(Pack.origin == "hand").distinct()
    known.with_own_packs.update(db.session.scalars(own))
    for key, name, controlled in _stream(Ingredient.id, Ingredient.name, Ingredient.is_controlled):
        known.ingredients[name.lower()] = key, controlled
    known.categories.update((name, key) for key, name in _stream(Category.id, Category.name))
    known.linked.update(tuple(row) for row in _stream(*product_category.c))
    known.with_ingredients.update(row[0] for row in _stream(product_ingredient.c.product_id))
    return known


@cache
def _sale_units(sold_as: str, steps: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """One object for the thousands of strengths that are sold alike."""
    return sold_as, steps


def _read_strengths(known: Catalogue) -> None:
    columns = (
        Variant.id,
        Variant.product_id,
        Variant.strength,
        Variant.strength_unit,
        Variant.sold_as,
        as_text(Variant.quantities),
        Variant.content,
        Variant.content_unit,
    )
    for row in _stream(*columns):
        _strength(known, row)
        known.sale_units[row.id] = _sale_units(row.sold_as, values_of(row.quantities))


def slugs() -> set[str]:
    """Every slug behind the kind of what has it: only a run that adds something needs them."""
    return {
        f"{kind.__tablename__} {slug}"
        for kind in (Product, Variant, Ingredient, Category)
        for (slug,) in _stream(kind.slug)
    }


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


def stated_sizes() -> dict[str, StatedFacts]:
    """By 11 digits, what a person said a pack holds."""
    columns = (Pack.ndc11, StatedSize.size, StatedSize.unit, StatedSize.description)
    rows = db.session.execute(select(*columns).join(Pack, Pack.id == StatedSize.pack_id))
    return {row.ndc11: StatedFacts(row.size, row.unit, row.description) for row in rows}


def _strength(known: Catalogue, row: Any) -> None:
    strengths, text = known.strengths[row.product_id], intern(row.strength)
    compared = () if without_content(text) == NOT_STATED else parse_amounts(text)
    if compared is not None:
        held = () if row.content is None else ((row.content, f"held, {row.content_unit}"),)
        strengths.by_key.setdefault((*compared, *held), row.id)
    if found := _MARK.search(text):
        strengths.by_mark[found[1]] = row.id
    strengths.by_text[text] = row.id
    strengths.unit = strengths.unit or intern(row.strength_unit)
    known.product_of[row.id] = row.product_id


def _stream(*columns: Any) -> Iterable[Any]:
    return db.session.execute(select(*columns).execution_options(yield_per=AT_ONCE))
