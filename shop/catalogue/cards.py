"""Reading medicines for a list: one card a product, in one query, whatever the number of their strengths."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, bindparam, cast, select

from shop.catalogue.listing_models import Listing
from shop.catalogue.models import Product
from shop.database import db


@dataclass(frozen=True, slots=True)
class Card:
    """What a list says of one medicine. `price` is the lowest per unit sold here, None when none is sold.

    `look` is the JSON text of an appearance, `packs` reads "30, 60, 90", `sold` has (variant id,
    smallest pack, largest pack) of every strength that is sold here.
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
    look: str | None
    price: Decimal | None
    varies: bool
    per_measure: Decimal | None
    measure_unit: str
    packs: str
    example_quantity: int
    example_cents: int
    sold: list[tuple[int, int, int]]


_CARDS = (
    select(
        Product.id, Product.slug, Product.name, Product.form, Product.form_plural, Product.unit,
        Product.brand, Product.summary, Product.prescription_required, Listing.strengths,
        cast(Listing.look, Text), Listing.price, Listing.varies, Listing.per_measure, Listing.measure_unit,
        Listing.packs, Listing.example_quantity, Listing.example_cents, cast(Listing.sold, Text),
    )
    .join(Listing, Listing.product_id == Product.id)
    .where(Product.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
"""Made once: building a statement anew for every page would cost as much as running it."""


def cards(product_ids: Iterable[int]) -> list[Card]:
    """The listed products among `product_ids`, in that order, in one query; none for no ids."""
    order = list(product_ids)
    if not order:
        return []
    rows: Any = db.session.execute(_CARDS, {"ids": order})
    found = {row[0]: Card(*(*row[:-1], json.loads(row[-1]))) for row in rows}
    return [found[number] for number in order if number in found]
