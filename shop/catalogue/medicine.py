"""Reading one medicine for its page: a product, its strengths and those of its equivalents, in one query.

Equivalents are products of the same ingredients in the same form: the generic one and brands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from shop.catalogue.desk_models import PriceRule
from shop.catalogue.listing_models import Listing
from shop.catalogue.models import Product, Variant
from shop.catalogue.pricing.queries import rule_of_row
from shop.catalogue.pricing.rules import Rule
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.database import db

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

    @property
    def slug(self) -> str:
        """Its part of the address: "10-mg"."""
        return self.facts.slug.removeprefix(self.facts.product_slug).strip("-") or self.facts.slug


@dataclass(frozen=True)
class Medicine:
    """One product with everything its page says of it, but stock, history and monograph.

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
    others = [row for row in rows if row.product_slug != slug]
    return Medicine(
        first.product_id, first.product_slug, first.product_name, first.form, first.form_plural, first.unit,
        first.route, first.brand, first.summary, first.prescription_required, first.not_by_mail,
        first.monograph_slug, tuple(first.about["ingredients"]),
        tuple((key, name) for key, name in first.about["categories"]),
        rule_of_row(first.PriceRule) if first.PriceRule else None,
        tuple(map(_strength, own)), tuple(map(_strength, others)),
    )  # fmt: skip


_asked = aliased(Product)
_same = (
    select(_asked.equivalence)
    .where(_asked.slug == bindparam("slug"), _asked.equivalence.is_not(None))
    .scalar_subquery()
)
_other = aliased(Product)
_equivalents = (
    select(_other.id)
    .where(_other.equivalence == _same, _other.listed_at.is_not(None), _other.slug != bindparam("slug"))
    .order_by(_other.popularity.desc(), _other.name, _other.id)
    .limit(MOST_EQUIVALENTS)
    .scalar_subquery()
)
_rule = aliased(PriceRule)
_own_rule_or_the_stores = (
    select(_rule.id)
    .where(or_(_rule.product_id == Product.id, _rule.product_id.is_(None)))
    .order_by(_rule.product_id.is_(None))
    .limit(1)
    .correlate(Product)
    .scalar_subquery()
)
_STRENGTHS = (
    select(
        *facts_columns(), Product.route, Product.brand, Product.summary, Product.monograph_slug,
        Variant.strength_value, Variant.strength_unit, Variant.daily_low, Variant.daily_high,
        Listing.about, PriceRule,
    )
    .join(Product, Product.id == Variant.product_id)
    .join(Listing, Listing.product_id == Product.id)
    .outerjoin(PriceRule, PriceRule.id == _own_rule_or_the_stores)
    .where(or_(Product.slug == bindparam("slug"), Product.id.in_(_equivalents)))
    .where(Product.listed_at.is_not(None))
    .order_by(Variant.strength_value, Product.popularity.desc(), Variant.id)
)  # fmt: skip


def _strength(row: Any) -> Strength:
    return Strength(facts_from(row), row.strength_value, row.strength_unit, row.daily_low, row.daily_high)
