"""The words of directions made plain, and how often they say something is taken. Pure.

Used by `directions` alone: what is not known here stays in the text, and keeps it from being read.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

WORDS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
FIGURES = {word: number for number, word in enumerate(WORDS)} | {  # "twenty one" is "20 1", and isn't read
    **{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80},
    **{"ninety": 90, "hundred": 100},
}
PILLS = r"tab(?:let)?s?|cap(?:sule|let)?s?|pills?|c"
TEASPOON, TABLESPOON = 5, 15  # mL
ML_OF = {"ml": 1, "mls": 1, "milliliter": 1, "milliliters": 1, "cc": 1} | {
    **dict.fromkeys(["teaspoon", "teaspoons", "teaspoonful", "tsp"], TEASPOON),
    **dict.fromkeys(["tablespoon", "tablespoons", "tablespoonful", "tbsp"], TABLESPOON),
}
UNITS = rf"(?:{PILLS}|{'|'.join(ML_OF)})"
NUMBER = r"\d+(?:\.\d+)?(?: \d+/\d+|/\d+)?"
RANGE = rf"({NUMBER})(?: ?(?:-|to|or) ?({NUMBER}))?"

PHASED = re.compile(
    r"\b(then|repeat|additional|extra|increase|decrease|taper|titrate|stop|alternat\w+|except|single|first"
    r"|followed|another|mon|tues|wednes|thurs|fri|satur|sun)(day)?\b"
    r"|(?<!a )(?<!per )(?<!every )(?<!each )\bday \d|\bdays \d|\bon day"
)
AS_NEEDED = re.compile(r"\b(prn|as needed|(only )?if needed|when needed)\b")
A_DAY = r"(?:(?:per|a|each|every|/|in 1|in a) ?day|daily|(?:in|per|/) ?24 ?(?:hours|hrs?|h))"
AT_MOST = (
    r"max(?:imum)?(?: daily)?(?: dose| amount)?(?: of)?|(?:do not|not to|don't|never) exceed|no more than"
)
MOST_A_DAY = re.compile(
    rf"\bmdd ?[:=]? ?(?P<mdd>{NUMBER})?(?: ?{UNITS})?(?: {A_DAY})?"
    rf"|\b(?:{AT_MOST}) ?[:=]? ?(?:"
    rf"(?P<max>{NUMBER})(?: ?{UNITS}(?: {A_DAY})?| {A_DAY}|(?= mdd|$))"
    rf"|(?={A_DAY}|mdd|$)(?:{A_DAY})?)"
)
STRENGTH = re.compile(rf"\(?{NUMBER} ?(?:mg|mcg|milligrams?|micrograms?|units?|meq|%)( total)?\)?")
LASTS = re.compile(
    r"\b(?:for |x ?|times )?(?:up to |the next |no more than )?(?P<count>\d+) (?:more )?"
    r"(?P<each>d|days?|weeks?|wks?|nights?|months?)(?: supply)?\b"
)
BESIDE = re.compile(
    r"\bwith (?:a full glass|\d+ ?(?:oz|ounces)) of water\b"
    r"|\b\d+(?:-\d+)? ?(?:minutes?|mins?|hours?|h) (?:before|after|prior|apart)\b"
)
GLUED = re.compile(
    r"\b(?:bid|tid|qid|qd|daily|h|hr|int|days|tabs|caps)(?=prn|instr|int|for|x \d)|\bprn(?=[a-z])"
)

COUNTS = {"once": 1, "twice": 2, "thrice": 3}
EACH_DAY = r"(?:(?:a|per|every|each|in a|/) ?day|daily|q ?d)"
CODES = {
    **dict.fromkeys(["qd", "q day", "q d", "daily", "every day", "everyday", "each day"], Fraction(1)),
    **{"bid": Fraction(2), "tid": Fraction(3), "qid": Fraction(4)},
    **dict.fromkeys(["hourly", "every hour"], Fraction(24)),
    **dict.fromkeys(["every other day", "qod", "q o d"], Fraction(1, 2)),
    **dict.fromkeys(["weekly", "every week", "q week", "qweek"], Fraction(1, 7)),
}
SLOTS = {
    "morning": r"(?:in the |every |each )?morning|q ?am|am|(?:with |at |before |after )?breakfast",
    "noon": r"(?:at )?noon|midday|(?:with |at |before |after )?lunch(?:time)?",
    "evening": r"(?:in the |every |each )?evening(?: meal)?|q ?pm|pm"
    r"|(?:with |at |before |after )?(?:dinner|supper)",
    "night": r"(?:at |before |every |each )?bed ?time|before bed|q ?hs|hs|nightly|(?:at |every |each )night",
}
CLOCK = re.compile(rf"(?<![\d.,/:]){NUMBER}(?::\d\d)? ?[ap] ?m\b")
"""9 am": a time. It may as well be nine in the morning, so nothing of such directions is counted."""
MEALS = re.compile(r"\b(?:with|before|after) (?:each |every )?meals?\b|\b(?:ac|pc)\b")


