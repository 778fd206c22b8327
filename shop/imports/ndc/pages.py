"""Gathering the directory's rows into pages: an ingredient set in one form, its strengths, its packs.

Labelers of one medicine differ in how they write it; what most of them say is shown (ties: alphabetical
order), so one file always gives the same pages.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from sys import intern

from shop.imports.ndc.naming import brand_of, categories_of, established, generic_name, slug_of
from shop.imports.ndc.rows import ProductRow
from shop.substances import identity as ids
from shop.substances import strengths
from shop.substances.forms import Form, plain_form
from shop.substances.names import canonical_set

ROUTE_LENGTH = 40
ROUTES = {
    "auricular (otic)": "ear",
    "ophthalmic": "eye",
    "respiratory (inhalation)": "inhaled",
    "topical": "on the skin",
    "cutaneous": "on the skin",
    "percutaneous": "on the skin",
    "transdermal": "through the skin",
}
Key = tuple[tuple[Decimal, str], ...]
Stated = tuple[str, str, str]


@dataclass(eq=False)
class Strength:
    """A strength of a page: how labelers say it, and the sizes of packs seen."""

    page: "Page"
    key: Key
    texts: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    sizes: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        return self.text_in(self.page.unit)

    def text_in(self, unit: str) -> str:
        """As most labelers say it among those who say it in `unit`; as most say it where nobody does."""
        alike = Counter({text: count for text, count in self.texts.items() if text.endswith(f" {unit}")})
        return most_common_text(alike or self.texts)


@dataclass(eq=False)
class Page:
    """One page. `brand` holds the spellings of the brand's name, empty on a generic's page."""

    identity: str
    equivalence: str
    ingredients: tuple[str, ...]
    form: Form
    over_the_counter: bool
    brand: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    categories: set[str] = field(default_factory=set)
    stated: tuple[Stated, ...] = ()  # what each row says of routes, license and classes, each once
    strengths: dict[Key, Strength] = field(default_factory=dict)

    @cached_property
    def brand_name(self) -> str | None:
        return most_common_text(self.brand) if self.brand else None

    @cached_property
    def name(self) -> str:
        return self.brand_name or generic_name(self.ingredients)

    @cached_property
    def route(self) -> str:
        return most_common_text(self.routes)

    @property
    def regulatory(self) -> dict[str, list[str]]:
        """What the directory says of it for the safety data: every route, license and established class."""
        routes, licenses, classes = zip(*self.stated, strict=True)
        return {
            "routes": sorted({route for one in routes for route in routes_said(one)}),
            "licenses": sorted(set(licenses)),
            "classes": sorted({name for one in classes for name in established(one)}),
        }

    @cached_property
    def slug(self) -> str:
        return slug_of(f"{self.name} {self.form.plural}")

    @cached_property
    def unit(self) -> str:
        """What strengths are ordered by: the unit most labelers state the first ingredient in."""
        return most_common_text(sum((strength.units for strength in self.strengths.values()), Counter()))


@dataclass(frozen=True)
class Place:
    """Where a row belongs. Rows of one page share `identity`, rows of one strength also `key`."""

    identity: str
    key: Key
    form: Form
    ingredients: tuple[str, ...]
    brand: str | None


class Pages:
    """All pages by identity."""

    def __init__(self) -> None:
        self.by_identity: dict[str, Page] = {}

    def add(self, row: ProductRow, place: Place) -> Strength:
        """Put the row where `place` said, and return its strength."""
        page = self.by_identity.get(place.identity)
        if page is None:
            equivalence = ids.equivalence(place.ingredients, place.form.word)
            page = self.by_identity[place.identity] = Page(
                place.identity, equivalence, place.ingredients, place.form, row.over_the_counter
            )
        if place.brand:
            page.brand[place.brand] += 1
        page.routes[route_words(row.routes)] += 1
        page.categories.update(categories_of(row.classes))
        stated = _shared((row.routes, row.category, row.classes))
        if stated not in page.stated:
            page.stated += (stated,)
        strength = page.strengths.get(place.key)
        if strength is None:
            strength = page.strengths[place.key] = Strength(page, place.key)
        strength.texts[strengths.strength_text(tuple(amount for _name, amount in row.amounts))] += 1
        if row.amounts:
            strength.units[_unit_stated(row.amounts[0][1])] += 1
        return strength


def place_of(row: ProductRow) -> Place:
    """Which page and strength the row belongs to."""
    form, names = plain_form(row.form, row.routes), ingredients_of(row)
    brand = brand_of(row.trade_name, row.suffix, (row.generic, *row.substances))
    identity = ids.identity(names, form.word, brand, over_the_counter=row.over_the_counter)
    return Place(identity, tuple(amount.key for _name, amount in row.amounts), form, names, brand)


def ingredients_of(row: ProductRow) -> tuple[str, ...]:
    """The ingredient set; a kit that states no substance is known by its name."""
    return tuple(canonical_set(row.substances or [row.generic]))


@lru_cache(maxsize=1024)
def route_words(routes: str) -> str:
    """The directory's list of routes in plain words, at most 40 characters: "ORAL; TOPICAL"."""
    words = [route.strip().lower() for route in routes.split(";") if route.strip()]
    plain = list(dict.fromkeys(ROUTES.get(word, word) for word in words))
    text = " or ".join(plain) or "not stated"
    return text if len(text) <= ROUTE_LENGTH else "several ways"


@cache
def _shared(stated: Stated) -> Stated:
    """One object for what thousands of rows say alike: a page then costs a reference."""
    return stated


@lru_cache(maxsize=1024)
def routes_said(routes: str) -> tuple[str, ...]:
    """Each route in the directory's words, in lower case."""
    return tuple(intern(route.strip().lower()) for route in routes.split(";") if route.strip())


def most_common_text(counted: Counter[str]) -> str:
    """What was said most often; of several, the first in alphabetical order; "" when nothing was."""
    return min(counted, key=lambda text: (-counted[text], text), default="")


def _unit_stated(amount: strengths.Amount) -> str:
    """ "mcg" of "25 mcg": the page's strengths are ordered in it. What is per mL stays as compared."""
    _number, _space, unit = amount.text.partition(" ")
    return unit if "/" not in unit and "/" not in amount.unit else amount.unit
