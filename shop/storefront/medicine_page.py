"""A medicine's page, ready to be drawn: which strength is chosen, what it costs, whether it may be bought."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale

from shop.catalogue.appearance import Drawing
from shop.catalogue.drawings import drawing
from shop.catalogue.medicine import Medicine, Strength
from shop.catalogue.rules import SaleRefusal, sale_refusal
from shop.money import UNIT_PLACES, line_total_cents
from shop.storefront.rules import (
    DayCost,
    Level,
    Making,
    day_costs,
    first_choice,
    in_words,
    level,
    making,
    measure_of,
    whole_units,
)

TAKES_THE = frozenset({"AE", "CZ", "GB", "NL", "PH", "US"})  # English: registered in the United States
SMALLEST_PRICE = Decimal(1).scaleb(-UNIT_PLACES)
MOST_STEPS = 12  # as many as the style sheet has positions for


@dataclass(frozen=True)
class Total:
    """A quantity one may choose; `place` from 1 ties the choice to its total in the style sheet."""

    place: int
    quantity: int
    cents: int
    chosen: bool


@dataclass(frozen=True)
class Compared:
    """One line of the comparison; `a_day` is None where whole units do not make the dose."""

    strength: Strength
    url: str
    markets: str
    refusal: SaleRefusal | None
    per_measure: Decimal | None
    a_day: int | None
    level: Level
    left: int
    chosen: bool


@dataclass(frozen=True)
class MedicinePage:
    """Everything the template needs beside the medicine and its monograph."""

    chosen: Strength
    refusal: SaleRefusal | None
    drawing: Drawing
    totals: tuple[Total, ...]
    days: tuple[DayCost, ...]
    making: Making | None
    level: Level
    left: int
    compared: tuple[Compared, ...]
    measure: int
    dose: Decimal | None
    registered_in: str
    store_country: str
    sold_here: str

    @property
    def can_be_bought(self) -> bool:
        """Offered here and enough of it left for the smallest pack."""
        return self.refusal is None and self.level is not Level.OUT and bool(self.totals)


def choose(medicine: Medicine, strength_slug: str | None, market: str) -> Strength | None:
    """The strength the address names; without one, the first that is sold here. None for an unknown one."""
    if strength_slug is not None:
        return next((strength for strength in medicine.strengths if strength.slug == strength_slug), None)
    sold = [s for s in medicine.strengths if sale_refusal(s.facts, market) is None]
    return (sold or list(medicine.strengths))[0]


def compose(
    medicine: Medicine, chosen: Strength, left: Mapping[int, int], market: str, locale: str
) -> MedicinePage:
    """The page for one chosen strength; `left` is what is in stock of each variant, in units."""
    facts, units = chosen.facts, left.get(chosen.facts.id, 0)
    priced = facts.price
    per_measure = _per_measures(medicine)
    measure = measure_of([price for price in per_measure.values() if price])
    sold = [s.facts.strength for s in medicine.strengths if sale_refusal(s.facts, market) is None]
    return MedicinePage(
        chosen=chosen,
        refusal=sale_refusal(facts, market),
        drawing=drawing(facts.appearance, medicine.form),
        totals=_totals(chosen, medicine.prescription_required),
        days=tuple(day_costs(priced, chosen.value, (chosen.daily_low, chosen.daily_high))) if priced else (),
        making=making(priced, chosen.acquisition.price) if priced and chosen.acquisition else None,
        level=level(units, facts.quantities),
        left=units,
        compared=tuple(
            _compared(strength, chosen, left, market, locale, per_measure.get(strength.facts.id), measure)
            for strength in medicine.strengths
        ),
        measure=measure,
        dose=chosen.daily_low if len(medicine.ingredients) < 2 else None,
        registered_in=countries(facts.markets, locale),
        store_country=countries((market,), locale),
        sold_here=in_words(sold),
    )


def address(strength: Strength) -> str:
    """Each strength has a page of its own."""
    return f"/medicines/{strength.facts.product_slug}/{strength.slug}"


def countries(markets: tuple[str, ...], locale: str) -> str:
    """ISO codes as names in the store's language: "Australia and South Africa"."""
    names = Locale.parse(locale).territories
    return in_words([f"{'the ' if code in TAKES_THE else ''}{names.get(code, code)}" for code in markets])


def _totals(chosen: Strength, prescription: bool) -> tuple[Total, ...]:
    price, steps = chosen.facts.price, chosen.facts.quantities[:MOST_STEPS]
    if price is None:
        return ()
    first = first_choice(steps, prescription)
    return tuple(
        Total(place, step, line_total_cents(price, step), step == first)
        for place, step in enumerate(steps, start=1)
    )


def _per_measures(medicine: Medicine) -> dict[int, Decimal]:
    """Price per mg (mcg …) by variant. With two ingredients a milligram of one says nothing, so none."""
    if len(medicine.ingredients) > 1 or len({strength.unit for strength in medicine.strengths}) > 1:
        return {}
    return {s.facts.id: s.facts.price / s.value for s in medicine.strengths if s.facts.price and s.value}


def _compared(
    strength: Strength, chosen: Strength, left: Mapping[int, int], market: str, locale: str,
    per_measure: Decimal | None, measure: int,
) -> Compared:  # fmt: skip
    facts, units = strength.facts, left.get(strength.facts.id, 0)
    a_day = whole_units(chosen.daily_low, strength.value)
    return Compared(
        strength=strength,
        url=address(strength),
        markets=countries(facts.markets, locale),
        refusal=sale_refusal(facts, market),
        per_measure=(per_measure * measure).quantize(SMALLEST_PRICE) if per_measure else None,
        a_day=line_total_cents(facts.price, a_day) if a_day and facts.price else None,
        level=level(units, facts.quantities),
        left=units,
        chosen=strength is chosen,
    )
