"""Reading many medicines as rows: the list, rows by id, what needs no prescription. No query per row.

A row is one product with its strengths; `market` decides which strengths count for its price.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from shop.catalogue.models import Product, Variant
from shop.catalogue.queries import VariantFacts, facts_columns, facts_from
from shop.catalogue.rules import sale_refusal
from shop.database import db

PER_PAGE = 24


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


def _medicine(rows: Sequence[Any]) -> ListedMedicine:
    first = facts_from(rows[0])
    return ListedMedicine(
        first.product_id, first.product_slug, first.product_name, first.form, first.form_plural, first.unit,
        rows[0].brand, rows[0].summary, first.prescription_required, tuple(facts_from(row) for row in rows),
    )  # fmt: skip
