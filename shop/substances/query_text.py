"""How the search reads text: words, strengths, package codes, and how many typing errors it forgives.

Pure decisions on strings.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from pathlib import Path

QUERY_CAP = 100
"""Characters of a query that are read; the longest product name a person types is far below it."""
WORD_CAP = 40
WORDS_CAP = 8
PACKAGE_DIGITS = 6
"""From this many digits on, a number may be the start of a package code (labeler and product)."""
HYPHENATED_DIGITS = 4
"""… and from this many on if a hyphen says that it is no strength."""
IMPRINT_PARTS = 4
AMOUNTS_CAP = 4
NAME_LETTERS = 4
"""Letters of a word that makes a number beside it a strength: "bac 10" is more likely an imprint."""

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"))
"""Hyphens, dashes and the minus sign, as a package code copied from a letter or a table may have them."""
_WORD = re.compile(r"[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_NDC_QUERY = re.compile(r"\s*(?:ndc\b[\s:#]*)?([\d\s-]+)", re.IGNORECASE | re.ASCII)
_GLUED = re.compile(r"(?<![^\W_])([a-z]{7,})(?=\d)")
"""A name and a number in one. Imprints and codes have fewer letters."""
_FILLERS = frozenset(
    [
        *("a", "an", "and", "for", "in", "of", "or", "the", "to", "with", "y", "con", "de", "para"),
        *(
            "buy",
            "cheap",
            "cost",
            "drug",
            "generic",
            "med",
            "medication",
            "medicine",
            "meds",
            "online",
            "otc",
        ),
        *("pill", "pills", "prescription", "price", "rx"),
    ]
)
"""Words beside a name that say nothing of it. Where a name has them, they are looked for first."""
_FILE = Path(__file__).parent / "data" / "asking.toml"
_ASKED = tomllib.loads(_FILE.read_text("utf-8"))
ASKING = frozenset((*_ASKED["english"], *_ASKED["spanish"]))
"""Words of a question or a wish, in English and Spanish."""
_ARTICLES = frozenset(_ASKED["articles"])
"""… and Spanish articles, where a word of letters follows: LA at the end is a form of release."""
_UNITS = frozenset(["g", "iu", "mcg", "mg", "ml", "unit", "units"])
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<number>\d[\d,]{0,11}(?:\.\d{1,9})?|\.\d{1,9})\s*(?P<unit>mcg|mg|g|ml|iu|units?)?(?![.,]?\w)",
    re.ASCII,
)
_MEASURES = {"mcg": (1, "mcg"), "mg": (1000, "mcg"), "g": (1_000_000, "mcg"), "units": (1, "unit")}


_INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x034F,
        0x061C,
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
    ]
)
"""Soft hyphens, zero-width spaces and joiners, marks of direction: what a copied name carries unseen."""
_WRITTEN_MEASURES = (
    (
        re.compile(r"(?<=\d)(\s*)(?:μg|ug|mcgs|micro\s?gram(?:me)?s?|microgramos?)(?![a-z])"),
        r"\1mcg",
    ),
    (re.compile(r"(?<=\d)(\s*)(?:mgs|milli\s?gram(?:me)?s?|miligramos?)(?![a-z])"), r"\1mg"),
    (re.compile(r"(?<=\d)(\s*)(?:grams?|grammes?|gramos?|gms?)(?![a-z])"), r"\1g"),
    (re.compile(r"(?<=\d)(\s*)(?:mls|milli\s?liters?|millilitres?|mililitros?)(?![a-z])"), r"\1ml"),
)
"""Measures as people write them: micro as µ (U+00B5), μ (U+03BC), u or mc."""


def fold(text: str) -> str:
    """Lower case without accents and what cannot be seen, dashes as hyphens, measures in their short form,
    so that a query need not repeat the label's `é` or `µ`.
    """
    text = text.replace("'", "").replace("’", "")
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(_DASHES).translate(_INVISIBLE))
        text = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
    text = text.lower()
    if any(c.isdigit() for c in text):
        for written, short in _WRITTEN_MEASURES:
            text = written.sub(short, text)
    return text


def asked(text: str) -> str:
    """What was typed, folded, a number parted from the name before it: "amoxicillin500mg"."""
    return _GLUED.sub(r"\1 ", fold(text[:QUERY_CAP]))


def query_words(text: str) -> list[str]:
    """At most eight words of what was typed; whatever is not a letter or digit only separates them. Of more,
    those that only ask are left out first.
    """
    words = [word[:WORD_CAP] for word in _WORD.findall(asked(text))]
    if len(words) > WORDS_CAP:
        words = [word for word in words if word not in ASKING] or words
    return words[:WORDS_CAP]


@lru_cache(maxsize=50_000)
def indexed_words(text: str) -> Mapping[str, str]:
    """The words a text is found by, each with the way it was written.

    A hyphenated name is also found written as one: co-trimoxazole under cotrimoxazole.
    Kept, because a hundred thousand products share a few thousand ingredients, forms and categories.
    """
    found = {fold(word)[:WORD_CAP]: word for word in _WORD.findall(text.replace("'", "").replace("’", ""))}
    joined = _HYPHENATED.findall(text.translate(_DASHES))
    found.update({fold(name).replace("-", "")[:WORD_CAP]: name for name in joined})
    return {key: shown for word, shown in found.items() for key in _WORD.findall(word)}


def telling_words(words: list[str]) -> list[str]:
    """The words without fillers, strengths and units, or all of them when nothing else is left.

    A product holds every strength of a form, so "baclofen 10 mg" looks for baclofen.
    """
    following = [*words[1:], ""][: len(words)]
    telling = [word for word, after in zip(words, following, strict=True) if not _is_filler(word, after)]
    return telling or words


def _is_filler(word: str, after: str) -> bool:
    if word in _FILLERS or word in _UNITS or word in ASKING:
        return True
    return (word in _ARTICLES and after.isalpha()) or bool(re.fullmatch(r"\d+[a-z]{0,5}", word))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a strength. `key` is what it is found by, `written` how it may stand within a name."""

    key: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StrengthQuery:
    """A query for a strength of something: its telling words, and the amounts beside them."""

    words: list[str]
    amounts: tuple[Amount, ...]


