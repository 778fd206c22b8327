"""Comparing a medicine's strengths, and what else has the same ingredients in the same form, by price. Pure.

Only whole units are counted: a tablet that could be halved is never suggested.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shop.catalogue import rules
from shop.catalogue.queries import VariantFacts
from shop.catalogue.rules import measure_of, price_per
from shop.listing.medicine import Medicine, Strength
from shop.money import UNIT_PLACES, line_total_cents
from shop.safety.otc import Supply, within_limit
from shop.safety.sale import SaleRefusal, sale_refusal
from shop.storefront.rules import Level, level, measure_size, whole_units

SMALLEST_PRICE = Decimal(1).scaleb(-UNIT_PLACES)


@dataclass(frozen=True)
class Compared:
    """One line of the comparison. `price` is per unit in the largest pack, `a_day` in cents.

    `a_day` is None where whole units do not make the dose; `cheapest` marks the lowest price per measure
    among what is sold here.
    """

    strength: Strength
    url: str
    markets: str
    refusal: SaleRefusal | None
    price: Decimal | None
    per_measure: Decimal | None
    a_day: int | None
    level: Level
    left: int
    chosen: bool
    equivalent: bool
    cheapest: bool


@dataclass(frozen=True)
class Comparison:
    """The table: own strengths first, then equivalents. `measure` 100 means per 100 mg, `dose` is a day's."""

    lines: tuple[Compared, ...]
    measure: int
    measure_unit: str
    dose: Decimal | None

    @property
    def own(self) -> tuple[Compared, ...]:
        return tuple(line for line in self.lines if not line.equivalent)

    @property
    def by_measure(self) -> bool:
        """Whether prices per mg can be told for any line."""
        return any(line.per_measure is not None for line in self.lines)


def compare(
    medicine: Medicine,
    chosen: Strength,
    left: Mapping[int, int],
    market: str,
    countries: Callable[[tuple[str, ...]], str],
) -> Comparison:
    """All strengths of the medicine and of its equivalents; `left` is what is in stock of each, in units."""
    strengths = [*medicine.strengths, *medicine.equivalents]
    prices = {s.facts.id: _lowest_price(medicine, s) for s in strengths}
    alone = len(medicine.ingredients) < 2
    unit = _measure(chosen, strengths) if alone else ""
    asked = {s.facts.id: price_per(unit, prices[s.facts.id], s.value, _measure_of(s)) for s in strengths}
    per_measure = {number: price for number, price in asked.items() if unit and price is not None}
    measure = measure_size(list(per_measure.values()))
    dose = chosen.daily_low if alone else None
    sold = {s.facts.id for s in strengths if sale_refusal(s.facts, market) is None} & per_measure.keys()
    lowest = min((per_measure[i] for i in sold), default=None)

    def line(strength: Strength, equivalent: bool) -> Compared:
        facts, price = strength.facts, prices[strength.facts.id]
        exact = per_measure.get(facts.id)
        a_day = whole_units(dose, strength.value) if strength.unit == chosen.unit else None
        units, refusal = left.get(facts.id, 0), sale_refusal(facts, market)
        return Compared(
            strength=strength,
            url=address(strength),
            markets=countries(facts.markets),
            refusal=refusal,
            price=price,
            per_measure=(exact * measure).quantize(SMALLEST_PRICE) if exact else None,
            a_day=line_total_cents(price, a_day) if a_day and price else None,
            level=level(units, facts.quantities),
            left=units,
            chosen=strength is chosen,
            equivalent=equivalent,
            cheapest=len(sold) > 1 and exact == lowest and refusal is None,
        )

    own = [line(strength, False) for strength in medicine.strengths]
    lines = (*own, *(line(strength, True) for strength in medicine.equivalents))
    return Comparison(lines, measure, unit, dose)


def address(strength: Strength) -> str:
    """Each strength has a page of its own."""
    return f"/medicines/{strength.facts.product_slug}/{strength.slug}"


def supply(medicine: Medicine, facts: VariantFacts) -> Supply:
    """One unit of a strength, as the limits over the counter count it."""
    ingredients = medicine.ingredients or (medicine.name.lower(),)
    pack = min(facts.quantities, default=1)
    return Supply(0, ingredients, facts.strength, medicine.unit, medicine.route, 1, pack)


def offered(medicine: Medicine, strength: Strength) -> tuple[int, ...]:
    """The quantities of a strength that a customer may order, of the medicine or an equivalent."""
    facts = strength.facts
    if facts.prescription_required:
        return facts.quantities
    return within_limit(supply(medicine, facts), facts.quantities)


def _lowest_price(medicine: Medicine, strength: Strength) -> Decimal | None:
    """At the largest quantity that may be ordered; None where even the smallest is too much."""
    facts, steps = strength.facts, offered(medicine, strength)
    return rules.lowest_price(facts.price, facts.breaks, steps) if steps or not facts.quantities else None


def _measure(chosen: Strength, strengths: Sequence[Strength]) -> str:
    """In what prices are compared: what the chosen strength is stated in, or else most of them; "" for none.

    What is stated otherwise, or without a unit, stays in the table without such a price.
    """
    stated = Counter(measure for strength in strengths if (measure := _measure_of(strength)))
    return _measure_of(chosen) or next((measure for measure, _ in stated.most_common(1)), "")


def _measure_of(strength: Strength) -> str | None:
    return measure_of(strength.unit, strength.facts.unit)
