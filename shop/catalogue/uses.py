"""What a medicine is for, in patients' words: `data/uses.toml` by ingredient and by where it is used. Pure.

A page of several ingredients has only the uses that all of them share: a tablet for blood pressure is not for
swelling because one half of it is. What has no entry has no use; nobody guesses one from a class. A pair
under `unseen`, which no label at hand states, waits there until somebody has read one: it is said to nobody.
One under `monograph` is stated by the rule that the entry names.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shop.safety.dataset import Dataset, Entry, SafetyDataRefused, fields, read
from shop.substances.names import canonical, moiety
from shop.substances.query_text import fold

PLUS = " + "
FILE = Path(__file__).parent / "data" / "uses.toml"
SITES = ("oral", "skin", "patch", "nose", "ear", "eye", "inhaled", "vaginal", "rectal", "mouth")
_ROUTES = {
    "through the skin": "patch",
    "on the skin": "skin",
    "oral": "oral",
    "buccal": "oral",
    "sublingual": "oral",
    "enteral": "oral",
    "nasogastric": "oral",
    "transmucosal": "oral",
    "dental": "mouth",
    "periodontal": "mouth",
    "nasal": "nose",
    "ear": "ear",
    "eye": "eye",
    "inhaled": "inhaled",
    "vaginal": "vaginal",
    "rectal": "rectal",
}
"""The site of each way of use, in the words of the catalogue."""
_FORMS = {
    "skin": ("cream", "ointment", "lotion", "gel", "soap", "shampoo", "stick"),
    "oral": ("tablet", "capsule", "syrup", "lozenge"),
}
"""Where no way of use is stated, the form says it, if it can be meant one way only."""
_FIELDS = fields(
    "slug",
    required={"name": str, "said": list, "es": list, "label": list},
    optional=dict.fromkeys((*SITES, "unseen", "monograph"), list) | {"rule": str, "is_class": bool},
)


@dataclass(frozen=True)
class Use:
    """One condition: its address, its name, and what people type for it (English, then Spanish). `is_class`
    says that the name is of medicines: "Water pills".
    """

    slug: str
    name: str
    said: tuple[str, ...]
    source: str
    is_class: bool = False


@dataclass(frozen=True)
class Described:
    """A page as the map knows it. `route` and `form` are the catalogue's words, `names` its name and brand;
    `categories` are (slug, name) as stored, `classes` the pharmacologic classes of the directory.
    """

    ingredients: tuple[str, ...]
    route: str = ""
    form: str = ""
    names: tuple[str, ...] = ()
    prescription: bool = True
    categories: tuple[tuple[str, str], ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Wanted:
    """An ingredient of an entry, what else must hold for it to count, and whether a label at hand says it."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    slug: str
    said: bool


def shown(page: Described) -> list[tuple[str, str]]:
    """Slug and name of what the page is listed under in public, by name: its uses, and stored categories but
    for the classes that only professionals know. A use has one name, whatever its category was stored as.
    """
    found = {slug: uses()[slug].name for slug in uses_of(page)}
    hidden = {_stem(one) for one in page.classes}
    for slug, name in page.categories:
        if name in _plain() or not (name in _professional() or _stem(name) in hidden):
            found.setdefault(slug, uses()[slug].name if slug in uses() else name)
    return sorted(found.items(), key=lambda one: (one[1].casefold(), one[0]))


def uses_of(page: Described) -> tuple[str, ...]:
    """The slugs of what all its ingredients are for, in the order of the file; none where one has no entry,
    unless the file names the very combination.
    """
    sites = sites_of(page.route, page.form)
    if sites is None:  # nothing says where it is used: what can be meant one way only
        ways = [found for site in SITES if (found := _shared(page, (site,)))]
        found = ways[0] if len(ways) == 1 else {}
    else:
        found = _shared(page, sites)
    return tuple(slug for slug in uses() if found.get(slug))


def _shared(page: Described, sites: Collection[str]) -> dict[str, bool]:
    """What all ingredients are for, and what this very combination is; True where labels at hand say so."""
    around = fold(" ".join((*page.names, page.form)))
    shared: dict[str, bool] | None = None
    for name in page.ingredients:
        its = _uses_of_one(name, sites, page, around)
        shared = its if shared is None else {slug: shared[slug] and its[slug] for slug in shared.keys() & its}
        if not shared:
            break
    return (shared or {}) | _combined(page.ingredients, sites)


def _combined(names: Sequence[str], sites: Collection[str]) -> dict[str, bool]:
    if len(names) < 2:
        return {}
    written = [_words(canonical(name)) for name in names]
    first = frozenset(words[0] for words in written)
    return {
        slug: said
        for site in sites
        for parts, slug, said in _combinations().get((site, first), ())
        if len(parts) == len(written) and all(any(_begin(w, one) for w in written) for one in parts)
    }


def sites_of(route: str, form: str) -> frozenset[str] | None:
    """Where a medicine is used, of `SITES`; None where neither way nor form says it."""
    if sites := {_ROUTES[way] for way in route.split(" or ") if way in _ROUTES}:
        return frozenset(sites)
    if route and route != "not stated":
        return frozenset()
    said = {site for site, words in _FORMS.items() if any(word in form for word in words)}
    return frozenset(said) if len(said) == 1 else None


