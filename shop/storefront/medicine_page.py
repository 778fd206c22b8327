"""A medicine's page, ready to be drawn: which strength is chosen, what it costs, whether it may be bought."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale

from shop.appearance.attributes import Drawing, drawing
from shop.listing.medicine import Medicine, Strength
from shop.money import line_total_cents
from shop.pricing.acquisition import Period, outdated
from shop.pricing.history_chart import HistoryChart, history_chart
from shop.pricing.rules import Breakdown, price_breakdown
from shop.safety.confusable_names import confusable_with
from shop.safety.otc_words import stated
from shop.safety.sale import SaleRefusal, sale_refusal
from shop.stock import queries as stock
from shop.stock.rules import outlasts
from shop.storefront.comparing import Comparison, compare, offered, supply
from shop.storefront.rules import (
    DayCost,
    Level,
    day_costs,
    differing,
    first_choice,
    in_words,
    level,
)
from shop.substances.identity import bare

TAKES_THE = frozenset({"AE", "CZ", "GB", "NL", "PH", "US"})  # English: marketed in the United States
MOST_STEPS = 12  # as many as the style sheet has positions for


@dataclass(frozen=True)
class Total:
    """A quantity one may choose; `place` from 1 ties the choice to its total in the style sheet."""

    place: int
    quantity: int
    price: Decimal
    cents: int
    chosen: bool


@dataclass(frozen=True)
class MedicinePage:
    """Everything the template needs beside the medicine and its monograph.

    `price` is that of one unit in the quantity the page begins with; `paid_as_of` the day of a survey that is
    over a year old. `lookalikes` are names it is confused
    with, each in three parts of which the middle tells it apart.
    """

    chosen: Strength
    refusal: SaleRefusal | None
    drawing: Drawing
    price: Decimal | None
    totals: tuple[Total, ...]
    days: tuple[DayCost, ...]
    breakdown: Breakdown | None
    paid_from: Period | None
    paid_as_of: date | None
    history: HistoryChart | None
    level: Level
    left: int
    comparison: Comparison
    lookalikes: tuple[tuple[str, str, str], ...]
    marketed_in: str
    store_country: str
    sold_here: str
    limits: tuple[str, ...]

    @property
    def can_be_bought(self) -> bool:
        """Offered here and enough of it left for the smallest pack."""
        return self.refusal is None and self.level is not Level.OUT and bool(self.totals)

    @property
    def sold_out(self) -> bool:
        """Offered here, and not there now."""
        return self.refusal is None and self.level is Level.OUT

    @property
    def has_breaks(self) -> bool:
        """Whether a larger quantity costs less a unit."""
        return len({total.price for total in self.totals}) > 1


def choose(
    medicine: Medicine, strength_slug: str | None, market: str, left: Mapping[int, int]
) -> Strength | None:
    """The strength the address names, None for an unknown one.

    Without one, the first of which enough for its smallest pack is left, or the first that is sold here.
    """
    if strength_slug is not None:
        return next((strength for strength in medicine.strengths if strength.slug == strength_slug), None)
    sold = [s for s in medicine.strengths if sale_refusal(s.facts, market) is None]
    stocked = [s for s in sold if level(left.get(s.facts.id, 0), s.facts.quantities) is not Level.OUT]
    return (stocked or sold or list(medicine.strengths))[0]


def compose(
    medicine: Medicine,
    chosen: Strength,
    left: Mapping[int, int],
    history: Sequence[Period],
    market: str,
    locale: str,
    money: Callable[[Decimal], str],
    today: date,
) -> MedicinePage:
    """The page for one chosen strength.

    `left` is what is in stock of each variant, in units; `history` what pharmacies paid for the chosen one,
    oldest first; `money` writes a price.
    """
    facts, units = chosen.facts, left.get(chosen.facts.id, 0)
    totals = _totals(chosen, medicine.prescription_required, offered(medicine, chosen))
    begun = next((total for total in totals if total.chosen), None)
    price = begun.price if begun else facts.price
    history = [period for period in history if period.effective_on <= today]
    latest = history[-1] if history else None
    sold = [s.facts.strength for s in medicine.strengths if sale_refusal(s.facts, market) is None]
    one = medicine.form if medicine.unit == "pill" else medicine.unit
    called = bare(medicine.name)
    return MedicinePage(
        chosen=chosen,
        refusal=sale_refusal(facts, market),
        drawing=drawing(facts.appearance, medicine.form),
        price=price,
        totals=totals,
        days=tuple(day_costs(price, chosen.value, (chosen.daily_low, chosen.daily_high))) if price else (),
        breakdown=_breakdown(medicine, chosen, begun, latest),
        paid_from=latest,
        paid_as_of=outdated(latest, today),
        history=history_chart(history, one, locale, money) if history else None,
        level=level(units, facts.quantities),
        left=units,
        comparison=compare(medicine, chosen, left, market, countries),
        lookalikes=tuple(differing(name, [called.lower()]) for name in confusable_with(called)),
        marketed_in=countries(facts.markets),
        store_country=countries((market,)),
        sold_here=in_words(sold),
        limits=() if medicine.prescription_required else stated(supply(medicine, facts), _units(medicine)),
    )


def free_units(variant_ids: Sequence[int], today: date, delivery_days: int) -> Mapping[int, int]:
    """Units one could order today, in lots that outlast delivery and the usual supply, in one query."""
    if not variant_ids:
        return {}
    return stock.available(variant_ids, outlasts(today, delivery_days))


@lru_cache(maxsize=1024)
def countries(markets: tuple[str, ...]) -> str:
    """ISO codes as names in the pages' language: "Australia and South Africa"."""
    names = Locale("en").territories
    return in_words([f"{'the ' if code in TAKES_THE else ''}{names.get(code, code)}" for code in markets])


def _breakdown(
    medicine: Medicine, chosen: Strength, begun: Total | None, latest: Period | None
) -> Breakdown | None:
    if begun is None or latest is None:
        return None
    rule = medicine.rule if chosen.facts.by_rule else None
    return price_breakdown(rule, begun.price, latest.price, begun.quantity)


def _units(medicine: Medicine) -> str:
    return medicine.form_plural if medicine.unit == "pill" else medicine.unit


def _totals(chosen: Strength, prescription: bool, offered: Sequence[int]) -> tuple[Total, ...]:
    """What the first of the quantities offered come to."""
    steps = list(offered[:MOST_STEPS])
    first = first_choice(steps, prescription)
    priced = ((step, chosen.facts.price_for(step)) for step in steps)
    return tuple(
        Total(place, step, price, line_total_cents(price, step), step == first)
        for place, (step, price) in enumerate(priced, start=1)
        if price is not None
    )
