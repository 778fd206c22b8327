"""Reading what prices are made from: rules, acquisitions (the latest, and their history), strengths."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from shop.catalogue.models import Pack, Product, Variant, as_text, breaks_of, values_of
from shop.catalogue.ndc_codes import UnreadableCode, pack_key
from shop.database import db, portions
from shop.errors import NotFound
from shop.pricing.acquisition import Period, joined, outdated
from shop.pricing.models import AcquisitionPrice, PriceRule
from shop.pricing.records import PriceRecord
from shop.pricing.rules import Breaks, Rule
from shop.web import settings


@dataclass(frozen=True)
class Rules:
    """The store's rule, if it has one, and those of products that have their own."""

    store: Rule | None
    by_product: dict[int, Rule]

    def of(self, product_id: int) -> Rule | None:
        return self.by_product.get(product_id, self.store)

    def with_rule(self, product_id: int | None, rule: Rule | None) -> "Rules":
        """As they would be with this rule, or without any, for a product (None: the store)."""
        if product_id is None:
            return Rules(rule, self.by_product)
        others = {key: one for key, one in self.by_product.items() if key != product_id}
        return Rules(self.store, others if rule is None else others | {product_id: rule})


@dataclass(frozen=True)
class Strength:
    """One strength as prices are made for it; `acquisition` is what is in force today, per unit.

    `outdated_on` is the day its survey is of where that is over a year ago; `usable` whether it may still
    make a new price.
    """

    variant_id: int
    slug: str
    product_id: int
    by_rule: bool
    price: Decimal | None
    breaks: Breaks
    quantities: tuple[int, ...]
    acquisition: Decimal | None
    outdated_on: date | None = None
    usable: bool = True

    @property
    def record(self) -> PriceRecord:
        return PriceRecord(self.by_rule, self.price, self.breaks)


@dataclass(frozen=True)
class Counts:
    """Strengths by how they are priced; `waiting` are to be priced by a rule and have no price."""

    by_rule: int
    waiting: int
    fixed: int
    unpriced: int


def rules() -> Rules:
    """Every rule there is, in one query."""
    store, by_product = None, {}
    for row in db.session.scalars(select(PriceRule)):
        if row.product_id is None:
            store = rule_of_row(row)
        else:
            by_product[row.product_id] = rule_of_row(row)
    return Rules(store, by_product)


def rule_of_row(row: PriceRule) -> Rule:
    breaks = tuple((int(units), Decimal(off)) for units, off in row.breaks)
    return Rule(row.mark_up, row.fee, row.fixed_price, breaks)


def strengths(
    today: date, product_ids: Iterable[int] | None = None, only_by_rule: bool = True
) -> Iterator[Strength]:
    """Strengths of these products (None: of all) as they come, in few queries and little memory."""
    question = _strengths(today)
    if only_by_rule:
        question = question.where(Variant.price_basis == "rule")
    if product_ids is None:
        yield from _read(question.order_by(Variant.id), today)
        return
    question = question.order_by(Variant.product_id, Variant.strength_value, Variant.id)
    for some in portions(product_ids):
        yield from _read(question.where(Variant.product_id.in_(some)), today)


def strengths_by_id(ids: Iterable[int], today: date) -> Iterator[Strength]:
    """The strengths that exist among these, however priced, by id."""
    for some in portions(ids):
        yield from _read(_strengths(today).where(Variant.id.in_(some)).order_by(Variant.id), today)


def examples(limit: int, today: date) -> list[Strength]:
    """The most asked-for strengths that the store's rule prices and whose acquisition is known."""
    own = exists().where(PriceRule.product_id == Variant.product_id)
    question = (
        _strengths(today)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.price_basis == "rule", AcquisitionPrice.id.is_not(None), ~own)
        .order_by(Product.popularity.desc(), Product.id, Variant.strength_value, Variant.id)
        .limit(limit)
    )
    return list(_read(question, today))


def counts() -> Counts:
    """How the store's strengths are priced, in one query."""
    rows = db.session.execute(
        select(Variant.price_basis, Variant.price.is_not(None), func.count()).group_by(
            Variant.price_basis, Variant.price.is_not(None)
        )
    )
    found = {(basis, bool(priced)): count for basis, priced, count in rows}
    return Counts(
        found.get(("rule", True), 0),
        found.get(("rule", False), 0),
        found.get(("fixed", True), 0),
        found.get(("fixed", False), 0),
    )


