"""One row of a list, ready to be drawn: from a product with its strengths and what is in stock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shop.catalogue.appearance import Drawing
from shop.catalogue.drawings import drawing
from shop.catalogue.lists import ListedMedicine
from shop.catalogue.words import strengths_in_words
from shop.money import line_total_cents
from shop.stock import queries as stock
from shop.stock.rules import outlasts
from shop.storefront.rules import USUAL_SUPPLY_DAYS, Level, level


@dataclass(frozen=True)
class Row:
    """What a list says of one medicine. `price` is the lowest per unit sold here, None when none is sold."""

    title: str
    url: str
    summary: str | None
    strengths: str
    prescription_required: bool
    drawing: Drawing
    level: Level
    left: int
    price: Decimal | None
    unit: str
    varies: bool
    quantities: str
    example_quantity: int
    example_cents: int


def rows(medicines: Sequence[ListedMedicine], market: str, today: date, delivery_days: int) -> list[Row]:
    """Rows in the order given; one query for the stock of all of them."""
    ids = [variant.id for medicine in medicines for variant in medicine.sold_in(market)]
    left = free_units(ids, today, delivery_days)
    return [row(medicine, market, left) for medicine in medicines]


def free_units(variant_ids: Iterable[int], today: date, delivery_days: int) -> Mapping[int, int]:
    """Units one could order today, in lots that outlast delivery and the usual supply, in one query."""
    ids = list(variant_ids)
    return stock.available(ids, outlasts(today, delivery_days, USUAL_SUPPLY_DAYS)) if ids else {}


def row(medicine: ListedMedicine, market: str, left: Mapping[int, int]) -> Row:
    """The row of one product; the best stocked of its strengths speaks for its availability."""
    sold = medicine.sold_in(market)
    prices = sorted({variant.price for variant in sold if variant.price is not None})
    cheapest = min(sold, key=lambda v: (v.price or 0, v.id), default=None)
    shown = cheapest or medicine.strengths[0]
    most = max(shown.quantities, default=0)
    best = max(sold, key=lambda v: left.get(v.id, 0), default=None)
    units = left.get(best.id, 0) if best else 0
    return Row(
        title=f"{medicine.name} {medicine.form_plural}",
        url=f"/medicines/{medicine.slug}",
        summary=medicine.summary,
        strengths=strengths_in_words([variant.strength for variant in medicine.strengths]),
        prescription_required=medicine.prescription_required,
        drawing=drawing(shown.appearance, medicine.form),
        level=level(units, best.quantities) if best else Level.OUT,
        left=units,
        price=prices[0] if prices else None,
        unit=medicine.unit,
        varies=len(prices) > 1,
        quantities=", ".join(str(step) for step in shown.quantities),
        example_quantity=most,
        example_cents=line_total_cents(prices[0], most) if prices else 0,
    )
