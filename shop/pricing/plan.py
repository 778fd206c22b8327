"""What prices would become under some rules: counted, compared, and in words; nothing is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shop.catalogue.rules import price_at
from shop.money import format_percent, format_unit_price
from shop.pricing.queries import Rules, Strength, strengths
from shop.pricing.rules import Breaks, Rule, ladder
from shop.web import settings


class Outcome(StrEnum):
    """What becomes of one price. Each strength has exactly one."""

    RAISED = "raised"
    LOWERED = "lowered"
    UNCHANGED = "unchanged"
    NEW = "new"
    OUTDATED = "outdated"
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
    """How many prices did what; the eight counts sum to the strengths priced by rule.

    `outdated` stay as they are, with or without a price: what pharmacies paid is known from over a year ago.

    `lost` of those without a price now had one; `below_cost` sell some quantity for less than pharmacies
    paid; `product_ids` are the products in which a price differs.
    """

    raised: int = 0
    lowered: int = 0
    unchanged: int = 0
    new: int = 0
    outdated: int = 0
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


def preview(rules: Rules, product_ids: Iterable[int] | None, today: date) -> Repriced:
    """What repricing these products (None: all) by `rules` would do."""
    counted = Repriced()
    for change in changes(rules, product_ids, today):
        counted.add(change)
    return counted


def changes(rules: Rules, product_ids: Iterable[int] | None, today: date) -> Iterator[Change]:
    """For each strength that is priced by rule, its price by these rules, changed or not."""
    for strength in strengths(today, product_ids):
        yield change(strength, rules.of(strength.product_id))


def change(strength: Strength, rule: Rule | None) -> Change:
    """The price of one strength by `rule`."""
    if rule and rule.fixed_price is None and not strength.usable and any(strength.quantities):
        return Change(strength, Outcome.OUTDATED, strength.price, strength.breaks)
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


def describe_rule(rule: Rule | None, currency: str, locale: str) -> str:
    """ "What pharmacies paid + 35%, and $2.40 spread over the quantity; 5% off from 90"."""
    if rule is None:
        return "No rule"
    if rule.fixed_price is not None:
        text = f"{format_unit_price(rule.fixed_price, currency, locale)} per unit"
    else:
        text = f"What pharmacies paid + {format_percent((rule.mark_up or Decimal(0)) * 100, locale)}"
        if rule.fee:
            text += f", and {format_unit_price(rule.fee, currency, locale)} spread over the quantity"
    off = ", ".join(f"{format_percent(off, locale)} off from {units}" for units, off in rule.breaks)
    return f"{text}; {off}" if off else text


def describe_outcome(done: Repriced) -> str:
    """ "12 prices rise, 3 fall, 4 are new" and what has no price; for a change that is only looked at."""
    parts = [_prices(done.raised, "rises", "rise")]
    parts.append(f"{done.lowered:,} {'falls' if done.lowered == 1 else 'fall'}")
    if done.new:
        parts.append(f"{done.new:,} {'is' if done.new == 1 else 'are'} new")
    if done.lost:
        parts.append(f"{done.lost:,} {'is' if done.lost == 1 else 'are'} lost")
    if done.outdated:
        parts.append(
            f"{done.outdated:,} can’t be recalculated because the acquisition cost is over a year old"
        )
    parts.append(f"{done.unchanged:,} {'stays' if done.unchanged == 1 else 'stay'}")
    return f"{', '.join(parts)}."


def outcome_table(done: Repriced) -> list[tuple[str, int]]:
    """Every outcome with its count (of old costs only where there are any), and what they sum to."""
    outdated = [("As before: acquisition cost over a year old", done.outdated)] if done.outdated else []
    return [
        ("Raised", done.raised),
        ("Lowered", done.lowered),
        ("New", done.new),
        ("Unchanged", done.unchanged),
        *outdated,
        ("No price: acquisition cost unknown", done.without_acquisition),
        ("No price: no rule", done.without_rule),
        ("No price: no pack size", done.without_quantity),
        ("Strengths priced by rule", done.total),
    ]


def _prices(count: int, one: str, many: str) -> str:
    return f"{count:,} {'price ' + one if count == 1 else 'prices ' + many}"


# --- In the store’s own currency and locale, for screens and commands alike -------------------------------


def price_in_words(value: Decimal) -> str:
    """A price per unit as the store’s locale writes it, which is how it is read back."""
    return format_unit_price(value, settings().currency, settings().locale)


def rule_in_words(rule: Rule | None) -> str:
    """A rule, or that there is none, as `describe_rule` says it."""
    return describe_rule(rule, settings().currency, settings().locale)
