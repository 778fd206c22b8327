"""Strengths as the directory states them (".5", "mg/5mL"), as a pharmacist reads them, as they compare.

A strength is a list of amounts, one an ingredient. Two strengths are the same when their amounts are:
0.025 mg is 25 mcg, 250 mg/5 mL is 50 mg/mL. Pure; sizes are Decimals, never floats.

Implausible is only what no medicine can be: a measure left out, more of a substance than there is medicine,
more than a tablet can weigh. What is merely unusual is not doubted: from the file nobody could tell it from a
slip.
"""

import hashlib
import re
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache

NOT_STATED = "Strength not stated"
LONGEST = 80
UNIT_LENGTH = 40
PLACES = Decimal("1e-6")
GREATEST = Decimal(9 * 10**12)  # what six decimals in a 64-bit whole number can hold
_CONTEXT = Context(prec=12)  # thirds of a liter compare equal
_NUMBER = re.compile(r"\d{0,15}\.?\d{0,15}", re.ASCII)
_UNIT = re.compile(
    r"([\[{][^\]}]{1,20}[\]}]|1|[A-Za-z]+2?)(?:/(\d*\.?\d*)\s?([\[{][^\]}]{1,20}[\]}]|[A-Za-z]+2?)?)?",
    re.ASCII,
)
_CONTENT = re.compile(r", (\d{1,9}(?:\.\d{1,6})?) (mL|g)$", re.ASCII)
_READ = re.compile(r"([\d.]+)(?: ([^/]+?))?(?:/(?:([\d.]+) )?([^/]+))?", re.ASCII)
SPOKEN = {
    "ug": "mcg",
    "[iu]": "international units",
    "[usp'u]": "USP units",
    "u": "units",
    "[arb'u]": "units",
    "meq": "mEq",
    "mci": "mCi",
    "uci": "microcuries",
    "ci": "Ci",
    "ml": "mL",
    "l": "L",
    "ul": "microlitres",
    "h": "hour",
    "d": "day",
    "min": "minutes",
    "cm2": "cm²",
    "umol": "micromoles",
    "1": "",
    "[pfu]": "plaque-forming units",
    "[pnu]": "protein nitrogen units",
    "[au]": "allergy units",
    "[hp_x]": "X",
    "[hp_c]": "C",
}
SCALES = {  # a unit as a multiple of the one it is compared in
    "g": ("mg", Decimal(1000)),
    "mcg": ("mg", Decimal("0.001")),
    "kg": ("mg", Decimal(1_000_000)),
    "ng": ("mg", Decimal("0.000001")),
    "L": ("mL", Decimal(1000)),
    "microlitres": ("mL", Decimal("0.001")),
    "Ci": ("mCi", Decimal(1000)),
    "microcuries": ("mCi", Decimal("0.001")),
}
PER_SCALES = {
    "L": ("mL", Decimal(1000)),
    "microlitres": ("mL", Decimal("0.001")),
    "kg": ("g", Decimal(1000)),
    "mg": ("g", Decimal("0.001")),
    "day": ("hour", Decimal(24)),
    "days": ("hour", Decimal(24)),
    "hours": ("hour", Decimal(1)),
}


class UnreadableStrength(ValueError):
    """A strength that is not a number and a unit; the message is a sentence."""


@dataclass(frozen=True)
class Amount:
    """`text` as said ("250 mg/5 mL"); `value` and `unit` as compared (50, "mg/mL")."""

    text: str
    value: Decimal
    unit: str

    @property
    def key(self) -> tuple[Decimal, str]:
        return self.value, self.unit

    @property
    def unit_said(self) -> str:
        """ "mcg" of "25 mcg": what a product's strengths are ordered in. What is per mL stays as compared."""
        _number, _space, unit = self.text.partition(" ")
        return unit if "/" not in unit and "/" not in self.unit else self.unit


@lru_cache(maxsize=65536)
def amount(number: str, unit: str) -> Amount:
    """One ingredient's amount from the directory's number and unit: (".5", "mg/1") is 0.5 mg.

    Raises:
        UnreadableStrength: not a number, or not a unit.
    """
    if not number or number == "." or not _NUMBER.fullmatch(number):
        raise UnreadableStrength(f"the strength “{number[:20]}” is not a number")
    found = _UNIT.fullmatch(unit)
    if not found:
        raise UnreadableStrength(f"the unit “{unit[:20]}” is unknown")
    name, per_number, per = found.groups()
    many = Decimal(per_number) if per_number and per_number != "." else Decimal(1)
    if many == 0:
        raise UnreadableStrength(f"the unit “{unit[:20]}” has nothing after its slash")
    return _amount(Decimal(number), _spoken(name), many, _spoken(per) if per else "")


