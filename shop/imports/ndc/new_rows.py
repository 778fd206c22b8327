"""Rows that an import adds, one tuple a table with its columns' names; and slugs that nobody else has."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from shop.imports.ndc.pages import Page, Strength
from shop.substances.strengths import stated

MARK = 10  # digits of a hash that keep two names apart
CATEGORY_SLUG = 68
STRENGTH_SLUG = 80
DIRECTORY_COUNTRY = "US"


class NewIngredient(NamedTuple):
    """A row of `ingredient`."""

    id: int
    slug: str
    name: str
    is_controlled: bool


class NewCategory(NamedTuple):
    """A row of `category`."""

    id: int
    slug: str
    name: str


class NewProduct(NamedTuple):
    """A row of `product`: not listed, and of the directory."""

    id: int
    slug: str
    name: str
    form: str
    form_plural: str
    unit: str
    route: str
    brand: str | None
    release: str | None
    prescription_required: bool
    popularity: int
    origin: str
    identity: str
    equivalence: str
    changed_at: datetime
    regulatory: dict[str, list[str]]
    safety_code: str
    safety_reason: str | None


class NewVariant(NamedTuple):
    """A row of `variant`: a rule is to price it."""

    id: int
    product_id: int
    slug: str
    strength: str
    strength_value: Decimal
    strength_unit: str
    price_breaks: list[Any]
    price_basis: str
    quantities: list[int]
    sold_as: str
    content: Decimal | None
    content_unit: str | None
    markets: list[str]
    sold_outside_market: bool


class NewPack(NamedTuple):
    """A row of `pack`."""

    id: int
    variant_id: int
    ndc: str
    ndc11: str
    labeler: str
    description: str
    size: int | None


def new_product(key: int, slug: str, page: Page, decided: tuple[str, str | None], at: datetime) -> NewProduct:
    """The product of a page of the directory, with what the safety data say of it."""
    return NewProduct(
        id=key,
        slug=slug,
        name=page.name,
        form=page.form.word,
        form_plural=page.form.plural,
        unit=page.sale_unit,
        route=page.route,
        brand=page.brand_name,
        release=page.release or None,
        prescription_required=not page.over_the_counter,
        popularity=0,
        origin="ndc",
        identity=page.identity,
        equivalence=page.equivalence,
        changed_at=at,
        regulatory=page.regulatory,
        safety_code=decided[0],
        safety_reason=decided[1],
    )


def new_variant(key: int, product_id: int, slug: str, text: str, unit: str, strength: Strength) -> NewVariant:
    """A strength, called `text`, of a product whose strengths are ordered in `unit`."""
    value, stated_unit = stated(*strength.key[0], unit) if strength.key else (Decimal(0), "")
    return NewVariant(
        id=key,
        product_id=product_id,
        slug=slug,
        strength=text,
        strength_value=value,
        strength_unit=stated_unit,
        price_breaks=[],
        price_basis="rule",
        quantities=list(strength.sold.steps),
        sold_as=strength.sold.sold_as,
        content=strength.content,
        content_unit=strength.measure or None,
        markets=[DIRECTORY_COUNTRY],
        sold_outside_market=False,
    )


class Slugs:
    """The slugs that are taken, each behind the kind of what has it: "product baclofen-tablets"."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken

    def is_taken(self, kind: str, slug: str) -> bool:
        return f"{kind} {slug}" in self._taken

    def free(self, kind: str, slug: str, told_apart_by: str = "") -> str:
        """The slug, or with ten digits of a hash where another of its kind has it; taken from now on."""
        if f"{kind} {slug}" in self._taken:
            digest = hashlib.sha1(f"{slug} {told_apart_by}".encode(), usedforsecurity=False).hexdigest()
            slug = f"{slug}-{digest[:MARK]}"
        number, candidate = 1, slug
        while f"{kind} {candidate}" in self._taken:
            number += 1
            candidate = f"{slug}-{number}"
        self._taken.add(f"{kind} {candidate}")
        return candidate
