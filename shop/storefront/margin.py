"""The facets in the margin of a list: what it can be narrowed to, in words and in order; and its limits."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shop.storefront.finder.columns import Choice, View
from shop.storefront.finder.facets import band_in_words
from shop.storefront.narrowing import KNOWN, TITLES, Narrowing

MOST_SHOWN = 8
MOST_IN_FULL = 2000
LIMITS = {"prescription": "Prescription: {}", "letter": "Begins with {}", "price": "{} each"}


@dataclass(frozen=True)
class Group:
    """One facet in the margin: (choice, whether it is chosen); `more` values of it are not shown."""

    facet: str
    title: str
    choices: tuple[tuple[Choice, bool], ...]
    more: int


def margin(narrowing: Narrowing, view: View, price: Callable[[Decimal], str]) -> list[Group]:
    """The facets to show; what is chosen stays when nothing is left under it. `price` writes an amount."""
    if narrowing.in_full:  # thousands of choices, which are not worth remembering
        return _groups(narrowing, view, price)
    return view.remember("margin", lambda: _groups(narrowing, view, price))


def letters(view: View) -> list[str]:
    """The letters some name in the list begins with."""
    choices = view.choices  # a few dozen values, so that all are asked for
    return view.remember("letters", lambda: sorted(one.key for one in choices("letter", MOST_IN_FULL)[0]))


def limits(narrowing: Narrowing, groups: list[Group]) -> list[tuple[str, str]]:
    """Every limit in words with the address of the list without it."""
    names = {(group.facet, choice.key): choice.name for group in groups for choice, _ in group.choices}
    found = []
    for facet, key in narrowing.chosen.limits:
        words = LIMITS.get(facet, "{}").format(names.get((facet, key), key))
        found.append((words[:1].upper() + words[1:], narrowing.without(facet, key).url()))
    return found


def heading(narrowing: Narrowing, groups: list[Group]) -> str:
    """What the list is of, where one word says it: a condition's name, or medicines in general."""
    categories = narrowing.chosen.of("category")
    if len(categories) == 1:
        names = {choice.key: choice.name for choice, ticked in groups[0].choices if ticked and choice.count}
        return names.get(categories[0], "Medicines")
    none = narrowing.chosen.of("prescription") == ("none",)
    return "Medicines without a prescription" if none else "Medicines"


@lru_cache(maxsize=4096)
def natural(text: str) -> list[tuple[int, float, str]]:
    """A key that puts 5 mg before 10 mg."""
    parts = re.split(r"(\d+(?:\.\d+)?)", text.casefold())
    return [(0, float(part), "") if number % 2 else (1, 0, part) for number, part in enumerate(parts) if part]


def _groups(narrowing: Narrowing, view: View, price: Callable[[Decimal], str]) -> list[Group]:
    groups = []
    for facet, title in TITLES.items():
        most = MOST_IN_FULL if facet == narrowing.in_full else MOST_SHOWN
        choices, known = view.choices(facet, most)
        chosen = narrowing.chosen.of(facet)
        ticked = tuple((_named(facet, choice, price), choice.key in chosen) for choice in choices)
        groups.append(Group(facet, title, _in_order(facet, ticked), max(0, known - most)))
    return groups


def _in_order(facet: str, ticked: tuple[tuple[Choice, bool], ...]) -> tuple[tuple[Choice, bool], ...]:
    if facet in KNOWN:
        places = {key: place for place, key in enumerate(KNOWN[facet])}
        return tuple(sorted(ticked, key=lambda pair: places.get(pair[0].key, 0)))
    if facet == "strength":
        return tuple(sorted(ticked, key=lambda pair: natural(pair[0].name)))
    return tuple(sorted(ticked, key=lambda pair: pair[0].name.casefold()))


def _named(facet: str, choice: Choice, price: Callable[[Decimal], str]) -> Choice:
    name = choice.name
    if facet == "price" and choice.key in KNOWN["price"]:
        name = band_in_words(KNOWN["price"].index(choice.key), price)
    return Choice(choice.key, name[:1].upper() + name[1:], choice.count)
