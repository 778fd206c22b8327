"""Which substances are controlled: the store's own list, by name, whatever the flags of a file say.

A list of 21 CFR 1308.11 to 1308.15 (`data/controlled.toml`, `controlled_one.toml`) decides, a list of what is
not controlled (`not_controlled.toml`) says why. A flag can only add: a row that is flagged is refused unless
an entry explains the flag. What has the class or the name of controlled substances and stands on neither list
is refused until it does (`controlled_signs.toml`). Pure: names in, a finding out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from shop.safety.dataset import DATA, Dataset, Entry, fields, read
from shop.safety.one_letter_off import Misspelled
from shop.safety.subject import Subject
from shop.safety.wording import Phrases, Words, words

SCHEDULES = frozenset({"I", "II", "III", "IV", "V"})
KINDS = frozenset({"removed", "excluded", "antagonist", "other", "slip", "state"})
_LISTED = fields(
    "name",
    required={"schedule": str},
    optional={"also": list, "brands": list},
    one_of={"schedule": SCHEDULES},
)
_CLEARED = fields(
    "name", required={"kind": str, "reason": str}, optional={"form": str}, one_of={"kind": KINDS}
)
_EXCEPTED = fields(
    "name",
    required={"ingredients": list, "reason": str},
)
_SIGNS = fields("sign", required={"kind": str}, one_of={"kind": frozenset({"class", "ending"})})
ISOMERS = ("dextro", "levo", "dex", "lev", "es", "ar", "rac")
"""Prefixes of names of isomers, which the schedules name with their substance (21 CFR 1308.12(d), say)."""
ORDINARY = frozenset(["butylene", "ephedrine", "ethylene", "methylene"])
"""Words one letter off a listed name (butylone, ephedrone, ethylone, methylone) that are not drugs of it."""
LONG_BRAND = len("Xanax")
_EXPLAINS_FLAGS = frozenset({"removed", "slip", "state"})
_EXPLAINS_NO_SIGN = frozenset({"antagonist", "slip"})
_CLASS = re.compile(r"([^,;\[\]][^\[\]]*?) \[(?:EPC|MoA|CS|PE)\]")
_GONE = ""  # stands where a cleared name stood, so that no name is found across it


class Code(StrEnum):
    """Why a product is refused as controlled."""

    CONTROLLED = "controlled"
    FLAGGED = "flagged"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """A refusal: the substance or sign it rests on, a sentence and a source to read."""

    code: Code
    what: str
    sentence: str
    source: str


def finding(asked: Subject) -> Finding | None:
    """Why the product counts as controlled, or None. One controlled ingredient is enough."""
    found = [entry for name in asked.ingredients if (entry := substance_in(name, asked.form))]
    if found:
        return _excepted(asked, found) if len(asked.ingredients) > 1 else controlled(found[0])
    for name in asked.names:
        if entry := substance_in(name, asked.form) or brand_in(name):
            return controlled(entry)
    if asked.flag and not _explains_flag(asked):
        said = " and ".join(asked.ingredients) or " ".join(asked.names)
        return Finding(
            Code.FLAGGED,
            said,
            f"The file flags it {asked.flag}, and no entry says why that would be wrong.",
            "flag of the file",
        )
    return _suspect(asked) or _misspelled(asked)


def _excepted(asked: Subject, found: Sequence[Entry]) -> Finding:
    """What an entry says of the whole preparation; without one, its first controlled substance decides.

    Refused either way: an exception holds for one maker's product, which no list of ingredients tells.
    """
    said = [words(name) for name in asked.ingredients]
    for entry in datasets()[4].entries:
        wanted = [words(name) for name in entry.texts("ingredients")]
        held = [any(name[: len(one)] == one for one in wanted) for name in said]
        if all(held) and all(any(name[: len(one)] == one for name in said) for one in wanted):
            return Finding(Code.CONTROLLED, found[0].name, entry.text("reason"), entry.source)
    return controlled(found[0])


def controlled(entry: Entry) -> Finding:
    """The refusal that an entry of the list means."""
    name, schedule = entry.name[:1].upper() + entry.name[1:], entry.text("schedule")
    sentence = f"{name} is a controlled substance (schedule {schedule}), which is not sold here."
    return Finding(Code.CONTROLLED, entry.name, sentence, entry.source)


@lru_cache(maxsize=8192)
def substance_in(text: str, form: str = "") -> Entry | None:
    """The first listed substance that an ingredient or a free text names, whatever its salt; or None."""
    left = list(words(text))
    for start, end, entry in list(_cleared_names().spans(left)):
        if _clears(entry, form):
            left[start:end] = [_GONE] * (end - start)
    found = _listed_names().first(left)
    return found or next((isomer for word in left if (isomer := _isomer(word))), None)


@lru_cache(maxsize=8192)
def brand_in(name: str) -> Entry | None:
    """The listed substance of which a trade name begins with a brand, or is one; None for most.

    A short brand has to be the whole name: “Soma Circum” is no carisoprodol.
    """
    said = words(name)
    found = _brands().starting(said)
    return found if found and (len(said[0]) > LONG_BRAND or words(name) in _brand_names()) else None


def named(text: str) -> Entry | None:
    """The listed substance that somebody asks for, by name, other name or brand: "Percocet 5/325"."""
    return substance_in(text) or _brands().first(words(text))


def clearance(name: str, form: str = "") -> Entry | None:
    """The entry that says why an ingredient is not controlled, or None when none does."""
    found = _cleared_names().starting(words(name))
    return found if found and _clears(found, form) else None


def in_every_form(name: str) -> bool:
    """Whether an ingredient is controlled in whatever form; levmetamfetamine is not, as an inhaler."""
    cleared = _cleared_names().starting(words(name))
    return substance_in(name) is not None and not (cleared and cleared.text("form"))


def flagged_elsewhere(name: str) -> Finding:
    """The refusal of a substance that other rows of a file flag and no entry decides."""
    sentence = f"Other rows of the file flag {name}, and no entry says why that would be wrong."
    return Finding(Code.FLAGGED, name, sentence, "flag of the file")


def decided(name: str, form: str = "") -> bool:
    """Whether an entry says of an ingredient that it is controlled, or that it is not."""
    return (substance_in(name, form) or clearance(name, form)) is not None


def signs_of(asked: Subject) -> tuple[Entry, ...]:
    """The signs of a controlled substance that a product has, whether or not an entry decides it."""
    return (
        *_signs_of_classes(asked.classes),
        *(one for name in asked.ingredients for one in _signs_of_name(name)),
    )


@lru_cache(maxsize=4096)
def _signs_of_classes(classes: str) -> tuple[Entry, ...]:
    said = {found[1].strip(" ,;").casefold() for found in _CLASS.finditer(classes)}
    return tuple(sign for name, sign in _signs("class").items() if name in said)


@lru_cache(maxsize=8192)
def _signs_of_name(name: str) -> tuple[Entry, ...]:
    ends = _signs("ending").items()
    return tuple(sign for end, sign in ends if any(word.endswith(end) for word in words(name)))


def asked_words() -> frozenset[str]:
    """Every name of the list that is one plain word, brands among them: for what people type."""
    found = {phrase for entry in listed() for name in _all_names(entry) if len(phrase := words(name)) == 1}
    return frozenset(
        word for (word,) in found if word.isalpha() and word.isascii() and len(word) >= len("soma")
    )


@cache
def datasets() -> tuple[Dataset, ...]:
    """The files of this room part, validated."""
    kinds = {
        "controlled.toml": _LISTED,
        "controlled_one.toml": _LISTED,
        "not_controlled.toml": _CLEARED,
        "controlled_signs.toml": _SIGNS,
        "excepted.toml": _EXCEPTED,
    }
    return tuple(read(DATA / file, kind) for file, kind in kinds.items())


@cache
def listed() -> tuple[Entry, ...]:
    """Every controlled substance, schedules II to V first."""
    return (*datasets()[0].entries, *datasets()[1].entries)


def _suspect(asked: Subject) -> Finding | None:
    signs = signs_of(asked)
    if not signs:
        return None
    known = [entry for name in asked.ingredients if (entry := clearance(name, asked.form))]
    if any(entry.text("kind") not in _EXPLAINS_NO_SIGN for entry in known):
        return None
    sign = signs[0]
    sentence = f"“{sign.name}” is a sign of a controlled substance, and no entry decides this one."
    return Finding(Code.UNDECIDED, sign.name, sentence, sign.source)


def _misspelled(asked: Subject) -> Finding | None:
    """An ingredient that is one letter off a listed name, as files spell them: "Hyrdrocodone"."""
    for name in asked.ingredients:
        if clearance(name, asked.form) is None and (found := _misspelled_in(name)):
            word, entry = found
            sentence = f"“{word}” is one letter off the controlled {entry.name}, and no entry clears it."
            return Finding(Code.UNDECIDED, word, sentence, entry.source)
    return None


@lru_cache(maxsize=8192)
def _misspelled_in(name: str) -> tuple[str, Entry] | None:
    for word in words(name):
        if word not in ORDINARY and (listed_word := _nearly().of(word)):
            return word, _single()[listed_word]
    return None


@cache
def _nearly() -> Misspelled:
    return Misspelled(_single())


def _explains_flag(asked: Subject) -> bool:
    entries = [clearance(name, asked.form) for name in asked.ingredients]
    return bool(entries) and all(entry and entry.text("kind") in _EXPLAINS_FLAGS for entry in entries)


def _clears(entry: Entry, form: str) -> bool:
    wanted = entry.text("form")
    return not wanted or wanted in words(form)


@lru_cache(maxsize=8192)
def _isomer(word: str) -> Entry | None:
    for prefix in ISOMERS:
        if word.startswith(prefix) and (entry := _single().get(word.removeprefix(prefix))):
            return entry
    return None


def _all_names(entry: Entry) -> Iterable[str]:
    return (entry.name, *entry.texts("also"), *entry.texts("brands"))


@cache
def _listed_names() -> Phrases[Entry]:
    return Phrases((name, entry) for entry in listed() for name in (entry.name, *entry.texts("also")))


@cache
def _brands() -> Phrases[Entry]:
    return Phrases((brand, entry) for entry in listed() for brand in entry.texts("brands"))


@cache
def _brand_names() -> frozenset[Words]:
    return frozenset(words(brand) for entry in listed() for brand in entry.texts("brands"))


@cache
def _single() -> dict[str, Entry]:
    names: dict[Words, Entry] = {
        words(name): entry for entry in listed() for name in (entry.name, *entry.texts("also"))
    }
    return {phrase[0]: entry for phrase, entry in names.items() if len(phrase) == 1}


@cache
def _cleared_names() -> Phrases[Entry]:
    return Phrases((entry.name, entry) for entry in datasets()[2].entries)


@cache
def _signs(kind: str) -> dict[str, Entry]:
    return {
        entry.text("sign").casefold(): entry for entry in datasets()[3].entries if entry.text("kind") == kind
    }
