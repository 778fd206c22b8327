"""Directions, read from the sentence: doses, how often, how long, and what that uses a day. Pure.

The one home of reading them: days' supply, the daily dose and the label's words all come from `read`. It
fails closed: what is not read whole (tapers, "as directed", doses in mg, another language) has no doses, and
the pharmacist enters the days. A wrong figure would be worse than none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from shop.prescriptions.verification.directions_doses import DOSE, Dose, by_ceiling, doses_of
from shop.prescriptions.verification.directions_rest import NOTHING, Rest, rest_of
from shop.prescriptions.verification.directions_steps import second_dose_of, steps_of
from shop.prescriptions.verification.directions_text import (
    A_DAY,
    AS_NEEDED,
    BESIDE,
    CLOCK,
    DISPENSED,
    LASTS,
    MAY_REPEAT,
    MOST_A_DAY,
    MOST_DOSES,
    NAMED_DAYS,
    PHASED,
    STRENGTH,
    by_weekdays,
    days_of,
    frequencies,
    number,
    one_space,
    plain,
)

LONGEST_READ = 500
_AS_DIRECTED = re.compile(
    r"\b(?:as directed|uad|ut dict|as instructed|per instructions"
    r"|follow \w+ ?\w* (?:directions|instructions))\b"
)
_OR_AS_DIRECTED = re.compile(r"\bor (?:as directed|uad|ut dict|as instructed)\b")
"""What else was told is not known, so how much is used isn't either."""
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
class Directions:
    """What directions say. Without `doses` nothing of them may be counted.

    `days` is how long they say it is taken; `most_a_day` units in 24 hours; `phased`: they change in between.
    Where every change could be read, `steps` are those, one after the other, and `doses` is empty. `rest` has
    route, what it is for, the manner, and the words that are left over.
    """

    reading: Reading
    doses: tuple[Dose, ...] = ()
    as_needed: bool = False
    days: int | None = None
    most_a_day: Fraction | None = None
    phased: bool = False
    as_directed: bool = False
    rest: Rest = NOTHING
    steps: tuple["Directions", ...] = ()

    def use(self, unit: str) -> DailyUse | None:
        """What they use a day of a medicine in this unit ("pill" or "mL"), on the average day.

        Of steps it is known where the last one ends, too.
        """
        if self.steps and self.days:
            each = [(step.use(unit), step.days or 0) for step in self.steps]
            low = sum((use.low * days for use, days in each if use), Fraction())
            high = sum((use.high * days for use, days in each if use), Fraction())
            return DailyUse(low / self.days, high / self.days) if all(use for use, _ in each) else None
        if not self._counts(unit):
            return None
        most = [] if self.most_a_day is None else [self.most_a_day]
        high = min([sum((dose.high * dose.often.high for dose in self.doses), Fraction()), *most])
        least = min(sum((dose.low * dose.often.low for dose in self.doses), Fraction()), high)
        return DailyUse(Fraction(0) if self.as_needed else least, high) if high > 0 else None

    def most_on_a_day(self, unit: str) -> Fraction | None:
        """The most on a day on which it is taken: once a week one tablet is one, not a seventh."""
        if self.steps:
            return _highest([step.most_on_a_day(unit) for step in self.steps])
        if self.use(unit) is None:
            return None
        most = [] if self.most_a_day is None else [self.most_a_day]
        return min(
            [sum((dose.high * max(dose.often.high, Fraction(1)) for dose in self.doses), Fraction()), *most]
        )

    def most_at_once(self, unit: str) -> Fraction | None:
        """The most at one time."""
        if self.steps:
            return _highest([step.most_at_once(unit) for step in self.steps])
        return max(dose.high for dose in self.doses) if self.use(unit) is not None else None

    @property
    def days_a_week(self) -> int:
        """On how many days of a week it is taken, at most."""
        if self.steps:
            return max(step.days_a_week for step in self.steps)
        return max((min(7, ceil(7 * dose.often.high)) for dose in self.doses), default=7)

    @property
    def weekdays(self) -> str:
        """The days of the week that are named, by their letters ("ace" is Mo, We, Fr); "" where none are."""
        codes = {dose.often.code for dose in self.doses}
        code = codes.pop() if len(codes) == 1 and not self.steps else ""
        return code.removeprefix(NAMED_DAYS) if code.startswith(NAMED_DAYS) else ""

    @property
    def times_a_day(self) -> Fraction | None:
        """How many times on a day on which it is taken, at most; None where nothing is read."""
        if self.steps:
            return _highest([step.times_a_day for step in self.steps])
        return sum((max(dose.often.high, Fraction(1)) for dose in self.doses), Fraction()) or None

    def _counts(self, unit: str) -> bool:
        units = {dose.unit for dose in self.doses}
        return unit in ("pill", "mL") and bool(units) and units <= ({unit, ""} if unit == "pill" else {unit})