@lru_cache(maxsize=4096)
def parse_amounts(text: str) -> tuple[tuple[Decimal, str], ...] | None:
    """What a strength as said compares by ("400 mg / 80 mg"); None when it cannot be read back.

    What a container holds ("50 mcg/mL, 2.5 mL") is no part of it.
    """
    keys = []
    for part in without_content(text).split(" / "):
        found = _READ.fullmatch(part.strip())
        if not found or not _NUMBER.fullmatch(found[1]) or found[1] == ".":
            return None
        many, per = found[3], found[4] or ""
        if not many and per.isascii() and per.isdigit():
            many, per = per, ""
        if many and (not _NUMBER.fullmatch(many) or not many.strip(".0")):
            return None
        keys.append(_amount(Decimal(found[1]), found[2] or "", Decimal(many or 1), per).key)
    return tuple(keys)


def strength_text(amounts: tuple[Amount, ...]) -> str:
    """The strength as the page says it, at most 80 characters: "500 mg / 125 mg".

    A longer list is cut, and ends with a mark made of all its amounts, so that no two are said alike.
    """
    whole = " / ".join(amount.text for amount in amounts) or NOT_STATED
    if len(whole) <= LONGEST:
        return whole
    end = mark(tuple(amount.key for amount in amounts))
    for count in range(len(amounts) - 1, 0, -1):
        text = f"{' / '.join(a.text for a in amounts[:count])} and {len(amounts) - count} more ({end})"
        if len(text) <= LONGEST:
            return text
    return f"{len(amounts)} ingredients ({end})"


def mark(key: tuple[tuple[Decimal, str], ...]) -> str:
    """Eight hex digits that represent a list of amounts too long to write out."""
    text = ";".join(f"{plain(value)} {unit}" for value, unit in key)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]


def without_content(text: str) -> str:
    """The strength alone, of one that says what its container holds: "50 mcg/mL" of "50 mcg/mL, 2.5 mL"."""
    return _CONTENT.sub("", text)


def content_in(text: str) -> tuple[Decimal, str] | None:
    """What the container holds, of a strength that says so: 2.5 and "mL" of "50 mcg/mL, 2.5 mL"."""
    found = _CONTENT.search(text)
    return (Decimal(found[1]), found[2]) if found else None


def stated(value: Decimal, unit: str, wanted: str) -> tuple[Decimal, str]:
    """A compared amount in the unit a product's strengths are ordered by, with at most six decimals.

    Where the two do not measure the same it keeps its own unit.
    """
    base, factor = SCALES.get(wanted, (wanted, Decimal(1)))
    number, measure = (value / factor, wanted) if base == unit else (value, unit)
    return min(number, GREATEST).quantize(PLACES).normalize(), measure[:UNIT_LENGTH]


def plain(number: Decimal) -> str:
    """Without an exponent, without needless zeros, never starting with a point: 0.5, 100."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spoken(name: str) -> str:
    return SPOKEN.get(name.lower(), name.strip("[]{}"))


def _amount(number: Decimal, name: str, many: Decimal, per: str) -> Amount:
    base, factor = SCALES.get(name, (name, Decimal(1)))
    per_base, per_factor = PER_SCALES.get(per, (per, Decimal(1)))
    value = _CONTEXT.divide(number * factor, many * per_factor).normalize(_CONTEXT)
    text = f"{plain(number)} {name}".strip()
    if per:
        words = f"{plain(many)} {per}" if many != 1 else per
        text += f"/{words}s" if many != 1 and per in ("hour", "day") else f"/{words}"
    elif many != 1:
        text += f"/{plain(many)}"
    return Amount(text[:LONGEST], value, f"{base}/{per_base}" if per else base)


# --- Implausible strengths: marked, never refused here ----------------------------------------------------

MOST_IN_A_PILL = Decimal(10_000)  # mg; the heaviest tablet in the directory of 2019 holds 1,940
GREATEST_SHARE = {  # of the units amounts are compared in
    "mg/g": Decimal(1000),
    "mL/mL": Decimal(1),
    "mL/g": Decimal(2),  # no liquid is lighter than 0.5 g/mL
    "mg/mL": Decimal(3000),  # no liquid medicine is denser than 3 g/mL
    "mg/hour": Decimal(1000),  # no patch gives off a gram an hour
}
_ONLY_NUMBERS = re.compile(r"[\d.]+(?:/.*)?(?: and \d+ more \(\w+\))?", re.ASCII)
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
    if any(_ONLY_NUMBERS.fullmatch(part.strip()) for part in strength.split(" / ")):
        return Doubt.NO_UNIT
    if _BARE_SHARE.search(strength):
        return Doubt.SHARE_WITHOUT_UNIT
    said = parse_amounts(re.sub(r" and \d+ more \(\w+\)$", "", strength)) or ()
    if unit == "pill" and any(measure == "mg" and value >= MOST_IN_A_PILL for value, measure in said):
        return Doubt.TOO_HEAVY
    if any(value > GREATEST_SHARE.get(measure, value) for value, measure in said):
        return Doubt.MORE_THAN_THE_WHOLE
    return None
