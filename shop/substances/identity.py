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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shop.substances.forms import form_word
from shop.substances.names import canonical_set, readable

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


# --- What a product is called, so that nothing that differs looks the same --------------------------------
# A brand says its ingredients behind it ("Allergy Relief (loratadine)": six substances stand under that
# brand), an extended release says which it is. Where two pages of one form would still read alike, what tells
# them apart is added step by step: the release, every ingredient, over the counter, and last a few digits of
# the identity.


NAME_LENGTH = 200
NAMED_IN_FULL = 4
MARK = 6
LAST_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Naming:
    """What a title is made of. `identity` is unique; `brand` is None on a generic's page."""

    identity: str
    brand: str | None
    ingredients: tuple[str, ...]
    form_plural: str
    release: str = ""
    over_the_counter: bool = False

    @property
    def slug(self) -> str:
        """The address of its page, before others have taken it."""
        which = "" if self.brand else said(self.release, self.ingredients)
        return slug_of(f"{self.brand or generic_name(self.ingredients)} {which} {self.form_plural}")


def generic_name(ingredients: Sequence[str], most: int = NAMED_IN_FULL) -> str:
    """ "Sulfamethoxazole and trimethoprim"; more than `most`: "Avobenzone, homosalate and 3 more"."""
    text = _listed(ingredients, most) or "ingredients not stated"
    return _cut(text[:1].upper() + text[1:])


def title(product: Naming, level: int = 0) -> str:
    """The name of one product, at most 200 characters; a higher `level` says more."""
    most = NAMED_IN_FULL if level < 2 else len(product.ingredients) + 1
    name = product.brand or generic_name(product.ingredients, most)
    qualifiers = [_listed(product.ingredients, most)] if product.brand and product.ingredients else []
    if not product.brand or level >= 1:
        qualifiers.append(said(product.release, product.ingredients))
    if level >= 3 and product.over_the_counter:
        qualifiers.append("over the counter")
    end = f"; {product.identity[:MARK]}" if level >= LAST_LEVEL else ""
    inside = "; ".join(text for text in qualifiers if text and text.casefold() != name.casefold())
    inside = _cut(inside, max(20, NAME_LENGTH - len(name) - len(end) - len(" ()"))) + end
    inside = inside.removeprefix("; ")
    return _cut(f"{_cut(name, NAME_LENGTH - 40)} ({inside})") if inside else _cut(name)


def bare(name: str) -> str:
    """A title without what follows it in parentheses: "Wellbutrin XL" of "Wellbutrin XL (bupropion)"."""
    return name.partition(" (")[0]


def titles(products: Iterable[Naming]) -> dict[str, str]:
    """By identity, a name that no other product of the same form has."""
    found: dict[str, str] = {}
    undecided = {product.identity: product for product in products}
    taken: set[tuple[str, str]] = set()
    for level in range(LAST_LEVEL + 1):
        groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for product in undecided.values():
            groups[_compared(title(product, level), product.form_plural)].append(product.identity)
        for compared, identities in groups.items():
            if (len(identities) == 1 or level == LAST_LEVEL) and compared not in taken:
                taken.add(compared)
                for identity in identities:
                    found[identity] = title(undecided.pop(identity), level)
    return found | {identity: title(product, LAST_LEVEL) for identity, product in undecided.items()}


def _compared(name: str, form_plural: str) -> tuple[str, str]:
    return "".join(filter(str.isalnum, name.casefold())), form_plural.casefold()


def _listed(ingredients: Sequence[str], most: int) -> str:
    names = [readable(name) for name in ingredients]
    if len(names) > most:
        names = [*names[:2], f"{len(names) - 2} more"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _cut(text: str, length: int = NAME_LENGTH) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip(" ,;") + "…"


# --- What the address of a medicine, an ingredient or a category is made of -------------------------------


SLUG_LENGTH = 160
_WORD = re.compile(r"[a-z0-9]+")


def slug_of(text: str, length: int = SLUG_LENGTH) -> str:
    """Lower-case ASCII words joined by hyphens, cut at a word."""
    found = _WORD.findall(text.lower())
    while len(found) > 1 and len("-".join(found)) > length:
        found.pop()
    return "-".join(found)[:length] or "medicine"
