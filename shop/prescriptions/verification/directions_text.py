"""The words of directions made plain, and how often they say something is taken. Pure.

Used by `directions` alone: what is not known here stays in the text, and keeps it from being read.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from shop.prescriptions.verification.number_words import ONES

FIGURES = {word: number for number, word in enumerate(ONES)} | {  # "twenty one" is "20 1", and isn't read
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
    r"\b(then|repeat|additional|extra|increase|decrease|taper|titrate|stop|alternat\w+|except"
    r"|single(?! dose)|first(?! thing)"
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
    rf"(?P<max>{NUMBER})(?: ?{UNITS}(?: ?{A_DAY})?| ?{A_DAY}|(?= mdd|$))"
    rf"|(?={A_DAY}|mdd|$)(?:{A_DAY})?)"
)
MOST_DOSES = re.compile(rf"\b(?:{AT_MOST}) ?[:=]? ?(?P<doses>\d+) doses?(?: {A_DAY})")
MAY_REPEAT = re.compile(
    rf"\b(?:and )?(?:may|can) (?:be )?repeat(?:ed)?(?: once| x ?1| 1 time| dose)*"
    rf"(?: (?:in|after|every) {NUMBER} ?(?:hours?|hrs?|h|minutes?|mins?))?(?: once| x ?1| 1 time)*\b"
)
STRENGTH = re.compile(
    rf"\(?(?:{NUMBER} ?- ?)?{NUMBER} ?(?:mg|mcg|milligrams?|micrograms?|units?|meq|%)( total)?\)?"
)
LASTS = re.compile(
    r"\b(?:for |x ?|times )?(?:up to |the next |no more than )?(?P<count>\d+) (?:more )?"
    r"(?P<each>d|days?|weeks?|wks?|nights?|months?)(?: supply)?\b"
)
BESIDE = re.compile(
    r"\bwith (?:a full glass|\d+ ?(?:oz|ounces)) of water\b"
    r"|\b\d+(?:-\d+)? ?(?:minutes?|mins?|hours?|h) (?:before|after|prior|apart)\b"
    r"|\b\d+(?:-\d+)? ?(?:minutes?|mins?) (?=[ap]c\b)"
)
GLUED = re.compile(
    r"\b(?:bid|tid|qid|qd|daily|h|hr|int|days|tabs|caps)(?=prn|instr|int|for|x \d)|\bprn(?=[a-z])"
)

DISPENSED = re.compile(
    rf"# ?\d+\b|\b(?:dispense|disp|qty|quantity):? ?#? ?\d+(?: ?{UNITS})?\b"
    r"|\b\d+ (?:rf|refills?) ?\d+\b|\b(?:rf|refills?):? ?\d+\b"
)
"""How much is dispensed: no figure of a dose, and words for whoever reads them."""
ONCE = re.compile(
    r"(?<!@ )\b(?:as )?(?:a )?(?:single|1 time) dose\b(?: only)?"
    r"|\b(?:for|x) ?1 (?:dose|time)(?: only)?\b|\bx ?1$"
    r"|(?<!@ )\bonce(?: only)?\b(?! ?(?:@|a\b|per|every|each|month|in\b|on\b|after|or|daily))"
)
WEEKDAYS = {
    **{"a": r"mon(?:days?)?", "b": r"tue(?:s|sdays?)?", "c": r"wed(?:s|nesdays?)?"},
    **{"d": r"thu(?:rs?|rsdays?)?", "e": r"fri(?:days?)?", "f": r"sat(?:urdays?)?", "g": r"sun(?:days?)?"},
}
NAMED_DAYS = "wkd_"
_A_WEEKDAY = "|".join(WEEKDAYS.values())
_WEEKDAYS = re.compile(
    rf"\b(?:on |every |each |q ?)+(?:{_A_WEEKDAY})\b(?:(?: ?(?:and|&|/) ?| )(?:{_A_WEEKDAY})\b)*"
    rf"|\b(?:{_A_WEEKDAY})\b(?:(?: ?(?:and|&|/) ?| )(?:{_A_WEEKDAY})\b)+"
)
_NOT_ITS_DAYS = re.compile(
    r"\b(?:start\w*|begin\w*|next|until|till?|last|from|due|after|except|skip\w*|not|no|but|off|avoid|thr\w+"
    rf"|without)\b|\b(?:{_A_WEEKDAY}) ?(?:-|to) ?(?:{_A_WEEKDAY})\b"
)
_SPAN = rf"({'|'.join(['qd', 'daily', 'bid', 'tid'])}) ?(?:-|to|or) ?(bid|tid|qid)"

COUNTS = {"once": 1, "twice": 2, "thrice": 3}
EACH_DAY = r"(?:(?:a|per|every|each|in a|/) ?day|daily|q ?d)"
CODES = {
    **dict.fromkeys(
        ["qd", "q day", "qday", "q d", "daily", "every day", "everyday", "each day"], Fraction(1)
    ),
    **{"bid": Fraction(2), "tid": Fraction(3), "qid": Fraction(4)},
    **dict.fromkeys(["hourly", "every hour"], Fraction(24)),
    **dict.fromkeys(["every other day", "qod", "q o d"], Fraction(1, 2)),
    **dict.fromkeys(["weekly", "every week", "each week", "q week", "qweek", "q wk", "qwk"], Fraction(1, 7)),
    **dict.fromkeys(["tiw", "t i w"], Fraction(3, 7)),
}
_ONE_A = re.compile(
    rf"(?<![\d/.,-])(?<!\d )(?<!to )(?<!or )(1(?:/2)? {UNITS}) (?:a|per) (?P<each>day|week|month)\b"
)
""" "1 tab a day". Of two a day nobody knows whether they are taken together."""
_ONCE_DAILY = re.compile(rf"\b((?:{UNITS})(?: (?:po|by mouth|orally))?|po|by mouth) o ?d\b")
""" "1 tab od": of what is swallowed; of eye drops it is the right eye."""
_EACH = {"day": "daily", "week": "weekly", "month": "monthly"}
_MONTHLY = re.compile(
    r"\b(?:once|1 time|1 x)(?: ?(?:a|per|each|every|/) ?month| monthly)\b"
    r"|(?<!twice )(?<!thrice )(?<!times )(?<!x )(?<!\d )(?<!-)\b(?:monthly|(?:every|each|q) ?month)\b"
)
_ALTERNATE_DAYS = re.compile(r"\b(?:(?:on|every) )?alternat(?:e|ing) days?\b")
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
    # "one (1) tablet", "2 two times": said twice; "on day 1, 1 tablet" isn't
    text = re.sub(rf"(?<![\d/.])({NUMBER}) (?:-? ?)?\(?\1(?![\d/.])\)?", r"\1", text)
    text = re.sub(rf"\b(i{{1,3}})(?= ?(?:{UNITS})\b)", lambda found: str(len(found[1])), text)  # "ii caps"
    text = one_space(re.sub(r"[();]|[,.](?!\d)", " ", text))
    text = re.sub(r"(\d) (?:and|&) (?=\d/\d)", r"\1 ", text)
    if len(re.findall(rf"\d ?(?:{UNITS})\b", text)) == 1:  # not "1 tab and 2 tabs on alternate days"
        text = _ALTERNATE_DAYS.sub("every other day", text)
    text = _ONE_A.sub(lambda found: f"{found[1]} {_EACH[found['each']]}", text)
    text = _ONCE_DAILY.sub(r"\1 qd", text)
    return re.sub(rf"(?<![\d/.-])({NUMBER} ?(?:-|to|or) ?{NUMBER}) \1(?![\d/.])", r"\1", text)


def days_of(found: re.Match[str]) -> int:
    """The days of a match of LASTS: "2 weeks" is 14."""
    return int(found["count"][:6]) * {"d": 1, "n": 1, "w": 7, "m": 30}[found["each"][0]]


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
        count = COUNTS.get(match[1] or match[2]) or number(match[1] or match[2])
        return always(Fraction(count) / 7) if 0 < count <= 7 else " ?9? "

    def span(match: re.Match[str]) -> str:
        low, high = CODES[match[1]], CODES[match[2]]
        return put(low, high) if low < high else " ?9? "

    def weekdays(match: re.Match[str]) -> str:
        return always(Fraction(len(match[1]), 7), match[0].strip())

    def every_days(match: re.Match[str]) -> str:
        days = number(match[1]) * (7 if match[2].startswith("w") else 1)
        return always(1 / days) if days else " ?9? "

    text = re.sub(rf"\b(?:every|q) ?{RANGE} ?(?:h|hrs?|hours?)\b", per_hours, text)
    text = re.sub(rf"\b(?:every|q) ?({NUMBER}) ?(d|days?|weeks?|wks?)\b", every_days, text)
    text = re.sub(
        rf"(?<![\d.,/-])(?:\b(once|twice|thrice|{NUMBER})(?: times?| x)?"
        r" ?(?:(?:a|per|each|every)\b|/) ?(?:week|wk)"
        rf"|\b(once|twice|thrice|{NUMBER}(?= times| x))(?: times| x)? ?weekly)\b",
        times_a_week,
        text,
    )
    text = re.sub(rf"\b{NAMED_DAYS}([a-g]+)\b", weekdays, text)
    text = re.sub(rf"\b{_SPAN}\b", span, text)
    text = re.sub(rf"(?<![\d.,/])\b(?:up to )?{RANGE} ?(?:times?|x) ?(?:only )?{EACH_DAY}", times, text)
    text = re.sub(
        rf"\b(once|twice|thrice) {EACH_DAY}", lambda match: always(Fraction(COUNTS[match[1]])), text
    )
    text = _MONTHLY.sub(lambda _: always(Fraction(1, 30), "monthly"), text)
    coded = "|".join(sorted(CODES, key=len, reverse=True))
    text = re.sub(rf"\b(?:{coded})\b", lambda match: always(CODES[match[0]], match[0]), text)
    for slot, phrase in SLOTS.items():
        text = re.sub(rf"\b(?:{phrase})\b", partial(at_slot, slot), text)
    text = one_space(MEALS.sub(lambda _: always(Fraction(3), "meals"), text))
    text = ONCE.sub(lambda _: always(Fraction(1), "once"), text)
    return text, found


def by_weekdays(text: str) -> str:
    """Plain text with the days of the week on which it is taken as one word ("wkd_ace" is Mo, We, Fr)."""
    if _NOT_ITS_DAYS.search(text):
        return text
    return _WEEKDAYS.sub(_letters, re.sub(r"\bm(?:wf|-w-f|/w/f| w f)\b", "mon wed fri", text))


def _letters(found: re.Match[str]) -> str:
    named = [
        letter
        for word in re.findall(r"[a-z]+", found[0])
        for letter, day in WEEKDAYS.items()
        if re.fullmatch(day, word)
    ]
    return f" {NAMED_DAYS}{''.join(sorted(named))} " if len(set(named)) == len(named) else found[0]


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
