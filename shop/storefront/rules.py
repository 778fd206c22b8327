"""What the public pages make of facts: levels of stock, costs of a day, how a price is made, names alike.

Pure. Nothing here is dosing advice: a day's dose comes from a label, and half a tablet is never suggested.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shop.money import line_total_cents

PLENTY_LINES = 3
SMALL_PER_MEASURE = Decimal("0.001")


class Level(StrEnum):
    """How much is left, as the customer sees it."""

    IN = "in"
    FEW = "few"
    OUT = "out"


@dataclass(frozen=True)
class DayCost:
    """What a day at `dose` costs in whole units."""

    dose: Decimal
    units: int
    cents: int


def level(units: int, steps: Sequence[int]) -> Level:
    """Out when not even the smallest pack step is left, few while under three of the largest."""
    if not steps or units < min(steps):
        return Level.OUT
    return Level.IN if units >= PLENTY_LINES * max(steps) else Level.FEW


def first_choice(steps: Sequence[int], prescription: bool) -> int | None:
    """The quantity a page begins with: the smallest pack, or with a prescription the largest."""
    if not steps:
        return None
    return max(steps) if prescription else min(steps)


def whole_units(dose: Decimal | None, strength: Decimal) -> int | None:
    """How many whole units make `dose`, or None when none or only parts would."""
    if not dose or not strength:
        return None
    units = dose / strength
    return int(units) if units == units.to_integral_value() else None


def day_costs(price: Decimal, strength: Decimal, doses: Sequence[Decimal | None]) -> list[DayCost]:
    """The cost of a day at each dose that whole units can make; equal doses once."""
    found = []
    for dose in dict.fromkeys(dose for dose in doses if dose):
        units = whole_units(dose, strength)
        if units:
            found.append(DayCost(dose, units, line_total_cents(price, units)))
    return found


def measure_size(prices_per_measure: Sequence[Decimal]) -> int:
    """1 or 100: per how many mg (mcg …) prices are compared, so that none is too small to read."""
    return 100 if any(price < SMALL_PER_MEASURE for price in prices_per_measure) else 1


def differing(name: str, others: Sequence[str]) -> tuple[str, str, str]:
    """`name` in three parts: shared with the others' beginning, telling it apart, shared with their end."""
    start = min((_shared(name, other) for other in others), default=0)
    left = name[start:]
    end = min((_shared(left[::-1], other[start:][::-1]) for other in others), default=0)
    middle = left[: len(left) - end]
    return name[:start], middle, left[len(middle) :]


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.casefold(), other.casefold(), strict=False):
        if a != b:
            break
        count += 1
    return count


def in_words(names: Sequence[str]) -> str:
    """ "Australia and South Africa"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
