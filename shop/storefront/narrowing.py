"""The list's address (what it is narrowed to, how it is sorted, which page) and the facets in its margin.

Nonsense in an address is left out.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from shop.paging import page_number
from shop.storefront.finder.columns import FACETS, Choice, Chosen, View
from shop.storefront.finder.facets import band_in_words, bands

MOST_CHOICES = 20  # of one facet in an address
MOST_LETTERS = 200
MOST_PAGE = 100_000
TITLES = {
    "category": "Condition or kind",
    "form": "Form",
    "strength": "Strength",
    "prescription": "Prescription",
    "maker": "Manufacturer",
    "price": "Price of one unit",
    "stock": "Availability",
}
KNOWN = {"prescription": ("needed", "none"), "stock": ("in",), "price": tuple(bands())}
MOVED = {
    "depression-and-anxiety": "depression",
    "dizziness-and-nausea": "nausea",
    "heart-and-blood-pressure": "high-blood-pressure",
    "pain-and-fever": "pain",
}
"""Conditions that had the same medicines as one in plain words, and have its name now."""
SORTS = {
    "relevance": "Relevance",
    "name": "Name",
    "popular": "Popularity",
    "price": "Price per pill, lowest first",
    "measure": "Price per mg, lowest first",
}


@dataclass(frozen=True)
class Narrowing:
    """The state of a list page, all of it in its address. `query` is what was searched for, "" on the list.

    `in_full` names the facet of which every value is shown.
    """

    chosen: Chosen = field(default_factory=Chosen)
    sort: str = "name"
    page: int = 1
    query: str = ""
    in_full: str = ""

    @classmethod
    def read(cls, args: MultiDict[str, str], query: str = "") -> "Narrowing":
        """From the query string of a request."""
        limits = tuple((facet, key) for facet in FACETS for key in _keys(args, facet))
        sort, in_full = args.get("sort", ""), args.get("all", "")
        return cls(
            Chosen(limits),
            sort if sort in _sorts(query) else _sorts(query)[0],
            min(page_number(args.get("page")), MOST_PAGE),
            query,
            in_full if in_full in TITLES else "",
        )

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Name and value of the search and of every limit, for addresses and for hidden fields."""
        return ([("q", self.query)] if self.query else []) + list(self.chosen.limits)

    @property
    def path(self) -> str:
        return "/search" if self.query else "/medicines"

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """What one may sort by: (key, words)."""
        return [(key, SORTS[key]) for key in _sorts(self.query)]

    @property
    def is_sorted_as_usual(self) -> bool:
        return self.sort == _sorts(self.query)[0]

    def letter(self) -> str:
        """The one letter the list is of, "" for all."""
        return next(iter(self.chosen.of("letter")), "")

    def url(self, page: int = 1, in_full: str = "") -> str:
        """The address of a page of this list."""
        parts = [self._limits_and_sort] if self._limits_and_sort else []
        parts += [f"page={page}"] if page > 1 else []
        parts += [f"all={in_full}"] if in_full else []
        return f"{self.path}?{'&'.join(parts)}" if parts else self.path

    @cached_property
    def _limits_and_sort(self) -> str:
        sort = [] if self.is_sorted_as_usual else [("sort", self.sort)]
        return urlencode(self.fields + sort)

    def of_all_letters(self) -> str:
        """The address of the same list under every letter."""
        kept = tuple(limit for limit in self.chosen.limits if limit[0] != "letter")
        return replace(self, chosen=Chosen(kept)).url()

    def letter_urls(self, letters: Iterable[str]) -> list[tuple[str, str]]:
        """Each letter with the address of the same list under it."""
        others = self.of_all_letters()
        start = f"{others}{'&' if '?' in others else '?'}letter="
        return [(letter, start + _quoted(letter)) for letter in letters]

    def without(self, facet: str, key: str) -> "Narrowing":
        """The same list with one limit less."""
        kept = tuple(limit for limit in self.chosen.limits if limit != (facet, key))
        return replace(self, chosen=Chosen(kept), page=1)

    def moved(self) -> "Narrowing | None":
        """The same list under the names that its conditions have now; None where none of them had another."""
        now = dict.fromkeys(
            (facet, MOVED.get(key, key) if facet == "category" else key) for facet, key in self.chosen.limits
        )
        return None if tuple(now) == self.chosen.limits else replace(self, chosen=Chosen(tuple(now)))

    def without_limits(self) -> "Narrowing":
        """The same search, or the whole list."""
        return replace(self, chosen=Chosen(), page=1)


_quoted = lru_cache(maxsize=256)(quote)


def _sorts(query: str) -> list[str]:
    return list(SORTS) if query else list(SORTS)[1:]


def _keys(args: MultiDict[str, str], facet: str) -> tuple[str, ...]:
    values = [value[:MOST_LETTERS] for value in args.getlist(facet) if value.strip()]
    if facet == "letter":
        values = [value[:1].upper() for value in values[:1]]
    if facet in KNOWN:
        values = [value for value in values if value in KNOWN[facet]]
    return tuple(dict.fromkeys(values))[:MOST_CHOICES]


# --- The margin: what a list can be narrowed to, in words and in order; and its limits --------------------

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
