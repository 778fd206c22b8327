"""Quantity and refills as a prescription writes them: "#30 (thirty)", "QS", "PRN", "1 year". Pure.

A plain figure is taken as it is. Anything else is read and proposed, and the pharmacist confirms it; words
and figures that differ, or that cannot be read, are asked about.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from shop.prescriptions.verification.number_words import ONES, TENS

YEAR_DAYS = 365
MOST_REFILLS = 11
"""A fill and eleven refills: a year of months. Store policy: in most states a prescription lives a year."""
NUMBERS = {word: value for value, word in enumerate(ONES)} | {
    word: 10 * value for value, word in enumerate(TENS) if word
}
NUMBERS["none"] = 0  # "0 (none)"
COUNTED = re.compile(
    r"\b(tab(let)?s?|cap(sule|let)?s?|pills?|ml|mls|milliliters?|cc|grams?|gm|g|packs?|bottles?|units?|dispense"
    r"|disp|qty|quantity|refills?|rf|times?|more|only|of|x)\b|#"
)
NONE = frozenset(["none", "no", "nr", "0", "zero", "nil", "non rep", "do not", "non", "not"])
_REFILL = re.compile(r"\b(refill(s|able)?|rf)\b")
_AS_NEEDED = re.compile(r"\b(prn|as needed|ad lib|pro re nata)\b")
_PERIOD = re.compile(r"(?:x |for |times )?(\w+) (years?|yrs?|y|months?|mos?)")
_ENOUGH = re.compile(r"(?:qs|q s|quantity sufficient)(?: (?:x |for )?(\d+) days?(?: supply)?)?")


class Doubt(StrEnum):
    """Why a figure is not plainly there."""

    MISSING = "missing"
    PROPOSED = "proposed"
    DIFFER = "differ"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Written:
    """What was read. `value` is None where the pharmacist has to ask; `doubt` says what to do about it."""

    text: str
    value: int | None = None
    doubt: Doubt | None = None


def quantity(text: str, days: int | None = None, a_day: Fraction | None = None) -> Written:
    """Units of a fill. "QS" is what `a_day` units use in `days` days, where both are known."""
    plain = _plain(text)
    if enough := _ENOUGH.fullmatch(plain):
        said = int(enough[1]) if enough[1] else days
        if days is not None and said != days:
            return Written(text, None, Doubt.DIFFER)
        if said is None or not a_day:
            return Written(text, None, Doubt.UNREADABLE)
        return Written(text, ceil(a_day * said), Doubt.PROPOSED)
    return _figure(text, plain)


def refills(text: str, days: int | None = None) -> Written:
    """Refills after the first fill. "PRN", "1 year" and "PRN x 6 months" are as many as fill that time with
    `days` days each, a year where none is said.
    """
    plain = _plain(text)
    if plain in NONE or _plain(_REFILL.sub(" ", plain)) in NONE:
        return Written(text, 0, None if plain == "0" else Doubt.PROPOSED)
    rest = _plain(_AS_NEEDED.sub(" ", _REFILL.sub(" ", plain)))
    period = _days_of(rest) if rest else YEAR_DAYS if _AS_NEEDED.search(plain) else None
    if period is not None:
        if not days:
            return Written(text, None, Doubt.UNREADABLE)
        return Written(text, min(MOST_REFILLS, max(0, period // days - 1)), Doubt.PROPOSED)
    return _figure(text, plain)


def _days_of(plain: str) -> int | None:
    """Days of "1 year", "for 12 months", "x 6 mo", at most a year; None for anything else."""
    found = _PERIOD.fullmatch(plain)
    if found is None:
        return None
    count = 1 if found[1] == "a" else int(found[1]) if found[1].isdecimal() else NUMBERS.get(found[1])
    if not count:
        return None
    return min(YEAR_DAYS, count * YEAR_DAYS // (1 if found[2].startswith("y") else 12))


def _figure(text: str, plain: str) -> Written:
    if not text.strip():
        return Written(text, None, Doubt.MISSING)
    figures = {int(found) for found in re.findall(r"\d+", plain)}
    words = re.sub(r"\d+|[()]", " ", COUNTED.sub(" ", plain)).split()
    spelled = _spelled(words)
    if words and spelled is None:
        return Written(text, None, Doubt.UNREADABLE)
    values = figures | ({spelled} if spelled is not None else set())
    if len(values) > 1:
        return Written(text, None, Doubt.DIFFER)
    value = values.pop() if values else None
    if value is None:
        return Written(text, None, Doubt.UNREADABLE)
    return Written(text, value, None if text.strip() == str(value) else Doubt.PROPOSED)


def _plain(text: str) -> str:
    """Lower case, one space, "30" for full-width digits; a number with a point in it stays unreadable."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"(?<=\d)[.,](?=\d)", " cut ", re.sub(r"\bx(?=\d)", "x ", plain))
    plain = re.sub(r"(?<=\d)(?=[a-z])", " ", plain)  # "100ml"
    return " ".join(re.sub(r"[.,;:/]|(?<=[a-z])-(?=[a-z])", " ", plain).split())


def _spelled(words: list[str]) -> int | None:
    """ "one hundred and twenty": 120; None for anything that is no number below a thousand, or nothing."""
    words = [word for word in words if word != "and"]
    if not words:
        return None
    total = 0
    if "hundred" in words:
        before, words = words[: (place := words.index("hundred"))], words[place + 1 :]
        if len(before) > 1 or any(word not in ONES[1:10] for word in before):
            return None
        total = 100 * (NUMBERS[before[0]] if before else 1)
    if len(words) == 2 and words[0] in TENS and words[1] in ONES[1:10]:
        return total + NUMBERS[words[0]] + NUMBERS[words[1]]
    if len(words) == 1 and words[0] in NUMBERS:
        return total + NUMBERS[words[0]]
    return total if not words else None
