"""How much is in a package, from the directory's description of it.

"10 BLISTER PACK in 1 CARTON (…) > 10 TABLET in 1 BLISTER PACK" holds 100 tablets. What cannot be counted in
whole units of what the product is sold by stays unknown (None); nothing is guessed.
"""

import re
from decimal import Decimal

from shop.substances.forms import ORAL_SOLIDS

_STEP = re.compile(r"(\d{0,9}\.?\d{0,6}) ([^()]+?) in 1 [^()]+?(?: ?\([\d-]+\))?", re.ASCII)
_MEASURES = {
    "ml": ("mL", Decimal(1)),
    "l": ("mL", Decimal(1000)),
    "ul": ("mL", Decimal("0.001")),
    "g": ("g", Decimal(1)),
    "kg": ("g", Decimal(1000)),
    "mg": ("g", Decimal("0.001")),
}
GREATEST = 2**31 - 1
STEPS_OFFERED = 6
USUAL_STEPS = (30, 60, 90)


def pack_size(description: str, unit: str) -> int | None:
    """Units of the product (`unit`: pill, mL, g or pack) in the package; None where it is not known.

    A kit ("*" between its parts) counts as the kits in it, never as its parts.
    """
    total, innermost = Decimal(1), ""
    outer = description.split("*")[0]
    for step in outer.split(" > "):
        found = _STEP.fullmatch(" ".join(step.split()))
        if not found or not found[1].strip("."):
            return None
        total *= Decimal(found[1])
        innermost = found[2].strip().lower()
    measure, factor = _MEASURES.get(innermost, (_counted(innermost), Decimal(1)))
    total *= factor
    if measure != unit or total != total.to_integral_value() or not 0 < total <= GREATEST:
        return None
    return int(total)


def offered(unit: str, sizes: set[int]) -> list[int]:
    """Pack steps of a new strength: the usual ones for pills, otherwise at most six of the sizes seen."""
    return list(USUAL_STEPS) if unit == "pill" else sorted(sizes)[:STEPS_OFFERED] or [1]


def _counted(thing: str) -> str:
    return "pill" if thing.split(",")[0] in ORAL_SOLIDS else "pack"