def _uses_of_one(name: str, sites: Collection[str], page: Described, around: str) -> dict[str, bool]:
    known = _by_first_word()
    found: dict[str, bool] = {}
    written = dict.fromkeys((canonical(name), moiety(name)))
    around = " ".join((around, *written))
    for words in map(_words, written):
        for wanted in (one for site in sites for one in known.get((site, words[0]), ())):
            if _begin(words, wanted.words) and all(_holds(mark, page, around) for mark in wanted.marks):
                found[wanted.slug] = found.get(wanted.slug, False) or wanted.said
    return found


def _words(name: str) -> tuple[str, ...]:
    return tuple(name.replace(",", " ").split()) or ("",)


def _begin(words: Sequence[str], start: Sequence[str]) -> bool:
    return tuple(words[: len(start)]) == tuple(start)


def _holds(mark: str, page: Described, around: str) -> bool:
    match mark:
        case "rx" | "otc":
            return page.prescription == (mark == "rx")
        case "combined" | "alone":
            return (len(page.ingredients) > 1) == (mark == "combined")
        case "three":
            return len(page.ingredients) > 2
    return (mark.removeprefix("!") in around) != mark.startswith("!")


def _stem(name: str) -> str:
    """Enough of a class's name to know it in the plural that the import makes of it."""
    return re.sub(r"(ies|y|s)$", "", name.lower())


# --- The file ---------------------------------------------------------------------------------------------


@cache
def dataset() -> Dataset:
    """The file, found valid. Raises SafetyDataRefused."""
    found = read(FILE, _FIELDS, frozenset({"classes"}))
    for entry in found.entries:
        if not any(entry.texts(site) for site in SITES):
            raise SafetyDataRefused(f"{FILE.name} ({entry.name}) names no ingredient.")
        unnamed = {*entry.texts("unseen"), *entry.texts("monograph")} - named_in(entry)
        if unnamed:
            raise SafetyDataRefused(f"{FILE.name} ({entry.name}) has no ingredient “{min(unnamed)}”.")
        if bool(entry.text("rule")) != bool(entry.texts("monograph")):
            raise SafetyDataRefused(f"{FILE.name} ({entry.name}): “monograph” and “rule” go together.")
    return found


def named_in(entry: Entry) -> set[str]:
    """The ingredients of an entry, without what else must hold."""
    return {one.partition(" @")[0] for site in SITES for one in entry.texts(site)}


@cache
def uses() -> Mapping[str, Use]:
    """Every use by its slug, in the order of the file."""
    return {entry.text("slug"): _use(entry) for entry in dataset().entries}


def named(ingredients: Iterable[str]) -> tuple[str, ...]:
    """Slugs of what these ingredients are for together, taken by mouth, or else in any other way."""
    names = tuple(ingredients)
    for route in ("oral", *(way for way in _ROUTES if way != "oral")):
        if found := uses_of(Described(names, route)):
            return found
    return ()


def has_entry(ingredient: str) -> bool:
    """Whether the file names the ingredient, in whatever way of use."""
    known = _by_first_word()
    for written in (canonical(ingredient), moiety(ingredient)):
        words = _words(written)
        if any(_begin(words, one.words) for site in SITES for one in known.get((site, words[0]), ())):
            return True
    return False


def ingredients() -> frozenset[str]:
    """Every ingredient that the file names."""
    return frozenset(" ".join(one.words) for some in _by_first_word().values() for one in some)


def plain_classes() -> tuple[str, ...]:
    """Kinds of medicine that people know by their names, in alphabetical order."""
    return tuple(sorted(_plain()))


def is_plain(name: str) -> bool:
    """Whether it is a kind of medicine that people know by this name, rather than a use."""
    return name in _plain()


def _use(entry: Entry) -> Use:
    said = (*entry.texts("said"), *entry.texts("es"))
    source = "; ".join(filter(None, (entry.source, entry.text("rule"))))
    return Use(entry.text("slug"), entry.text("name"), said, source, bool(entry.said.get("is_class", False)))


@cache
def _by_first_word() -> Mapping[tuple[str, str], Sequence[_Wanted]]:
    found: dict[tuple[str, str], list[_Wanted]] = defaultdict(list)
    for entry in dataset().entries:
        for site in SITES:
            for one in entry.texts(site):
                name, *marks = one.split(" @")
                words = tuple(name.split())
                if PLUS not in name:
                    said = name not in entry.texts("unseen")
                    found[site, words[0]].append(_Wanted(words, tuple(marks), entry.text("slug"), said))
    return found


@cache
def _combinations() -> Mapping[tuple[str, frozenset[str]], Sequence[tuple[Any, str, bool]]]:
    """By site and first words of the ingredients: each combination, its use, and whether a label says it."""
    found: dict[tuple[str, frozenset[str]], list[Any]] = defaultdict(list)
    for entry in dataset().entries:
        for site in SITES:
            for one in (one for one in entry.texts(site) if PLUS in one):
                parts = [tuple(part.split()) for part in one.split(PLUS)]
                said = one not in entry.texts("unseen")
                found[site, frozenset(part[0] for part in parts)].append((parts, entry.text("slug"), said))
    return found


@cache
def _plain() -> frozenset[str]:
    return frozenset(dataset().more["classes"]["plain"])


@cache
def _professional() -> frozenset[str]:
    return frozenset(dataset().more["classes"]["professional"])
