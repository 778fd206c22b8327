"""Reading one medicine for its page: a product, its strengths and those of its equivalents, in one query.

Equivalents are products of the same ingredients in the same form: the generic one and brands.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select, union_all

from shop.catalogue.models import Listing, Product, Variant, as_text
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.catalogue.safety_answer import asked_columns, refusal_of, strength_refusal_of
from shop.database import db
from shop.pricing.models import PriceRule
from shop.pricing.queries import rule_of_row
from shop.pricing.rules import Rule
from shop.safety.subject import Refusal

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
