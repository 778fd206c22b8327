"""Reading medicines for a list: one card a product, in one query, whatever the number of their strengths."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, select

from shop.catalogue.models import Listing, Product
from shop.database import db


class Card(NamedTuple):
    """One medicine as lists show it. `price` is the lowest per unit sold here, None when none is sold.

    `appearance` is the JSON text of an appearance, `packs` reads "30, 60, 90".
    """

    product_id: int
    slug: str
    name: str
    form: str
    form_plural: str
    unit: str
    brand: str | None
    summary: str | None
    prescription_required: bool
    strengths: str
    appearance: str | None
    price: Decimal | None
    varies: bool
    per_measure: Decimal | None
    measure_unit: str
    packs: str
    example_quantity: int
    example_cents: int


_product, _listing = Product.__table__.c, Listing.__table__.c
_CARDS = (
    select(
        _product.id.label("product_id"),
        _product.slug,
        _product.name,
        _product.form,
        _product.form_plural,
        _product.unit,
        _product.brand,
        _product.summary,
        _product.prescription_required,
        _listing.strengths,
        cast(_listing.appearance, Text).label("appearance"),
        _listing.price,
        _listing.varies,
        _listing.per_measure,
        _listing.measure_unit,
        _listing.packs,
        _listing.example_quantity,
        _listing.example_cents,
    )
    .join_from(Product.__table__, Listing.__table__)
    .where(_product.id.in_(bindparam("ids", expanding=True)))
)
"""Made once, and of tables: building a statement, or objects, for every page would cost more than asking."""


def cards(product_ids: Iterable[int]) -> list[Card]:
    """The listed products among `product_ids`, in that order, in one query; none for no ids."""
    order = list(product_ids)
    if not order:
        return []
    rows: Any = db.session.execute(_CARDS, {"ids": order}).all()
    found = {row.product_id: Card(**row._mapping) for row in rows}
    return [found[number] for number in order if number in found]
