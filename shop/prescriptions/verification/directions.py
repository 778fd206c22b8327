"""Directions, read from the sentence: doses, how often, how long, and what that uses a day. Pure.

The one home of reading them: days' supply, the daily dose and the label's words all come from `read`. It
fails closed: what is not read whole (tapers, "as directed", doses in mg, another language) has no doses, and
the pharmacist enters the days. A wrong figure would be worse than none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from shop.prescriptions.verification.directions_rest import NOTHING, Rest, rest_of
from shop.prescriptions.verification.directions_text import (
    AS_NEEDED,
    BESIDE,
    CLOCK,
    LASTS,
    ML_OF,
    MOST_A_DAY,
    PHASED,
    PILLS,
    RANGE,
    SLOTS,
    STRENGTH,
    Often,
    frequencies,
    number,
    one_space,
    plain,
)

LONGEST_READ = 500
DAYS = {"d": 1, "n": 1, "w": 7, "m": 30}
COUNTED = {  # what is counted beside pills and mL; the word after the figure decides
    "puff": r"puffs?|inhalations?",
    "drop": r"drops?|gtts?",
    "spray": r"sprays?",
    "patch": r"patch(?:es)?",
    "suppository": r"suppositor(?:y|ies)",
    "vial": r"vials?",
    "insulin unit": r"units?",
}
_UNIT_WORDS = "|".join([PILLS, *ML_OF, *COUNTED.values()])
_PLAIN = (
    r"(?=\s*(?:@|po\b|by mouth|orally|oral\b|$))"  # "1 po bid": a figure that can only be a number of pills
)
_DOSE = re.compile(rf"(?<![\d@.,/]){RANGE} ?(?:({_UNIT_WORDS})\b|{_PLAIN})")
_AS_DIRECTED = re.compile(
    r"\b(?:as directed|uad|ut dict|as instructed|per instructions"
    r"|follow \w+ ?\w* (?:directions|instructions))\b"
)


_MEALTIME = re.compile(
    r"\b(?:before|after|with|at) (?:breakfast|lunch(?:time)?|dinner|supper|(?:the )?evening meal)\b"
    r"|\b(?:before|after) (?:each |every )?meals?\b|\b[ap]c\b"
)


class Reading(StrEnum):
    """`read`: every word is accounted for · `guessed`: dose and frequency are, other words are left over ·
    `left` to the person."""

    READ = "read"
    GUESSED = "guessed"
    LEFT = "left"


@dataclass(frozen=True)
class DailyUse:
    """Units used a day, from `low` to `high`. What is taken as needed has no least: `low` is 0."""

    low: Fraction
    high: Fraction

    def days(self, quantity: int) -> int:
        """The days `quantity` units last where the most is used; a day that is not whole is not counted."""
        return max(1, floor(quantity / self.high))

    def agrees(self, quantity: int, days: int) -> bool:
        """Whether `quantity` units can last `days` days, half a day's use of rounding allowed."""
        longest = ceil(quantity / self.low) if self.low else None
        return self.days(quantity) <= days and (longest is None or days <= longest)


@dataclass(frozen=True)
class Dose:
    """From `low` to `high` of a unit at one time: "pill", "mL", one of `COUNTED`, or "" for a bare figure.

    `word` is the directions' own ("tablet"); `slots` are times of day (keys of `SLOTS`, and "meals") where
    that is how they say it.
    """

    low: Fraction
    high: Fraction
    unit: str
    word: str
    often: Often
    slots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directions:
    """What directions say. Without `doses` nothing of them may be counted.

    `days` is how long they say it is taken; `most_a_day` units in 24 hours; `phased`: they change in between.
    `rest` has route, what it is for, the manner, and the words that are left over.
    """

    reading: Reading
    doses: tuple[Dose, ...] = ()
    as_needed: bool = False
    days: int | None = None
    most_a_day: Fraction | None = None
    phased: bool = False
    as_directed: bool = False
    rest: Rest = NOTHING

    def use(self, unit: str) -> DailyUse | None:
        """What they use a day of a medicine in this unit ("pill" or "mL"), on the average day."""
        if not self._counts(unit):
            return None
        most = [] if self.most_a_day is None else [self.most_a_day]
        high = min([sum((dose.high * dose.often.high for dose in self.doses), Fraction()), *most])
        least = min(sum((dose.low * dose.often.low for dose in self.doses), Fraction()), high)
        return DailyUse(Fraction(0) if self.as_needed else least, high) if high > 0 else None

    def most_on_a_day(self, unit: str) -> Fraction | None:
        """The most on a day on which it is taken: once a week one tablet is one, not a seventh."""
        if self.use(unit) is None:
            return None
        most = [] if self.most_a_day is None else [self.most_a_day]
        return min(
            [sum((dose.high * max(dose.often.high, Fraction(1)) for dose in self.doses), Fraction()), *most]
        )

    def most_at_once(self, unit: str) -> Fraction | None:
        """The most at one time."""
        return max(dose.high for dose in self.doses) if self.use(unit) is not None else None

    @property
    def days_a_week(self) -> int:
        """On how many days of a week it is taken, at most."""
        return max((min(7, ceil(7 * dose.often.high)) for dose in self.doses), default=7)

    @property
    def times_a_day(self) -> Fraction | None:
        """How many times on a day on which it is taken, at most; None where nothing is read."""
        return sum((max(dose.often.high, Fraction(1)) for dose in self.doses), Fraction()) or None

    def _counts(self, unit: str) -> bool:
        units = {dose.unit for dose in self.doses}
        return unit in ("pill", "mL") and bool(units) and units <= ({unit, ""} if unit == "pill" else {unit})


