"""The list's address: what it is narrowed to, how it is sorted, which page. Nonsense is left out."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from shop.paging import page_number
from shop.storefront.finder.columns import FACETS, Chosen
from shop.storefront.finder.facets import bands

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
SORTS = {
    "relevance": "Relevance",
    "name": "Name",
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