@dataclass(frozen=True)
class Often:
    """How many times a day; `code` is the phrase's own, "" for one of figures. `hours` are those in between,
    where the directions go by the clock."""

    low: Fraction
    high: Fraction
    code: str = ""
    hours: tuple[Fraction, Fraction] | None = None


def plain(directions: str) -> str:
    """Lower case, one space, figures for words, letters and figures apart, doubled numbers once."""
    text = re.sub(r"(?<=\d)-(?=[¼½¾])", " ", directions)
    # "1½" is "1 1/2", never "11/2"; other raised or circled figures are figures of their own
    text = "".join(f" {one} " if unicodedata.category(one) == "No" else one for one in text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.replace("⁄", "/").replace("×", "x").replace("@", " at ")  # "@0@" is a mark of ours below
    text = re.sub(r"[‐-―−]", "-", text)
    text = re.sub(r"\b(one|a)[ -]half\b|\bhalf (a )?(?=tab|cap|pill)", "1/2 ", text)
    for word, figure in FIGURES.items():
        text = re.sub(rf"\b{word}\b", str(figure), text)
    text = re.sub(r"(?<![\d/.,-])(\d+)-(?=\d+/\d)", r"\1 ", text)  # "1-1/2" as it is written for 1 1/2
    text = re.sub(r"(?:(?<=[\s(])|^)\.(?=\d)", "0.", text)
    text = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", text)
    text = re.sub(r"\b([bt]|q)\.? ?i\.? ?d\b\.?", r"\1id", text)
    for _ in range(2):  # as systems glue them: "tidprnas needed"
        text = GLUED.sub(r"\g<0> ", text)
    text = one_space(re.sub(r"[();]|[,.](?!\d)", " ", text))
    text = re.sub(r"(\d) (?:and|&) (?=\d/\d)", r"\1 ", text)
    return re.sub(rf"(?<![\d/.])({NUMBER}) (?:-? ?)?\1(?![\d/.])", r"\1", text)


def one_space(text: str) -> str:
    return " ".join(text.split())


def frequencies(text: str) -> tuple[str, list[Often]]:
    """The text with each frequency as "@0", "@1" …, and what those are."""
    found: list[Often] = []

    def put(
        low: Fraction, high: Fraction, code: str = "", hours: tuple[Fraction, Fraction] | None = None
    ) -> str:
        found.append(Often(low, high, code, hours))
        return f" @{len(found) - 1}@ "

    def always(value: Fraction, code: str = "") -> str:
        return put(value, value, code)

    def at_slot(slot: str, _: re.Match[str]) -> str:
        return always(Fraction(1), slot)

    def per_hours(match: re.Match[str]) -> str:
        first = number(match[1])
        last = number(match[2]) if match[2] else first
        return put(24 / last, 24 / first, "", (first, last)) if 0 < first <= last else " ?9? "

    def times(match: re.Match[str]) -> str:
        first = number(match[1])
        last = number(match[2]) if match[2] else first
        return put(first, last) if first <= last else " ?9? "

    def times_a_week(match: re.Match[str]) -> str:
        count = COUNTS.get(match[1]) or number(match[1])
        return always(Fraction(count) / 7)

    def every_days(match: re.Match[str]) -> str:
        days = number(match[1]) * (7 if match[2].startswith("w") else 1)
        return always(1 / days) if days else " ?9? "

    text = re.sub(rf"\b(?:every|q) ?{RANGE} ?(?:h|hrs?|hours?)\b", per_hours, text)
    text = re.sub(rf"\b(?:every|q) ?({NUMBER}) ?(d|days?|weeks?|wks?)\b", every_days, text)
    text = re.sub(
        rf"\b(once|twice|thrice|{NUMBER})(?: times| x)? (?:a|per|each|every|/) ?week\b", times_a_week, text
    )
    text = re.sub(rf"(?<![\d.,/])\b(?:up to )?{RANGE} ?(?:times?|x) ?(?:only )?{EACH_DAY}", times, text)
    text = re.sub(
        rf"\b(once|twice|thrice) {EACH_DAY}", lambda match: always(Fraction(COUNTS[match[1]])), text
    )
    coded = "|".join(sorted(CODES, key=len, reverse=True))
    text = re.sub(rf"\b(?:{coded})\b", lambda match: always(CODES[match[0]], match[0]), text)
    for slot, phrase in SLOTS.items():
        text = re.sub(rf"\b(?:{phrase})\b", partial(at_slot, slot), text)
    text = MEALS.sub(lambda _: always(Fraction(3), "meals"), text)
    return text, found


def number(text: str) -> Fraction:
    """ "2", "1.5", "1/2", "1 1/2". Raises ValueError for what is none, or may be another ("1/0", "11/2")."""
    return sum((_fraction(part) for part in text.split()), Fraction())


def _fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    if not below:
        return Fraction(above)
    if not int(above) < int(below):  # "11/2" may be 1 1/2 run together, "10/5" is a strength
        raise ValueError(text)
    return Fraction(int(above), int(below))