def products_with_rules() -> list[tuple[Product, Rule]]:
    """The products that have a rule of their own, by name."""
    rows = db.session.execute(
        select(Product, PriceRule)
        .join(PriceRule, PriceRule.product_id == Product.id)
        .order_by(Product.name, Product.id)
    )
    return [(product, rule_of_row(rule)) for product, rule in rows]


def _strengths(today: date) -> Select[*tuple[Any, ...]]:
    paid = aliased(AcquisitionPrice)
    in_force = (
        select(paid.id)
        .where(paid.variant_id == Variant.id, paid.effective_on <= today)
        .order_by(paid.effective_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (
        Variant.id,
        Variant.slug,
        Variant.product_id,
        (Variant.price_basis == "rule").label("by_rule"),
        Variant.price,
        as_text(Variant.price_breaks),
        as_text(Variant.quantities),
        AcquisitionPrice.price.label("acquisition"),
        AcquisitionPrice.effective_on,
        AcquisitionPrice.ends_on,
        AcquisitionPrice.source,
    )
    return select(*columns).select_from(Variant).outerjoin(AcquisitionPrice, AcquisitionPrice.id == in_force)


def _read(question: Select[*tuple[Any, ...]], today: date) -> Iterator[Strength]:
    lenient = settings().price_from_old_costs
    for row in db.session.execute(question.execution_options(yield_per=2000)):
        paid = None
        if row.acquisition is not None:
            paid = Period(row.acquisition, row.effective_on, row.ends_on, row.source)
        outdated_on = outdated(paid, today)
        yield Strength(
            variant_id=row.id,
            slug=row.slug,
            product_id=row.product_id,
            by_rule=bool(row.by_rule),
            price=row.price,
            breaks=breaks_of(row.price_breaks),
            quantities=values_of(row.quantities),
            acquisition=row.acquisition,
            outdated_on=outdated_on,
            usable=lenient or outdated_on is None,
        )


_paid = AcquisitionPrice.__table__.c
_PERIODS = (
    select(_paid.variant_id, _paid.price, _paid.effective_on, _paid.ends_on, _paid.source)
    .where(_paid.variant_id.in_(bindparam("ids", expanding=True)))
    .order_by(_paid.variant_id, _paid.effective_on)
)
"""Made once: every medicine's page asks this."""


def history(variant_id: int) -> list[Period]:
    """What one strength cost per unit, oldest first; neighboring periods of one price are one."""
    return histories([variant_id])[variant_id]


def histories(variant_ids: Iterable[int]) -> dict[int, list[Period]]:
    """The history of each of these strengths (empty where nothing is known), in one query."""
    found: dict[int, list[Period]] = {variant_id: [] for variant_id in variant_ids}
    for variant_id, *period in db.session.execute(_PERIODS, {"ids": list(found)}).all():
        found[variant_id].append(Period(*period))
    return {variant_id: joined(periods) for variant_id, periods in found.items()}


# --- What a command or an address names: a medicine by its slug, a strength by slug or NDC ----------------


def product_named(slug: str) -> Product:
    """The medicine with this slug, listed or not. Raises NotFound."""
    found = db.session.scalar(select(Product).where(Product.slug == slug))
    if found is None:
        raise NotFound(f"There is no medicine “{slug[:80]}”.", "Look it up in the catalog.")
    return found


def product_id_of(slug: str) -> int:
    """Raises NotFound."""
    return product_named(slug).id


def variant_of(text: str) -> int:
    """The strength with this slug, or the one in whose pack this NDC is. Raises NotFound."""
    found = db.session.scalar(select(Variant.id).where(Variant.slug == text))
    if found is None:
        try:
            code = pack_key(text)
        except UnreadableCode:
            code = ""
        found = db.session.scalar(select(Pack.variant_id).where(Pack.ndc11 == code))
    if found is None:
        raise NotFound(f"There is no strength “{text[:80]}”.", "Look it up in the catalog.")
    return found


def variant_ids_of(slug: str) -> list[int]:
    """Every strength of a medicine. Raises NotFound."""
    return list(db.session.scalars(select(Variant.id).where(Variant.product_id == product_id_of(slug))))


def unpriced_ids() -> list[int]:
    """Every strength that has no price and is not priced by rule."""
    return list(
        db.session.scalars(select(Variant.id).where(Variant.price.is_(None), Variant.price_basis == "fixed"))
    )
