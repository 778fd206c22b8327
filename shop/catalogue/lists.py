"""Reading many medicines as rows: the list, rows by id, what needs no prescription. No query per row.

A row is one product with its strengths; `market` decides which strengths count for its price.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, exists, func, or_, select

from shop.catalogue.facets import Chosen, narrowed
from shop.catalogue.models import Category, Product, Variant, product_category
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.catalogue.rules import sale_refusal
from shop.database import db

PER_PAGE = 24
SORTS = ("name", "price")


@dataclass(frozen=True)
class ListedMedicine:
    """One row of a list: a product and its strengths in numeric order."""

    product_id: int
    slug: str
    name: str
    form: str
    form_plural: str
    unit: str
    brand: str | None
    summary: str | None
    prescription_required: bool
    strengths: tuple[VariantFacts, ...]

    def sold_in(self, market: str) -> tuple[VariantFacts, ...]:
        """The strengths a store in `market` sells."""
        return tuple(v for v in self.strengths if sale_refusal(v, market) is None)


def listed(chosen: Chosen, sort: str, page: int, market: str) -> list[ListedMedicine]:
    """One page (from 1) of the list in two queries, by name or by the lowest price per unit in `market`."""
    question = narrowed(select(Product.id), chosen)
    if sort == "price":
        lowest = _lowest_prices(market)
        question = question.outerjoin(lowest, lowest.c.product_id == Product.id)
        question = question.order_by(case((lowest.c.price.is_(None), 1), else_=0), lowest.c.price)
    question = question.order_by(Product.name, Product.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return medicines(db.session.scalars(question))


def medicines(product_ids: Iterable[int]) -> list[ListedMedicine]:
    """The listed products among `product_ids`, in that order, with all their strengths, in one query."""
    order = list(product_ids)
    if not order:
        return []
    rows = db.session.execute(
        select(*facts_columns(), Product.brand, Product.summary)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.id.in_(order), Product.listed_at.is_not(None))
        .order_by(Variant.strength_value, Variant.id)
    ).all()
    by_product: dict[int, list[Any]] = {}
    for row in rows:
        by_product.setdefault(row.product_id, []).append(row)
    return [_medicine(by_product[number]) for number in order if number in by_product]


def without_prescription(limit: int, market: str) -> list[tuple[ListedMedicine, str]]:
    """The most asked-for medicines that need no prescription, each with a category's name, in one query."""
    category = (
        select(func.min(Category.name))
        .join(product_category, product_category.c.category_id == Category.id)
        .where(product_category.c.product_id == Product.id)
        .scalar_subquery()
    )
    sold = exists().where(Variant.product_id == Product.id, Variant.price.is_not(None), sold_in_sql(market))
    few = (
        select(Product.id, category.label("category"))
        .where(Product.listed_at.is_not(None), Product.prescription_required.is_(False), sold)
        .where(Product.not_by_mail.is_(None))
        .order_by(Product.popularity.desc(), Product.name)
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        select(*facts_columns(), Product.brand, Product.summary, few.c.category)
        .join(Product, Product.id == Variant.product_id)
        .join(few, few.c.id == Product.id)
        .order_by(Product.popularity.desc(), Product.name, Variant.strength_value, Variant.id)
    )
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.product_id)]
    return [(_medicine(group), group[0].category or "") for group in groups]


def sold_in_sql(market: str) -> ColumnElement[bool]:
    """The market half of `rules.sale_refusal`, for a database that knows JSON only as text."""
    return or_(
        Variant.sold_outside_market, cast(Variant.markets, Text).contains(f'"{market}"', autoescape=True)
    )


def _medicine(rows: Sequence[Any]) -> ListedMedicine:
    first = facts_from(rows[0])
    return ListedMedicine(
        first.product_id, first.product_slug, first.product_name, first.form, first.form_plural, first.unit,
        rows[0].brand, rows[0].summary, first.prescription_required, tuple(facts_from(row) for row in rows),
    )  # fmt: skip


def _lowest_prices(market: str) -> Any:
    return (
        select(Variant.product_id, func.min(Variant.price).label("price"))
        .where(sold_in_sql(market))
        .group_by(Variant.product_id)
        .subquery()
    )
