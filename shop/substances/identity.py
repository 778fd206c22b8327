"""What makes two products the same page, across imports: ingredients, form, brand and extended release. Pure.

Modified release is not one thing: a 12-hour and a 24-hour bupropion of 150 mg are two medicines. What is
released slowly ("extended release") stays apart by what its labelers write behind the name (SR, XL, 12-hour)
or, where they write nothing that tells, by the application it was approved under. Two applications may copy
two different originals, so nobody but a person joins them. Delayed release is a coat that keeps stomach acid
away: the dose and how often it is taken are those of the ingredient, and FDA rates such copies against one
another, so it stays a form like any other.

Source of the marks: what the directory of 2019 writes; `ER` and `CR` are left out, because labelers write
them behind any extended release.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from shop.substances.forms import form_word
from shop.substances.names import canonical_set

# --- Extended releases ------------------------------------------------------------------------------------

_LETTERS = "SR|XL|XR|CD|CC|LA|XT"
_MARK = re.compile(rf"(?<![A-Za-z])({_LETTERS})(?![A-Za-z])", re.IGNORECASE)
_GLUED = re.compile(rf"(?<=[a-z])({_LETTERS})(?![A-Za-z])")  # "HydrochlorideXL"
_HOURS = re.compile(r"(?<!\d)(12|24)[ -]?(?:hours?|hrs?)(?![A-Za-z])", re.IGNORECASE)
HOURS = {  # where a mark behind one substance always means the same time
    ("bupropion hydrochloride", "SR"): "12-hour",
    ("bupropion hydrochloride", "XL"): "24-hour",
    ("diltiazem hydrochloride", "SR"): "12-hour",
    ("diltiazem hydrochloride", "CD"): "24-hour",
    ("diltiazem hydrochloride", "LA"): "24-hour",
    ("diltiazem hydrochloride", "XT"): "24-hour",
}
"""General knowledge, as the names are sold: a pharmacist reviews it. It only adds words to a title."""


def is_extended(form: str) -> bool:
    """Whether a form, the directory's ("TABLET, EXTENDED RELEASE") or ours, is extended release."""
    return "extended release" in form.lower().replace("-", " ")


@lru_cache(maxsize=16384)
def mark_in(trade_name: str, suffix: str, generic: str) -> str:
    """What a labeler writes that tells one release from another: "XL", "12-hour"; "" where nothing does.

    Letters win over hours. A name with two different marks tells nothing.
    """
    text = f"{trade_name} {suffix} {generic}"
    letters = {found.upper() for pattern in (_MARK, _GLUED) for found in pattern.findall(text)}
    if letters:
        return letters.pop() if len(letters) == 1 else ""
    hours = {f"{found}-hour" for found in _HOURS.findall(text)}
    return hours.pop() if len(hours) == 1 else ""


class Releases:
    """What all rows together say: labelers who write nothing share the mark of their application.

    `joins` are a person's decisions: (ingredients as `set_key` says them, a release) → the release it joins.
    """

    def __init__(self, joins: Mapping[tuple[str, str], str] | None = None) -> None:
        self._marks: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._joins = joins or {}

    def observe(self, substances: Iterable[str], application: str, mark: str) -> None:
        """One row of an extended-release product."""
        if mark and application:
            self._marks[set_key(substances), application.upper()][mark] += 1

    def release(self, substances: Iterable[str], application: str, mark: str) -> str:
        """What keeps the row's page apart: a mark, or the application's number; "" where neither is known."""
        ingredients, number = set_key(substances), application.upper().replace(" ", "")
        marks = self._marks.get((ingredients, application.upper()), Counter())
        letters = {one for one in marks if one.isalpha()} or set(marks)
        found = letters.pop() if len(letters) == 1 else "" if marks else mark
        found = found or number
        return self._joins.get((ingredients, found), found)


def set_key(substances: Iterable[str]) -> str:
    """An ingredient set in one text: "loratadine;pseudoephedrine sulfate"."""
    return ";".join(canonical_set(substances))


def said(release: str, ingredients: Iterable[str]) -> str:
    """What a title says of it: "SR, 12-hour", "XL, 24-hour", "ANDA 075932"; "" for none."""
    if not release:
        return ""
    hours = HOURS.get((set_key(ingredients), release))
    if hours:
        return f"{release}, {hours}"
    found = re.fullmatch(r"([A-Z]+)(\d+)", release)
    return f"{found[1]} {found[2]}" if found else release


# --- Identity ---------------------------------------------------------------------------------------------


def identity(
    ingredients: Iterable[str],
    form: str,
    brand: str | None,
    over_the_counter: bool = False,
    *,
    release: str = "",
    by_container: bool = False,
) -> str:
    """The page's identity, 40 hex digits. `brand` is None on a generic's page, and one however it is spaced.

    What is sold without a prescription has a page of its own: ibuprofen 200 mg and 800 mg tablets differ in
    what the customer must bring. So has every extended release (`Releases`), and what is sold by the
    container, because its prices and lots count in other units.
    """
    parts = [set_key(ingredients), form_word(form), "".join(_plain(brand or "").split())]
    parts += [f"release {release.lower()}"] if release else []
    parts += ["otc"] if over_the_counter else []
    return _hash([*parts, "by container"] if by_container else parts)


def former_identity(
    ingredients: Iterable[str], form: str, brand: str | None, over_the_counter: bool = False
) -> str:
    """What `identity` was before releases and spellings of a brand counted: known pages are met by it."""
    parts = [set_key(ingredients), form_word(form), _plain(brand or "")]
    return _hash([*parts, "otc"] if over_the_counter else parts)


def equivalence(ingredients: Iterable[str], form: str, release: str = "") -> str:
    """The same for all brands of one ingredient set, form and release, 40 hex digits."""
    parts = [set_key(ingredients), form_word(form)]
    return _hash([*parts, f"release {release.lower()}"] if release else parts)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _hash(parts: list[str]) -> str:
    return hashlib.sha1("|".join(parts).encode(), usedforsecurity=False).hexdigest()
