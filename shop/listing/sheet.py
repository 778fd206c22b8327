"""Everything staff see of one product, listed or not: its strengths with what they cost, and their packs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from shop.catalogue.models import Category, Ingredient, Pack, Product, Variant
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.clock import business_date, now
from shop.database import db
from shop.listing.finding import ProductRow, product_rows
from shop.pricing.models import AcquisitionPrice
from shop.substances.strengths import Doubt, doubt

MOST_PACKS = 200


@dataclass(frozen=True)
class StrengthRow:
    """One strength: `price_basis` fixed or rule, the last acquisition price, its packs and their makers."""

    facts: VariantFacts
    price_basis: str
    cost: Decimal | None
    cost_on: date | None
    packs: int
    labelers: int
    withdrawn: int
    withdrawn_on: date | None = None

    @property
    def doubt(self) -> Doubt | None:
        """Why it is implausible, if it is."""
        return doubt(self.facts.strength, self.facts.unit)


@dataclass(frozen=True)
class PackRow:
    """One labeler's package; `size` in units where the description says it; `origin` ndc or hand."""

    id: int
    ndc: str
    labeler: str
    description: str
    size: int | None
    withdrawn_on: date | None
    origin: str


@dataclass(frozen=True)
class Sheet:
    """`packs` are of the strength `shown`, at most `MOST_PACKS`; `ingredients` say which are controlled."""

    product: ProductRow
    ingredients: tuple[tuple[str, bool], ...]
    categories: tuple[str, ...]
    strengths: tuple[StrengthRow, ...]
    shown: StrengthRow | None
    packs: tuple[PackRow, ...]


def sheet(slug: str, variant_id: int | None = None) -> Sheet | None:
    """The product with this slug, or None; in seven queries, whatever it holds.

    `variant_id` chooses the strength whose packs are shown; the first for any that it has not.
    """
    product_id = db.session.scalar(select(Product.id).where(Product.slug == slug))
    if product_id is None:
        return None
    strengths = tuple(_strength(row) for row in db.session.execute(_strengths(product_id)))
    chosen = [one for one in strengths if one.facts.id == variant_id]
    shown = next(iter(chosen or strengths), None)
    named = select(Ingredient.name, Ingredient.is_controlled).join(Product.ingredients)
    sorted_into = select(Category.name).join(Product.categories).where(Product.id == product_id)
    return Sheet(
        product_rows([product_id])[0],
        tuple((row.name, row.is_controlled) for row in db.session.execute(_of(named, product_id))),
        tuple(db.session.scalars(sorted_into.order_by(Category.name))),
        strengths,
        shown,
        _packs(shown.facts.id) if shown else (),
    )


def _strengths(product_id: int) -> Any:
    packs = (
        select(
            Pack.variant_id,
            func.count().label("packs"),
            func.count(Pack.labeler.distinct()).label("labelers"),
            func.count(Pack.withdrawn_on).label("withdrawn"),
        )
        .join(Variant, Variant.id == Pack.variant_id)
        .where(Variant.product_id == product_id)
        .group_by(Pack.variant_id)
        .subquery()
    )
    latest, newer = aliased(AcquisitionPrice), aliased(AcquisitionPrice)
    newest = (
        select(newer.id)
        .where(newer.variant_id == Variant.id, newer.effective_on <= business_date(now()))
        .order_by(newer.effective_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            *facts_columns(),
            Variant.price_basis,
            latest.price.label("cost"),
            latest.effective_on,
            packs.c.packs,
            packs.c.labelers,
            packs.c.withdrawn,
            Variant.withdrawn_on.label("off_since"),
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(packs, packs.c.variant_id == Variant.id)
        .outerjoin(latest, latest.id == newest)
        .where(Variant.product_id == product_id)
        .order_by(Variant.strength_value, Variant.id)
    )


def _strength(row: Any) -> StrengthRow:
    return StrengthRow(
        facts=facts_from(row),
        price_basis=row.price_basis,
        cost=row.cost,
        cost_on=row.effective_on,
        packs=row.packs or 0,
        labelers=row.labelers or 0,
        withdrawn=row.withdrawn or 0,
        withdrawn_on=row.off_since,
    )


def _packs(variant_id: int) -> tuple[PackRow, ...]:
    question = (
        select(Pack.id, Pack.ndc, Pack.labeler, Pack.description, Pack.size, Pack.withdrawn_on, Pack.origin)
        .where(Pack.variant_id == variant_id)
        .order_by(Pack.withdrawn_on.is_not(None), Pack.labeler, Pack.ndc11)
        .limit(MOST_PACKS)
    )
    return tuple(PackRow(*row) for row in db.session.execute(question))


def _of(question: Any, product_id: int) -> Any:
    return question.where(Product.id == product_id).order_by(Ingredient.name)
