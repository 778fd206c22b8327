"""Reading one medicine for its page: a product, all its strengths, what they cost pharmacies, its neighbours.

Two queries, whatever the number of strengths.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import String, cast, func, literal, select, union_all
from sqlalchemy.orm import aliased

from shop.catalogue.models import (
    AcquisitionPrice,
    Category,
    Ingredient,
    Product,
    Variant,
    product_category,
    product_ingredient,
)
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.database import db


@dataclass(frozen=True)
class Acquisition:
    """What pharmacies paid for one unit in the latest period of a price survey."""

    price: Decimal
    effective_on: date
    source: str


@dataclass(frozen=True)
class Strength:
    """One strength on a medicine's page. `value` and the daily doses are in `unit` (mg, mcg)."""

    facts: VariantFacts
    value: Decimal
    unit: str
    daily_low: Decimal | None
    daily_high: Decimal | None
    acquisition: Acquisition | None

    @property
    def slug(self) -> str:
        """Its part of the address: "10-mg"."""
        return self.facts.slug.removeprefix(self.facts.product_slug).strip("-") or self.facts.slug


@dataclass(frozen=True)
class Medicine:
    """One product with everything its page says of it, but stock and monograph.

    `categories` are (slug, name); `before` and `after` are the names on either side in the alphabet.
    """

    product_id: int
    slug: str
    name: str
    form: str
    form_plural: str
    unit: str
    route: str
    brand: str | None
    summary: str | None
    prescription_required: bool
    not_by_mail: str | None
    monograph_slug: str | None
    strengths: tuple[Strength, ...]
    ingredients: tuple[str, ...]
    categories: tuple[tuple[str, str], ...]
    before: str | None
    after: str | None


def medicine(slug: str) -> Medicine | None:
    """The listed product with this slug, or None."""
    rows = db.session.execute(_with_strengths(slug)).all()
    if not rows:
        return None
    first = rows[0]
    around: dict[str, list[tuple[str, str]]] = {"ingredient": [], "category": [], "before": [], "after": []}
    for kind, key, name in db.session.execute(_around(first.product_id, first.product_name)):
        if name is not None:
            around[kind].append((key, name))
    return Medicine(
        first.product_id, first.product_slug, first.product_name, first.form, first.form_plural, first.unit,
        first.route, first.brand, first.summary, first.prescription_required, first.not_by_mail,
        first.monograph_slug, tuple(_strength(row) for row in rows),
        tuple(sorted(name for _, name in around["ingredient"])),
        tuple(sorted(around["category"], key=lambda pair: pair[1])),
        *(around[side][0][1] if around[side] else None for side in ("before", "after")),
    )  # fmt: skip


def _with_strengths(slug: str) -> Any:
    latest, newer = aliased(AcquisitionPrice), aliased(AcquisitionPrice)
    newest = (
        select(newer.id)
        .where(newer.variant_id == Variant.id)
        .order_by(newer.effective_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            *facts_columns(), Product.route, Product.brand, Product.summary, Product.monograph_slug,
            Variant.strength_value, Variant.strength_unit, Variant.daily_low, Variant.daily_high,
            latest.price.label("cost"), latest.effective_on, latest.source,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(latest, latest.id == newest)
        .where(Product.slug == slug, Product.listed_at.is_not(None))
        .order_by(Variant.strength_value, Variant.id)
    )  # fmt: skip


def _around(product_id: int, name: str) -> Any:
    """Ingredients, categories and the neighbours in the alphabet: (kind, slug, name) each."""
    empty = cast(literal(""), String)
    listed = Product.listed_at.is_not(None)
    return union_all(
        select(literal("ingredient", String), Ingredient.slug, Ingredient.name)
        .join(product_ingredient, product_ingredient.c.ingredient_id == Ingredient.id)
        .where(product_ingredient.c.product_id == product_id),
        select(literal("category", String), Category.slug, Category.name)
        .join(product_category, product_category.c.category_id == Category.id)
        .where(product_category.c.product_id == product_id),
        select(literal("before", String), empty, func.max(Product.name)).where(listed, Product.name < name),
        select(literal("after", String), empty, func.min(Product.name)).where(listed, Product.name > name),
    )


def _strength(row: Any) -> Strength:
    acquisition = None if row.cost is None else Acquisition(row.cost, row.effective_on, row.source)
    return Strength(
        facts_from(row), row.strength_value, row.strength_unit, row.daily_low, row.daily_high, acquisition
    )
