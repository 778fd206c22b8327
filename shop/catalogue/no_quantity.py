"""Strengths that nobody can buy because no quantity of them is offered, and why not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, cast, func, or_, select

from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.safety_answer import CLEAR
from shop.database import db
from shop.paging import Page, within

PER_PAGE = 25


class Why(StrEnum):
    """What is missing."""

    NO_PACK = "no-pack"
    UNKNOWN_SIZE = "unknown-size"
    TOO_LARGE = "too-large"


class Which(StrEnum):
    """Whose strengths: of products on sale, of those that could be, or of those that are never sold."""

    COULD = "could"
    LISTED = "listed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Unbuyable:
    """A strength without a quantity: how many packs it has, and of how many the size is known."""

    variant_id: int
    slug: str
    name: str
    form: str
    strength: str
    listed: bool
    packs: int
    sized: int

    @property
    def why(self) -> Why:
        return why(self.packs, self.sized)


def why(packs: int, sized: int) -> Why:
    """What is missing where no quantity is offered; a known size is more than a household may order."""
    if not packs:
        return Why.NO_PACK
    return Why.TOO_LARGE if sized else Why.UNKNOWN_SIZE


def strengths(which: Which, words: str = "", number: int = 1) -> Page[Unbuyable]:
    """Strengths without a quantity, those on sale first, by name."""
    chosen = _chosen(which)
    for word in words.split():
        named = (Product.name, Product.form, Variant.strength)
        chosen = chosen.where(or_(*(column.icontains(word, autoescape=True) for column in named)))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    number = within(number, PER_PAGE, total)
    counted = (
        select(Pack.variant_id, func.count().label("packs"), func.count(Pack.size).label("sized"))
        .where(Pack.withdrawn_on.is_(None), Pack.variant_id.in_(chosen.with_only_columns(Variant.id)))
        .group_by(Pack.variant_id)
        .subquery()
    )
    rows = db.session.execute(
        chosen.add_columns(func.coalesce(counted.c.packs, 0), func.coalesce(counted.c.sized, 0))
        .outerjoin(counted, counted.c.variant_id == Variant.id)
        .order_by(Product.listed_at.is_(None), Product.name, Variant.strength_value, Variant.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return Page([Unbuyable(*row) for row in rows], number, PER_PAGE, total)


def count(which: Which) -> int:
    """How many strengths have no quantity."""
    return db.session.scalar(select(func.count()).select_from(_chosen(which).subquery())) or 0


def _chosen(which: Which) -> Any:
    listed = Product.listed_at.is_not(None)
    narrowed = {
        Which.COULD: Product.safety_code == CLEAR,
        Which.LISTED: listed,
        Which.REFUSED: or_(Product.safety_code.is_(None), Product.safety_code != CLEAR),
    }
    return (
        select(
            Variant.id,
            Product.slug,
            Product.name,
            Product.form_plural,
            Variant.strength,
            listed.label("listed"),
        )
        .join(Product, Product.id == Variant.product_id)
        .where(
            cast(Variant.quantities, Text) == "[]",
            Variant.withdrawn_on.is_(None),
            Product.withdrawn_on.is_(None),
            narrowed[which],
        )
    )
