"""Prices by quantity, and strengths as they are compared. Pure."""

from collections.abc import Sequence
from decimal import Decimal

MILLIGRAMS = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}


def price_at(price: Decimal | None, breaks: Sequence[tuple[int, Decimal]], quantity: int) -> Decimal | None:
    """What one unit costs in a line of `quantity`: the price of the largest break that is reached."""
    reached = [(least, lower) for least, lower in breaks if quantity >= least]
    return max(reached)[1] if reached and price is not None else price


def measure_of(strength_unit: str, unit: str) -> str | None:
    """In what a price per `unit` is compared for strengths stated in `strength_unit`; None: not at all.

    A tablet of so many mg, priced by the pill, is compared per mg; so is a liquid of so many mg/mL that is
    priced by the mL, but not one of mg/5 mL, nor one that only says mg.
    """
    measure, _, per = strength_unit.partition("/")
    if unit in ("mL", "g"):
        return measure if measure and per.strip() == unit else None
    return None if per or not measure else measure


def in_measure(value: Decimal, measure: str | None, wanted: str) -> Decimal | None:
    """A strength stated in `measure` as so many of `wanted` (0.5 g as 500 mg), or None where it is none."""
    if measure == wanted:
        return value
    if measure in MILLIGRAMS and wanted in MILLIGRAMS:
        return value * MILLIGRAMS[measure] / MILLIGRAMS[wanted]
    return None


def price_per(wanted: str, price: Decimal | None, value: Decimal, measure: str | None) -> Decimal | None:
    """What one `wanted` (mg) costs where a unit of `price` has `value` of `measure`; None: not comparable."""
    size = in_measure(value, measure, wanted)
    return price / size if price is not None and size else None


def lowest_price(
    price: Decimal | None, breaks: Sequence[tuple[int, Decimal]], quantities: Sequence[int]
) -> Decimal | None:
    """The price per unit in the largest pack, which no smaller one undercuts."""
    return price_at(price, breaks, max(quantities, default=1))