def daily_use(directions: str, unit: str) -> DailyUse | None:
    """What these directions use a day, in the medicine's `unit` ("pill" or "mL"); None where unsure."""
    return read(directions).use(unit)


@lru_cache(maxsize=256)
def read(directions: str) -> Directions:
    """Directions as they were typed, as far as they can be read without guessing at figures."""
    try:
        return _read(directions)
    except ValueError:  # a figure that is none: "1/0 tablet"
        return Directions(Reading.LEFT)


def _read(directions: str) -> Directions:
    text = plain(directions[:LONGEST_READ])
    as_directed = bool(_AS_DIRECTED.search(text))
    phased = bool(PHASED.search(text))
    lasting = [_days(found) for found in LASTS.finditer(text)]
    days = lasting[0] if len(lasting) == 1 else None
    nothing = Directions(Reading.LEFT, phased=phased, as_directed=as_directed, days=days)
    if phased or CLOCK.search(text) or len(directions) > LONGEST_READ:
        return nothing
    as_needed = bool(AS_NEEDED.search(text))
    text = one_space(STRENGTH.sub(" ", AS_NEEDED.sub(" ", text)))
    stated = [found["mdd"] or found["max"] for found in MOST_A_DAY.finditer(text)]
    most = [number(figure) for figure in stated if figure]
    unsaid = [found[0] for found in _MEALTIME.finditer(text)]  # counted, and not printed in other words
    unsaid += ["most a day"] if len(most) < len(stated) and not most else []
    beside = " ".join(found[0] for found in BESIDE.finditer(text))
    text = BESIDE.sub(" ", MOST_A_DAY.sub(" ", text))
    text, often = frequencies(text)
    ends = list(LASTS.finditer(text))
    lasting = [_days(found) for found in ends]
    starts = [place.start() for place in _DOSE.finditer(text)]
    if any(starts[0] < end.start() < starts[-1] for end in ends[: len(starts)]):  # what comes after another
        return nothing
    text = LASTS.sub(" ", text)
    doses = _doses(text, often)
    if doses is None or len(lasting) > 1:
        return nothing
    left_over = re.sub(r"@\d+@", " ", _DOSE.sub(" ", text))
    rest = rest_of(one_space(_AS_DIRECTED.sub(" ", left_over)), beside, as_needed)
    return Directions(
        Reading.GUESSED if rest.words or unsaid else Reading.READ,
        tuple(doses),
        as_needed,
        lasting[0] if lasting else None,
        min(most, default=None),
        as_directed=as_directed,
        rest=rest,
    )


def _days(found: re.Match[str]) -> int:
    return int(found["count"][:6]) * DAYS[found["each"][0]]


def _doses(text: str, often: list[Often]) -> list[Dose] | None:
    """Each dose of the text; None where a figure is left over or a dose has no frequency."""
    places = list(_DOSE.finditer(text))
    if not places or re.search(r"\d", re.sub(r"@\d+@", "", _DOSE.sub(" ", text))):
        return None
    doses = []
    for place, following in zip(places, [*places[1:], None], strict=True):
        piece = text[place.end() : following.start() if following else len(text)]
        if place is places[0]:
            piece = text[: place.start()] + piece
        said = [often[int(mark)] for mark in re.findall(r"@(\d+)@", piece)]
        times = _times(said)
        if times is None:
            return None
        word = place[3] or ""
        each = ML_OF.get(word, 1)
        low, high = number(place[1]) * each, number(place[2] or place[1]) * each
        if not low <= high or not high:
            return None
        doses.append(Dose(low, high, _unit(word), word, times, _slots(said)))
    return doses


def _unit(word: str) -> str:
    if not word or word in ML_OF:
        return "mL" if word else ""
    return next((unit for unit, words in COUNTED.items() if re.fullmatch(words, word)), "pill")


def _slots(said: Iterable[Often]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code for one in said if one.code in SLOTS or one.code == "meals"))


def _times(often: list[Often]) -> Often | None:
    """How often one dose is taken, from all that is said of it; None where that disagrees or is nothing."""
    slots = {one.code for one in often if one.code in SLOTS}
    stated = [one for one in often if one.code not in SLOTS and one.code != "meals"]
    exact = [one for one in stated if one.code not in ("daily", "every day")]  # "every 12 hours daily"
    figures = {(one.low, one.high) for one in exact or stated}
    if len(figures) > 1:
        return None
    if figures:
        low, high = figures.pop()
        hours = next((one.hours for one in stated if one.hours), None)
        return None if high == 1 and len(slots) > 1 else Often(low, high, "", hours)
    count = Fraction(len(slots) + 3 * any(one.code == "meals" for one in often))
    return Often(count, count) if count else None
