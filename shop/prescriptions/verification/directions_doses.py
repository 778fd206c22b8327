"""The doses of plain directions: how much at one time, and how often. Pure.

Each must have its own frequency, and no figure may be left over; else there are none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from shop.prescriptions.verification.directions_text import ML_OF, PILLS, RANGE, SLOTS, Often, number

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
DOSE = re.compile(rf"(?<![\d@.,/]){RANGE} ?(?:({_UNIT_WORDS})\b|{_PLAIN})")


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


def doses_of(text: str, often: list[Often]) -> list[Dose] | None:
    """Each dose of the text; None where a figure is left over or a dose has no frequency."""
    places = list(DOSE.finditer(text))
    if not places or re.search(r"\d", re.sub(r"@\d+@", "", DOSE.sub(" ", text))):
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
    if len(doses) > 1 and any(dose.often.code for dose in doses):
        return None  # on other days, or once: not together
    return doses


def by_ceiling(text: str, most: Fraction) -> tuple[str, list[Often]]:
    """The text with the frequency that its ceiling allows: "1 tablet, at most 4 a day" is up to four times.

    Unchanged where there is not one dose, or where the ceiling is below one dose.
    """
    places = list(DOSE.finditer(text))
    if len(places) != 1:
        return text, []
    high = number(places[0][2] or places[0][1]) * ML_OF.get(places[0][3] or "", 1)
    return (f"{text} @0@", [Often(Fraction(0), most / high)]) if 0 < high <= most else (text, [])


def _unit(word: str) -> str:
    if not word or word in ML_OF:
        return "mL" if word else ""
    return next((unit for unit, words in COUNTED.items() if re.fullmatch(words, word)), "pill")


def _slots(said: Iterable[Often]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code for one in said if one.code in SLOTS or one.code == "meals"))


def _times(often: list[Often]) -> Often | None:
    """How often one dose is taken, from all that is said of it; None where that disagrees or is nothing."""
    slots = {one.code for one in often if one.code in SLOTS}
    if any(one.code == "once" for one in often):
        return often[0] if len(often) == 1 else None
    stated = [one for one in often if one.code not in SLOTS and one.code != "meals"]
    exact = [one for one in stated if one.code not in ("daily", "every day")]  # "every 12 hours daily"
    weekly = [one for one in stated if one.code.startswith("wkd_") or one.code == "monthly"]
    figures = {(one.low, one.high) for one in (stated if weekly else exact or stated)}
    if len(figures) > 1 or (slots and weekly):
        return None
    if weekly:
        return weekly[0]
    if figures:
        low, high = figures.pop()
        hours = next((one.hours for one in stated if one.hours), None)
        return None if high <= 1 and len(slots) > 1 else Often(low, high, "", hours)
    count = Fraction(len(slots) + 3 * any(one.code == "meals" for one in often))
    return Often(count, count) if count else None
