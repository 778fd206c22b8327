"""Which strengths are implausible as listed by the FDA, and why. Pure; marks, and refuses nothing.

Only what no medicine can be counts: a measure left out, more of a substance than there is medicine, more than
a tablet can weigh. What is merely unusual is not doubted: from the file nobody could tell it from a slip.
"""

import re
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from shop.substances.strengths import NOT_STATED, parse_amounts, without_content

MOST_IN_A_PILL = Decimal(10_000)  # mg; the heaviest tablet in the directory of 2019 holds 1,940
MOST = {  # of the units amounts are compared in
    "mg/g": Decimal(1000),
    "mL/mL": Decimal(1),
    "mL/g": Decimal(2),  # no liquid is lighter than 0.5 g/mL
    "mg/mL": Decimal(3000),  # no liquid medicine is denser than 3 g/mL
    "mg/hour": Decimal(1000),  # no patch gives off a gram an hour
}
_NUMBER = re.compile(r"[\d.]+(?:/.*)?(?: and \d+ more \(\w+\))?", re.ASCII)
_BARE_SHARE = re.compile(r"/[\d.]+(?=$| / | and \d+ more)", re.ASCII)


class Doubt(StrEnum):
    """Why a strength is to be checked; the value is what staff read."""

    NO_UNIT = "a number without a unit"
    SHARE_WITHOUT_UNIT = "the unit after the slash is missing"
    TOO_HEAVY = "more than a tablet can weigh"
    MORE_THAN_THE_WHOLE = "more ingredient than medicine"


@lru_cache(maxsize=65536)
def doubt(strength: str, unit: str) -> Doubt | None:
    """Why a strength as said ("500 mg/5001") cannot be right for what is sold by `unit`, or None.

    `unit` is pill, mL, g or pack. Of a long list that was cut, what is said is judged.
    """
    strength = without_content(strength)
    if strength == NOT_STATED:
        return None
    if any(_NUMBER.fullmatch(part.strip()) for part in strength.split(" / ")):
        return Doubt.NO_UNIT
    if _BARE_SHARE.search(strength):
        return Doubt.SHARE_WITHOUT_UNIT
    said = parse_amounts(re.sub(r" and \d+ more \(\w+\)$", "", strength)) or ()
    if unit == "pill" and any(measure == "mg" and value >= MOST_IN_A_PILL for value, measure in said):
        return Doubt.TOO_HEAVY
    if any(value > MOST.get(measure, value) for value, measure in said):
        return Doubt.MORE_THAN_THE_WHOLE
    return None
