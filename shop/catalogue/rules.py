"""Prices by quantity, strengths as they are compared, and what a list says of a medicine. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shop.money import line_total_cents
from shop.safety.sale import sale_refusal

MILLIGRAMS = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}


def price_at(price: Decimal | None, breaks: Sequence[tuple[int, Decimal]], quantity: int) -> Decimal | None:
    """What one unit costs in a line of `quantity`: the price of the largest break that is reached."""
    reached = [(least, lower) for least, lower in breaks if quantity >= least]
    return max(reached)[1] if reached and price is not None else price


def measure_of(strength_unit: str, unit: str) -> str | None:
    """In what a price per `unit` is compared for strengths stated in `strength_unit`; None: not at all.

    A tablet with a strength in mg, priced by the pill, is compared per mg; so is a liquid in mg/mL that is
    priced by the mL, but not one of mg/5 mL, nor one that only says mg.
    """
    measure, _, per = strength_unit.partition("/")
    if unit in ("mL", "g"):
        return measure if measure and per.strip() == unit else None
    return None if per or not measure else measure


def in_measure(value: Decimal, measure: str | None, wanted: str) -> Decimal | None:
    """A strength stated in `measure`, converted to `wanted` (0.5 g is 500 mg); None where it cannot be."""
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


# --- A medicine’s row in a list, derived from its strengths and their prices ------------------------------

MOST_STEPS = 8
MOST_LETTERS = 160
MEASURE_PLACES = Decimal("1e-9")
DEAREST = Decimal(10**9)  # per mg; more is a mistake of a strength, and more than the column holds


@dataclass(frozen=True, slots=True)
class ListedStrength:
    """What a row needs of one strength; `safety.sale.sale_refusal` reads it too."""

    id: int
    strength: str
    price: Decimal | None
    lowest: Decimal | None
    quantities: tuple[int, ...]
    markets: tuple[str, ...]
    sold_outside_market: bool
    not_by_mail: str | None
    appearance: str | None
    value: Decimal
    measure: str | None
    doubted: bool
    listed: bool = True


def summary(strengths: Sequence[ListedStrength], ingredients: int, market: str) -> dict[str, Any]:
    """The columns of a product's row, all but its id, market and names; `ingredients` counts them."""
    sold = [one for one in strengths if sale_refusal(one, market) is None and one.quantities]
    shown = min(sold, key=lambda one: (one.lowest or 0, one.id), default=None)
    steps = shown.quantities if shown else ()
    most, price = max(steps, default=0), shown.lowest if shown else None
    per_measure, unit = _per_measure(sold) if ingredients < 2 else (None, "")
    appearance = (shown or strengths[0]).appearance
    return {
        "strengths": strengths_in_words([one.strength for one in strengths]),
        "appearance": json.loads(appearance) if appearance else None,
        "price": price,
        "varies": len({price for one in sold for price in (one.price, one.lowest)}) > 1,
        "per_measure": per_measure,
        "measure_unit": unit,
        "packs": ", ".join(str(step) for step in steps[:MOST_STEPS]),
        "example_quantity": most,
        "example_cents": line_total_cents(price, most) if price else 0,
        "sold": [[one.id, min(one.quantities), max(one.quantities)] for one in sold],
    }


def _per_measure(sold: Sequence[ListedStrength]) -> tuple[Decimal | None, str]:
    """The lowest price per mg, or per what the strengths that are sold are stated in, if they share a unit.

    A strength without a unit is left out: its price per mg is unknown.
    """
    stated = [one for one in sold if one.measure and one.value]
    units = {one.measure for one in stated if one.measure}
    unit = "mg" if units & MILLIGRAMS.keys() else min(units, default="")
    prices = [price_per(unit, one.lowest, one.value, one.measure) for one in stated if one.lowest]
    if not unit or None in prices:
        return None, ""
    lowest = min((price for price in prices if price), default=DEAREST)
    return (lowest.quantize(MEASURE_PLACES) if lowest < DEAREST else None), unit


def strengths_in_words(strengths: Sequence[str], most: int = 5) -> str:
    """ "10, 20, 25 mg" where the unit is shared; beyond `most`, how many there are."""
    if len(strengths) > most:
        return f"{len(strengths)} strengths, {_short(strengths[0])} to {_short(strengths[-1])}"
    parts = [strength.split(" ") for strength in strengths]
    if all(len(part) == 2 and part[1] == parts[0][1] for part in parts):
        return _short(f"{', '.join(part[0] for part in parts)} {parts[0][1]}", MOST_LETTERS)
    return _short(", ".join(strengths), MOST_LETTERS)


def _short(text: str, most: int = 60) -> str:
    """Sunscreens have a dozen ingredients, and so a dozen strengths in one."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,/") + "…"
