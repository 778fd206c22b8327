"""Directions that change: "2 tablets on day 1, then 1 daily for 4 days", parted into their steps. Pure.

Steps follow each other, so nothing of one is added to another. Where it isn't clear when one ends, there are
none, and the directions are left to the person.
"""

import re
from itertools import pairwise

from shop.prescriptions.verification.directions_text import (
    AS_NEEDED,
    LASTS,
    MEALS,
    NUMBER,
    SLOTS,
    STRENGTH,
    UNITS,
    days_of,
    frequencies,
    one_space,
)

MOST_STEPS = 8
_THEN = re.compile(r" (?:and )?(?:then|followed by) (?:take )?")
_ON_DAYS = re.compile(r"\b(?:on )?days? (?P<first>\d+)(?: ?(?:-|to|through) ?(?P<last>\d+))?\b")
_A_DOSE = re.compile(rf"(?<![\d.,/@-]){NUMBER}(?: ?(?:-|to|or) ?{NUMBER})? ?(?:{UNITS}|po|by mouth)\b")
_AT_FIRST = re.compile(r"\b(?:(?P<day>today)|now|stat|at once|immediately)\b")
_LATER = re.compile(
    rf"(?P<first>.+? {UNITS}(?: po| by mouth)?) (?:now|stat|at once|immediately"
    rf"|at (?:the )?(?:onset|first sign)s?(?: of(?: \w+){{1,3}})?)"
    rf" (?:and )?then (?:take )?(?P<second>{NUMBER} ?{UNITS})"
    rf" (?P<when>(?:in )?{NUMBER} ?(?:hours?|hrs?|h)(?: later)?)(?: once| only| x ?1)*"
)
_SAYS_NO_MORE = re.compile(r"@\d+@|\b(?:take|po|by mouth|orally|with food)\b")
_TIME_OF_DAY = re.compile("|".join([*SLOTS.values(), MEALS.pattern]))


def steps_of(text: str) -> tuple[str, ...]:
    """The steps of plain directions, each with its own frequency and all but the last with their days.

    Empty where the directions are of one piece, or change in a way that isn't plain.
    """
    pieces = [piece.strip() for piece in _THEN.split(text)]
    if len(pieces) == 1:
        pieces = _by_dose(text)
    if not 2 <= len(pieces) <= MOST_STEPS or AS_NEEDED.search(text) or STRENGTH.search(text):
        return ()
    return tuple(_with_days(_with_first_day(_with_dose(pieces))))


def second_dose_of(text: str) -> tuple[str, str, str] | None:
    """Two doses of one day and when the second is due: "2 tablets now, then 1 tablet 1 hour later"."""
    found = _LATER.fullmatch(text)
    return (f"{found['first']} daily", f"{found['second']} daily", found["when"]) if found else None


def _with_dose(pieces: list[str]) -> list[str]:
    """A step that says only how often has the dose before it: "1 tablet tid for 5 days, then bid"."""
    made = pieces[:1]
    for piece in pieces[1:]:
        rest, often = frequencies(LASTS.sub(" ", piece))
        bare = often and not _SAYS_NO_MORE.sub("", rest).strip()
        dose = list(_A_DOSE.finditer(made[-1])) if bare else []
        made.append(f"{dose[0][0]} {piece}" if len(dose) == 1 else piece)
    return made


def _with_first_day(pieces: list[str]) -> list[str]:
    """ "2 tablets today, then …" as a step of one day.

    "Now" may be the same day as what follows, so it is a step only before what is taken once a day at most.
    """
    found = _AT_FIRST.search(pieces[0])
    after = frequencies(pieces[1])[1]
    if (
        found is None
        or LASTS.search(pieces[0])
        or _ON_DAYS.search(pieces[0])
        or frequencies(pieces[0])[1]
        or not (found["day"] or (after and all(one.high <= 1 for one in after)))
    ):
        return pieces
    return [f"{one_space(_AT_FIRST.sub(' ', pieces[0], count=1))} daily for 1 days", *pieces[1:]]


def _by_dose(text: str) -> list[str]:
    """The pieces from each dose to the next, where each says how long it lasts.

    At a time of day they may as well belong to one day: "1 in the morning for 7 days, 2 at night for 7 days".
    """
    starts = [found.start() for found in _A_DOSE.finditer(text)]
    if len(starts) < 2 or _TIME_OF_DAY.search(text):
        return []
    places = [0, *starts[1:], len(text)]
    pieces = [
        re.sub(r"(?: (?:take|and|&))+$", "", text[start:end].strip()) for start, end in pairwise(places)
    ]
    whole = all(len(_A_DOSE.findall(piece)) == 1 and _ends(piece) == 1 for piece in pieces)
    return pieces if whole else []


def _ends(piece: str) -> int:
    return len(LASTS.findall(piece)) + len(_ON_DAYS.findall(piece))


def _with_days(pieces: list[str]) -> list[str]:
    """ "on days 2-5" as "for 4 days", where the days follow each other from the first; else nothing."""
    due = 1
    made = []
    for piece in pieces:
        named = list(_ON_DAYS.finditer(piece))
        if not named:
            found = LASTS.search(piece)
            due = 0 if found is None or due == 0 else due + days_of(found)
            made.append(piece)
            continue
        first = int(named[0]["first"])
        last = int(named[0]["last"] or first)
        if len(named) > 1 or first != due or last < first or LASTS.search(_ON_DAYS.sub(" ", piece)):
            return []
        rest = one_space(_ON_DAYS.sub(" ", piece))
        each = "" if frequencies(rest)[1] else " daily"
        made.append(f"{rest}{each} for {last - first + 1} days")
        due = last + 1
    return made
