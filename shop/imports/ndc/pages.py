"""Gathering the directory's rows into pages: an ingredient set in one form, its strengths, its packs.

Labelers of one medicine differ in how they write it; what most of them say is shown (ties: alphabetical
order), so one file always gives the same pages.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from sys import intern

from shop.catalogue.sale_units import SaleUnits, SoldAs
from shop.imports.ndc.naming import brand_of, categories_of, established
from shop.imports.ndc.rows import ProductRow
from shop.substances import identity, strengths
from shop.substances import identity as ids
from shop.substances.forms import Form, plain_form
from shop.substances.identity import Naming
from shop.substances.names import KnownSubstances, canonical_set, kit_parts

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
NO_PACKS = SaleUnits(SoldAs.CLOSED, ())
Key = tuple[tuple[Decimal, str], ...]
Stated = tuple[str, str, str]


@dataclass(eq=False, slots=True)
class Strength:
    """A strength of a page: how labelers say it, and how it is sold, by its packs.

    `texts` and `units` are counted while rows are read; what is `said` stays, the most common first.
    Where the page is sold by the container, `content` is what one holds, in `measure` (mL or g).
    """

    page: "Page"
    key: Key
    texts: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    said: tuple[str, ...] = ()
    sold: SaleUnits = NO_PACKS
    content: Decimal | None = None
    measure: str = ""

    @property
    def text(self) -> str:
        return self.text_in(self.page.unit)

    def text_in(self, unit: str) -> str:
        """As most labelers say it among those who say it in `unit`; as most say it where nobody does."""
        text = next((text for text in self.said if text.endswith(f" {unit}")), self.said[0])
        return text if self.content is None else f"{text}, {strengths.plain(self.content)} {self.measure}"

    def settle(self) -> None:
        """Keep what labelers say and let go of how many say it."""
        self.said = tuple(sorted(self.texts, key=lambda text: (-self.texts[text], text)))
        self.texts, self.units = _NOTHING, _NOTHING


@dataclass(eq=False, slots=True)
class Page:
    """One page. `brand` holds the spellings of the brand's name, empty on a generic's page.

    `release` tells an extended release from others; `former` are other identities that earlier imports gave
    its rows. What labelers agree on (`brand_name`, `route` and `unit`, that most of them state the first
    ingredient in) is known once the page is settled; `name` is set last, when every other page is known.
    """

    identity: str
    equivalence: str
    ingredients: tuple[str, ...]
    form: Form
    over_the_counter: bool
    release: str = ""
    by_container: bool = False
    name: str = ""
    former: tuple[str, ...] = ()
    brand: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    stated: tuple[Stated, ...] = ()  # what each row says of routes, license and classes, each once
    strengths: dict[Key, Strength] = field(default_factory=dict)
    brand_name: str | None = None
    route: str = ""
    unit: str = ""

    @property
    def sale_unit(self) -> str:
        """What is sold and priced: pill, mL, g, or pack."""
        return "pack" if self.by_container else self.form.unit

    @property
    def naming(self) -> Naming:
        return Naming(
            self.identity,
            self.brand_name,
            self.ingredients,
            self.form.plural,
            self.release,
            self.over_the_counter,
        )

    @property
    def categories(self) -> set[str]:
        return {name for _routes, _license, classes in self.stated for name in categories_of(classes)}

    @property
    def regulatory(self) -> dict[str, list[str]]:
        """What the directory says of it for the safety data: every route, license and established class."""
        routes, licenses, classes = zip(*self.stated, strict=True)
        return {
            "routes": sorted({route for one in routes for route in routes_said(one)}),
            "licenses": sorted(set(licenses)),
            "classes": sorted({name for one in classes for name in established(one)}),
        }

    def settle(self) -> None:
        """Keep what labelers agree on and let go of the counting, which fills megabytes."""
        self.brand_name, self.route = most_common_text(self.brand) or None, most_common_text(self.routes)
        self.unit = most_common_text(sum((one.units for one in self.strengths.values()), Counter()))
        self.brand, self.routes = _NOTHING, _NOTHING
        for strength in self.strengths.values():
            strength.settle()


_NOTHING: Counter[str] = Counter()


@dataclass(frozen=True)
class Place:
    """Where a row belongs. Rows of one page share `identity`, rows of one strength also `key`."""

    identity: str
    key: Key
    form: Form
    ingredients: tuple[str, ...]
    brand: str | None
    release: str
    former: str


class Pages:
    """All pages by identity."""

    def __init__(self) -> None:
        self.by_identity: dict[str, Page] = {}

    def add(self, row: ProductRow, place: Place) -> Strength:
        """Put the row where `place` said, and return its strength."""
        page = self.by_identity.get(place.identity)
        if page is None:
            equivalence = ids.equivalence(place.ingredients, place.form.word, place.release)
            page = self.by_identity[place.identity] = Page(
                place.identity,
                equivalence,
                place.ingredients,
                place.form,
                row.over_the_counter,
                place.release,
            )
        if place.former not in (place.identity, *page.former):
            page.former += (place.former,)
        if place.brand:
            page.brand[place.brand] += 1
        page.routes[route_words(row.routes)] += 1
        stated = _shared((row.routes, row.category, row.classes))
        if stated not in page.stated:
            page.stated += (stated,)
        strength = page.strengths.get(place.key)
        if strength is None:
            strength = page.strengths[place.key] = Strength(page, place.key)
        strength.texts[intern(strengths.strength_text(tuple(amount for _name, amount in row.amounts)))] += 1
        if row.amounts:
            strength.units[row.amounts[0][1].unit_said] += 1
        return strength


@dataclass(frozen=True)
class Context:
    """What only the whole file knows: marks of releases by application, and every substance by name."""

    releases: identity.Releases = field(default_factory=identity.Releases)
    substances: KnownSubstances = field(default_factory=lambda: KnownSubstances(()))

    def release_of(self, row: ProductRow) -> str:
        if not identity.is_extended(row.form):
            return ""
        mark = identity.mark_in(row.trade_name, row.suffix, row.generic)
        return self.releases.release(row.substances, row.application, mark)


def place_of(row: ProductRow, context: Context) -> Place:
    """Which page and strength the row belongs to."""
    form, names = plain_form(row.form, row.routes), ingredients_of(row, context)
    brand = brand_of(row.trade_name, row.suffix, (row.generic, *row.substances))
    which = context.release_of(row)
    identity = ids.identity(names, form.word, brand, row.over_the_counter, release=which)
    former = ids.former_identity(row.substances or [row.generic], form.word, brand, row.over_the_counter)
    key = tuple(amount.key for _name, amount in row.amounts)
    return Place(identity, key, form, names, brand, which, former)


def ingredients_of(row: ProductRow, context: Context) -> tuple[str, ...]:
    """The ingredient set; a kit, which states no substance, has those that its name lists."""
    return tuple(canonical_set(row.substances or kit_parts(row.generic, context.substances)))


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


@dataclass(slots=True)
class StagedPack:
    """A package to be filed under a strength. `size` counts what the page sells; None where nobody knows."""

    strength: Strength
    ndc: str
    ndc11: str
    labeler: str
    description: str
    size: int | None = None
