"""What prices would become under some rules: counted and compared, nothing written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from shop.catalogue.rules import price_at
from shop.pricing.queries import Rules, Strength, strengths
from shop.pricing.rules import Breaks, Rule, ladder


class Outcome(StrEnum):
    """What becomes of one price. Each strength has exactly one."""

    RAISED = "raised"
    LOWERED = "lowered"
    UNCHANGED = "unchanged"
    NEW = "new"
    WITHOUT_ACQUISITION = "without_acquisition"
    WITHOUT_RULE = "without_rule"
    WITHOUT_QUANTITY = "without_quantity"


@dataclass(frozen=True)
class Change:
    """One strength's new price and breaks; None: it loses its price, or stays without one."""

    strength: Strength
    outcome: Outcome
    price: Decimal | None
    breaks: Breaks

    @property
    def lost(self) -> bool:
        return self.price is None and self.strength.price is not None

    @property
    def differs(self) -> bool:
        return (self.price, self.breaks) != (self.strength.price, self.strength.breaks)


@dataclass
class Repriced:
    """How many prices did what; the seven counts sum to the strengths priced by rule.

    `lost` of those without a price now had one; `below_cost` sell some quantity for less than pharmacies
    paid; `product_ids` are the products in which a price differs.
    """

    raised: int = 0
    lowered: int = 0
    unchanged: int = 0
    new: int = 0
    without_acquisition: int = 0
    without_rule: int = 0
    without_quantity: int = 0
    lost: int = 0
    below_cost: int = 0
    product_ids: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(getattr(self, outcome.value) for outcome in Outcome)

    @property
    def changed(self) -> int:
        return self.raised + self.lowered + self.new + self.lost

    def counts(self) -> dict[str, int]:
        """By outcome, and how many were lost."""
        return {outcome.value: getattr(self, outcome.value) for outcome in Outcome} | {"lost": self.lost}

    def add(self, change: Change) -> None:
        setattr(self, change.outcome, getattr(self, change.outcome) + 1)
        self.lost += change.lost
        if change.differs:
            self.product_ids.add(change.strength.product_id)
        cheapest = min([price for _, price in change.breaks], default=change.price)
        cost = change.strength.acquisition
        self.below_cost += cheapest is not None and cost is not None and cheapest < cost


def preview(rules: Rules, product_ids: Iterable[int] | None) -> Repriced:
    """What repricing these products (None: all) by `rules` would do."""
    counted = Repriced()
    for change in changes(rules, product_ids):
        counted.add(change)
    return counted


def changes(rules: Rules, product_ids: Iterable[int] | None) -> Iterator[Change]:
    """For each strength that is priced by rule, its price by these rules, changed or not."""
    for strength in strengths(product_ids):
        yield change(strength, rules.of(strength.product_id))


def change(strength: Strength, rule: Rule | None) -> Change:
    """The price of one strength by `rule`."""
    made = ladder(rule, strength.acquisition, strength.quantities) if rule else None
    if made is None:
        return Change(strength, _why_none(strength, rule), None, ())
    return Change(strength, _outcome(strength, *made), *made)


def _why_none(strength: Strength, rule: Rule | None) -> Outcome:
    if rule is None:
        return Outcome.WITHOUT_RULE
    return Outcome.WITHOUT_ACQUISITION if any(strength.quantities) else Outcome.WITHOUT_QUANTITY


def _outcome(strength: Strength, price: Decimal, breaks: Breaks) -> Outcome:
    if strength.price is None:
        return Outcome.NEW
    if (price, breaks) == (strength.price, strength.breaks):
        return Outcome.UNCHANGED
    steps = sorted(strength.quantities)
    old = [price_at(strength.price, strength.breaks, step) or Decimal(0) for step in steps]
    new = [price_at(price, breaks, step) or Decimal(0) for step in steps]
    if new == old:
        return Outcome.UNCHANGED
    return Outcome.LOWERED if new < old else Outcome.RAISED
