"""A patient's health profile: what is asked, what is missing, and what "nothing new" means. Pure.

Every question has an explicit "none" apart from not being answered: an empty list is an answer, None is not.
What is asked follows 42 CFR 456.705(d)(2): disease states, known allergies and drug reactions, and a list of
medicines; weight, kidney function, pregnancy and breastfeeding are what labels ask before a dose.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from shop.numbers import decimal
from shop.patients.rules import ADULT_YEARS

MOST_ENTRIES = 20
LONGEST_ENTRY = 120
LEAST_KG, MOST_KG = Decimal("0.3"), Decimal("400")
KG_OF_A_POUND = Decimal("0.45359237")  # exactly (NIST Handbook 44, appendix C)
TENTH = Decimal("0.1")
_WEIGHT = re.compile(
    r"([\d.,]+)\s*(?:(?P<pounds>lbs?\.?|pounds?)|kgs?\.?|kilograms?)?", re.IGNORECASE | re.ASCII
)
PREGNANCY_FROM_YEARS = 10
"""Younger patients are not asked about pregnancy and breastfeeding (store policy)."""
UNKNOWN = "unknown"
"""The answer "I don't know": said, so no longer missing, and never taken for a fact."""


class Topic(StrEnum):
    """One question of the profile."""

    ALLERGIES = "allergies"
    CONDITIONS = "conditions"
    MEDICINES = "medicines"
    PREGNANCY = "pregnancy"
    BREASTFEEDING = "breastfeeding"
    WEIGHT = "weight"
    KIDNEYS = "kidneys"


LISTS = (Topic.ALLERGIES, Topic.CONDITIONS, Topic.MEDICINES)


class Kidneys(StrEnum):
    """Kidney function as a patient can say it; no figure is derived from it."""

    NO_PROBLEM = "no_problem"
    REDUCED = "reduced"
    DIALYSIS = "dialysis"
    UNKNOWN = UNKNOWN


class YesNo(StrEnum):
    """`no` is also for those whom it cannot concern."""

    NO = "no"
    YES = "yes"
    UNKNOWN = UNKNOWN


@dataclass(frozen=True)
class Profile:
    """The answers; None is not answered, () is none. `weight` is kilograms with at most one decimal, or
    "unknown" where the customer said so."""

    allergies: tuple[str, ...] | None = None
    conditions: tuple[str, ...] | None = None
    medicines: tuple[str, ...] | None = None
    pregnancy: YesNo | None = None
    breastfeeding: YesNo | None = None
    weight: Decimal | str | None = None
    kidneys: Kidneys | None = None


def asked(age: int | None) -> tuple[Topic, ...]:
    """What is asked of a patient of this age in years; of one whose age is unknown, everything."""
    pregnancy = (Topic.PREGNANCY, Topic.BREASTFEEDING)
    young = age is not None and age < PREGNANCY_FROM_YEARS
    return tuple(topic for topic in Topic if not (young and topic in pregnancy))


def missing(profile: Profile, age: int | None) -> tuple[Topic, ...]:
    """The questions that still have no answer, in their order.

    An adult's weight may stay unknown, a minor's may not: doses for children go by weight (store policy).
    """
    unanswered = [topic for topic in asked(age) if getattr(profile, topic.value) is None]
    minor = age is not None and age < ADULT_YEARS
    if minor and profile.weight == UNKNOWN:
        unanswered.append(Topic.WEIGHT)
    return tuple(topic for topic in Topic if topic in unanswered)


def may_confirm(profile: Profile, age: int | None) -> bool:
    """Whether "nothing new" can be said: it repeats every answer as of now, so none may be missing.

    It answers no question by itself. A birthday can make a complete profile incomplete.
    """
    return not missing(profile, age)


def entries(text: str) -> tuple[str, ...]:
    """What was typed, one entry a line or between semicolons, each once, without spaces around."""
    found = (" ".join(part.split()) for line in text.splitlines() for part in line.split(";"))
    return tuple(dict.fromkeys(part for part in found if part))


def weight_in_kg(text: str) -> Decimal | None:
    """Kilograms of "12", "12.5", "12,5 kg" or "150 lb", to 0.1 kg; None for what is no weight of a person.

    A number by itself is kilograms; pounds say so. More than one decimal is refused, not rounded away.
    """
    said = _WEIGHT.fullmatch(text.strip())
    amount = decimal(said[1], "en_US") if said else None  # one decimal at most: "12,5" is read one way
    if said is None or amount is None or not LEAST_KG <= amount <= 3 * MOST_KG:
        return None
    if amount != amount.quantize(TENTH):
        return None
    kg = (amount * KG_OF_A_POUND).quantize(TENTH, ROUND_HALF_UP) if said["pounds"] else amount
    return kg if LEAST_KG <= kg <= MOST_KG else None


def as_text(profile: Profile) -> str:
    """The profile as the JSON text that is sealed."""
    return json.dumps(asdict(profile), default=str, ensure_ascii=False, sort_keys=True)


def from_text(text: str | None) -> Profile:
    """The profile of a sealed text; an empty one for none. Raises ValueError for what is none."""
    if not text:
        return Profile()
    read: Mapping[str, Any] = json.loads(text)
    weight = read.get("weight")
    lists = {topic.value: _entries(read.get(topic.value)) for topic in LISTS}
    return Profile(
        **lists,
        pregnancy=_code(YesNo, read.get("pregnancy")),
        breastfeeding=_code(YesNo, read.get("breastfeeding")),
        weight=weight if weight in (None, UNKNOWN) else Decimal(weight),
        kidneys=_code(Kidneys, read.get("kidneys")),
    )


def _entries(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _code(kind: type[Any], value: str | None) -> Any:
    return None if value is None else kind(value)