def _highest(amounts: Sequence[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return max(known) if len(known) == len(amounts) else None


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
    text = by_weekdays(plain(directions[:LONGEST_READ]))
    if len(directions) <= LONGEST_READ and (changing := _two_doses(text) or _steps(text)):
        return changing
    return _read_piece(text, too_long=len(directions) > LONGEST_READ)


def _two_doses(text: str) -> Directions | None:
    """Two doses of one day, which add up; when the second is due is left to whoever reads them."""
    found = second_dose_of(text)
    doses = [dose for piece in found[:2] for dose in _read_piece(piece).doses] if found else []
    if found is None or len(doses) != 2:
        return None
    return Directions(Reading.GUESSED, tuple(doses), days=1, rest=Rest(words=found[2]))


def _steps(text: str) -> Directions | None:
    """Directions that change, where every step is read and all but the last say how long they last."""
    steps = tuple(_read_piece(piece) for piece in steps_of(text))
    if not steps or any(one.reading is Reading.LEFT or one.as_directed for one in steps):
        return None
    if (
        not all(one.days for one in steps[:-1])
        or len({dose.unit or "pill" for one in steps for dose in one.doses}) > 1
    ):
        return None
    days = sum(one.days or 0 for one in steps) if steps[-1].days else None
    reading = Reading.GUESSED if any(one.reading is Reading.GUESSED for one in steps) else Reading.READ
    words = " ".join(one.rest.words for one in steps if one.rest.words)
    return Directions(reading, days=days, phased=True, rest=Rest(words=words), steps=steps)


def _has_daily_ceiling(text: str) -> bool:
    """Whether they say the most in a day in so many words; "max 2 tablets per attack" doesn't."""
    return any(
        found["mdd"] or (found["max"] and re.search(A_DAY, found[0])) for found in MOST_A_DAY.finditer(text)
    )


def _read_piece(text: str, *, too_long: bool = False) -> Directions:
    as_directed = bool(_AS_DIRECTED.search(text))
    by_day = _has_daily_ceiling(text)
    repeats = MAY_REPEAT.search(text) if by_day else None  # how often is known by the ceiling alone
    text = MAY_REPEAT.sub(" ", text) if repeats else text
    phased = bool(PHASED.search(text))
    lasting = [days_of(found) for found in LASTS.finditer(text)]
    days = lasting[0] if len(lasting) == 1 else None
    nothing = Directions(Reading.LEFT, phased=phased, as_directed=as_directed, days=days)
    if phased or CLOCK.search(text) or too_long or _OR_AS_DIRECTED.search(text):
        return nothing
    as_needed = bool(AS_NEEDED.search(text))
    dispensed = " ".join(found[0] for found in DISPENSED.finditer(text))
    text = one_space(STRENGTH.sub(" ", DISPENSED.sub(" ", AS_NEEDED.sub(" ", text))))
    most_doses = [int(found["doses"]) for found in MOST_DOSES.finditer(text)]
    text = one_space(MOST_DOSES.sub(" ", text))
    stated = [found["mdd"] or found["max"] for found in MOST_A_DAY.finditer(text)]
    most = [number(figure) for figure in stated if figure]
    unsaid = [found[0] for found in _MEALTIME.finditer(text)]  # counted, and not printed in other words
    unsaid += [dispensed] if dispensed else []
    unsaid += ["most a day"] if most_doses or (len(most) < len(stated) and not most) else []
    unsaid += [repeats[0]] if repeats else []
    beside = " ".join(found[0] for found in BESIDE.finditer(text))
    text = BESIDE.sub(" ", MOST_A_DAY.sub(" ", text))
    text, often = frequencies(text)
    ends = list(LASTS.finditer(text))
    lasting = [days_of(found) for found in ends]
    starts = [place.start() for place in DOSE.finditer(text)]
    if any(starts[0] < end.start() < starts[-1] for end in ends[: len(starts)]):  # what comes after another
        return nothing
    text = LASTS.sub(" ", text)
    if by_day and not often:
        text, often = by_ceiling(text, min(most))
        unsaid += ["up to the most a day"]
    doses = doses_of(text, often)
    if doses is None or len(lasting) > 1 or (most_doses and len(doses) > 1):
        return nothing
    most += [count * doses[0].high for count in most_doses]
    left_over = re.sub(r"@\d+@", " ", DOSE.sub(" ", text))
    rest = rest_of(one_space(_AS_DIRECTED.sub(" ", left_over)), beside, as_needed)
    if rest.words and any(one.code.startswith("wkd_") for one in often):
        return nothing  # "appointment on Monday"
    if any(one.code == "once" for one in often):
        if lasting not in ([], [1]):
            return nothing
        lasting = [1]
    return Directions(
        Reading.GUESSED if rest.words or unsaid else Reading.READ,
        tuple(doses),
        as_needed,
        lasting[0] if lasting else None,
        min(most, default=None),
        as_directed=as_directed,
        rest=rest,
    )