def parse_strength(text: str) -> StrengthQuery | None:
    """What "aspirin 81" or "baclofen 10 mg tablets" asks for; None without a number or a word that may be
    the name. A number without unit asks for it in any unit.
    """
    typed = asked(text)
    words = telling_words(query_words(_AMOUNT.sub(" ", typed)))
    amounts = tuple(_amount(found) for found in _AMOUNT.finditer(typed))[:AMOUNTS_CAP]
    if not amounts or max(map(len, words), default=0) < NAME_LETTERS:
        return None
    return StrengthQuery(words, amounts)


@lru_cache(maxsize=4096)
def strength_keys(strength: str) -> tuple[frozenset[str], bool]:
    """What a strength is found by, each amount in it with and without its unit; and whether it is only one.

    Weights are told in one unit, so that 50 mcg is found as 0.05 mg.
    """
    found = list(_AMOUNT.finditer(fold(strength)))
    keys = {key for one in found for key in (_amount(one).key, _number(one["number"]))}
    return frozenset(keys), len(found) == 1 and found[0].span() == (0, len(strength))


def _amount(found: re.Match[str]) -> Amount:
    number, unit = _number(found["number"]), found["unit"] or ""
    factor, measure = _MEASURES.get(unit, (1, unit))
    key = f"{_number(str(Decimal(number) * factor))}{measure}"
    return Amount(key, () if "." in number else tuple(dict.fromkeys((number, number + unit))))


def _number(written: str) -> str:
    """Digits as one writes them: "1,000" and "1000.0" are 1000; "2,5", with no three behind, is 2.5."""
    digits = re.sub(r",(?=\d{3}(?!\d))", "", written)
    whole, point, part = digits.replace(",", "." if digits.count(",") == 1 else "").partition(".")
    part = part.replace(".", "").rstrip("0")
    return f"{whole.lstrip('0') or '0'}{point and part and '.'}{part}"


def edits_forgiven(word: str) -> int:
    """Typing errors forgiven in a word: none below 3 letters or beside a digit, 1 up to 5 letters, then 2.

    A digit is never guessed: 10 and 20 are two strengths, not two spellings.
    """
    if len(word) < 3 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) <= 5 else 2


def package_query(text: str) -> set[str]:
    """The digits to look up when the query is only a package code, however hyphenated; otherwise none."""
    code = _NDC_QUERY.fullmatch(text[:QUERY_CAP].translate(_DASHES).translate(_INVISIBLE))
    digits = re.sub(r"\D", "", code[1]) if code else ""
    if not code or len(digits) < (HYPHENATED_DIGITS if "-" in code[1] else PACKAGE_DIGITS):
        return set()
    return package_keys(code[1].strip()) if "-" in code[1] else {digits}


def package_keys(ndc: str) -> set[str]:
    """Every run of digits by which one package code may be asked for.

    NDCs are written 4-4-2, 5-3-2 or 5-4-1, or as eleven digits in which one zero pads the short part
    (21 CFR 207.33; CMS billing form). Without hyphens one cannot tell which zero is padding, so all readings
    are keys: a search may offer two packages where an identification would have to refuse.
    """
    segments = [re.sub(r"\D", "", part) for part in ndc.split("-")]
    digits = "".join(segments)
    keys = {digits}
    if len(segments) == 3:
        digits = segments[0].zfill(5) + segments[1].zfill(4) + segments[2].zfill(2)
        keys.add(digits)
    elif len(digits) == 11:
        keys.update(digits[:at] + digits[at + 1 :] for at in (0, 5, 9) if digits[at] == "0")
    return keys - {""}


def imprint_keys(imprint: str) -> set[str]:
    """What an imprint is found by: any of its parts in any order, or all of them written as one.

    Labels write the parts with spaces or, between two sides, with a semicolon: "WPI 2265", "BAC;10;832".
    """
    parts = _WORD.findall(fold(imprint))[:IMPRINT_PARTS]
    chosen = [some for count in range(1, len(parts) + 1) for some in combinations(sorted(parts), count)]
    keys = {"_".join(some) for some in chosen} | {"".join(parts)}
    return {key for key in keys if len(key) > 1}


def imprint_query(words: list[str]) -> set[str]:
    """The keys that ask for an imprint of exactly these words; none for more words than a tablet has."""
    if not 0 < len(words) <= IMPRINT_PARTS:
        return set()
    return {"_".join(sorted(words)), "".join(words)}
