"""Reading one medicine: for its page, with its strengths and equivalents, in one query; and for staff.

Equivalents are products of the same ingredients in the same form: the generic one and brands.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import aliased

from shop.catalogue.models import Category, Ingredient, Listing, Pack, Product, Variant, as_text
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.catalogue.safety_answer import asked_columns, refusal_of, strength_refusal_of
from shop.clock import business_date, now
from shop.database import db
from shop.listing.finding import ProductRow, product_rows
from shop.pricing.models import AcquisitionPrice, PriceRule
from shop.pricing.queries import rule_of_row
from shop.pricing.rules import Rule
from shop.safety.subject import Refusal
from shop.substances.strengths import Doubt, doubt

MOST_EQUIVALENTS = 12
"""Other products that are compared, the most asked for; aspirin tablets have hundreds of brands."""


@dataclass(frozen=True)
class Strength:
    """One strength on a medicine's page. `value` and the daily doses are in `unit` (mg, mcg)."""

    facts: VariantFacts
    value: Decimal
    unit: str
    daily_low: Decimal | None
    daily_high: Decimal | None
    compounded: bool = False  # here, by the pharmacy itself: nobody markets it

    @property
    def slug(self) -> str:
        """Its part of the address: "10-mg"."""
        return self.facts.slug.removeprefix(self.facts.product_slug).strip("-") or self.facts.slug


@dataclass(frozen=True)
class Medicine:
    """One product with everything its page shows, except stock, history, and monograph.

    `categories` are (slug, name). `rule` is the one by which its prices are made, where any is.
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
    ingredients: tuple[str, ...]
    categories: tuple[tuple[str, str], ...]
    rule: Rule | None
    strengths: tuple[Strength, ...]
    equivalents: tuple[Strength, ...]


def medicine(slug: str) -> Medicine | None:
    """The listed product with this slug, or None."""
    rows: Sequence[Any] = db.session.execute(_STRENGTHS, {"slug": slug}).all()
    own = [row for row in rows if row.product_slug == slug]
    if not own:
        return None
    first = own[0]
    about = json.loads(first.about)
    others = [row for row in rows if row.product_slug != slug]
    refused = refusal_of(first)
    return Medicine(
        product_id=first.product_id,
        slug=first.product_slug,
        name=first.product_name,
        form=first.form,
        form_plural=first.form_plural,
        unit=first.unit,
        route=first.route,
        brand=first.brand,
        summary=first.summary,
        prescription_required=first.prescription_required,
        not_by_mail=first.not_by_mail or (refused.why if refused else None),
        monograph_slug=first.monograph_slug,
        ingredients=tuple(about["ingredients"]),
        categories=tuple((key, name) for key, name in about["categories"]),
        rule=rule_of_row(first) if first.rule_id else None,
        strengths=tuple(_strength(row, refused or strength_refusal_of(row)) for row in own),
        equivalents=tuple(_strength(row, strength_refusal_of(row)) for row in others),
    )


_product, _variant = Product.__table__, Variant.__table__
_listing, _rule = Listing.__table__, PriceRule.__table__
_asked, _other = _product.alias("asked"), _product.alias("other")
_equivalents = (
    select(_other.c.id)
    .join(_asked, _asked.c.equivalence == _other.c.equivalence)
    .where(_asked.c.slug == bindparam("slug"), _other.c.id != _asked.c.id, _other.c.listed_at.is_not(None))
    .order_by(_other.c.popularity.desc(), _other.c.name, _other.c.id)
    .limit(MOST_EQUIVALENTS)
    .subquery("equivalents")
)
_shown = union_all(
    select(_asked.c.id).where(_asked.c.slug == bindparam("slug"), _asked.c.listed_at.is_not(None)),
    select(_equivalents.c.id),
).subquery("shown")
_own_rule_or_the_stores = func.coalesce(
    select(_rule.c.id).where(_rule.c.product_id == _product.c.id).correlate(_product).scalar_subquery(),
    select(_rule.c.id).where(_rule.c.product_id.is_(None)).limit(1).scalar_subquery(),
)
_STRENGTHS = (
    select(
        *facts_columns(),
        *asked_columns(_product.c),
        _product.c.brand,
        _product.c.summary,
        _product.c.monograph_slug,
        _variant.c.strength_value,
        _variant.c.strength_unit,
        _variant.c.daily_low,
        _variant.c.daily_high,
        as_text(_listing.c.about),
        _rule.c.id.label("rule_id"),
        _rule.c.mark_up,
        _rule.c.fee,
        _rule.c.fixed_price,
        _rule.c.breaks,
    )
    .select_from(_shown)
    .join(_product, _product.c.id == _shown.c.id)
    .join(_variant, _variant.c.product_id == _product.c.id)
    .join(_listing, _listing.c.product_id == _product.c.id)
    .outerjoin(_rule, _rule.c.id == _own_rule_or_the_stores)
    .where(_variant.c.withdrawn_on.is_(None))
    .order_by(_variant.c.strength_value, _product.c.popularity.desc(), _variant.c.id)
)
"""Made once, and of tables: building a statement, or objects, for every page would cost more than asking."""


def _strength(row: Any, refused: Refusal | None = None) -> Strength:
    facts = facts_from(row, refused)
    compounded = "COMPOUNDED" in (row.asked_facts or {}).get("licenses", ())
    return Strength(facts, row.strength_value, row.strength_unit, row.daily_low, row.daily_high, compounded)


# --- x ----------------------------------------------------------------------------------------------------


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
    strengths = tuple(_strength_row(row) for row in db.session.execute(_strength_rows(product_id)))
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
        _pack_rows(shown.facts.id) if shown else (),
    )


def _strength_rows(product_id: int) -> Any:
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


def _strength_row(row: Any) -> StrengthRow:
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


def _pack_rows(variant_id: int) -> tuple[PackRow, ...]:
    question = (
        select(Pack.id, Pack.ndc, Pack.labeler, Pack.description, Pack.size, Pack.withdrawn_on, Pack.origin)
        .where(Pack.variant_id == variant_id)
        .order_by(Pack.withdrawn_on.is_not(None), Pack.labeler, Pack.ndc11)
        .limit(MOST_PACKS)
    )
    return tuple(PackRow(*row) for row in db.session.execute(question))


def _of(question: Any, product_id: int) -> Any:
    return question.where(Product.id == product_id).order_by(Ingredient.name)
