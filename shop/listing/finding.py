"""Finding products for staff, listed or not: by word or NDC, by state and origin, a page at a time.

Reads the database and not the search index, which holds only what is listed and may be seconds behind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop.catalogue.models import Ingredient, Product, Variant, product_ingredient
from shop.catalogue.safety_answer import not_by_mail_sql
from shop.database import db
from shop.listing.queries import controlled_sql, doubted, facts_columns, facts_from
from shop.listing.rules import ListingFacts
from shop.listing.text_filters import says
from shop.paging import Page, within

PER_PAGE = 50


class State(StrEnum):
    """A filter of the catalogue by what prevents a sale."""

    LISTED = "listed"
    UNLISTED = "unlisted"
    NO_PRICE = "no-price"
    NOT_BY_MAIL = "not-by-mail"
    CONTROLLED = "controlled"
    WITHDRAWN = "withdrawn"
    TO_CHECK = "to-check"


@dataclass(frozen=True)
class Narrowing:
    """What staff look for; empty means all."""

    text: str = ""
    state: State | None = None
    origin: str | None = None


@dataclass(frozen=True)
class ProductRow:
    """A product as staff see it in a list; prices are per `facts.unit`, the lowest and highest strength's."""

    id: int
    slug: str
    name: str
    form_plural: str
    brand: str | None
    origin: str
    listed_at: datetime | None
    changed_at: datetime | None
    lowest: Decimal | None
    highest: Decimal | None
    ingredients: tuple[str, ...]
    facts: ListingFacts

    @property
    def label(self) -> str:
        """ "Baclofen tablets"."""
        return f"{self.name} {self.form_plural}"


SORTS: dict[str, tuple[Any, ...]] = {
    "medicine": (Product.name, Product.form_plural, Product.id),
    "listed": (Product.listed_at, Product.name, Product.id),
    "changed": (Product.changed_at, Product.name, Product.id),
}


def products_page(
    narrowing: Narrowing, number: int, sort: str = "medicine", descending: bool = False
) -> Page[ProductRow]:
    """One page of what was looked for, in five queries. What has no date of a sort comes last."""
    wanted = conditions(narrowing)
    question = select(Product.id).where(*wanted).order_by(*_order(sort, descending))
    if narrowing.text.strip():  # words are compared with every product: once, not for the count as well
        found = list(db.session.scalars(question))
        number = within(number, PER_PAGE, len(found))
        some = found[(number - 1) * PER_PAGE : number * PER_PAGE]
        return Page(product_rows(some), number, PER_PAGE, len(found))
    total = db.session.scalar(select(func.count(Product.id)).where(*wanted)) or 0
    number = within(number, PER_PAGE, total)
    ids = list(db.session.scalars(question.limit(PER_PAGE).offset((number - 1) * PER_PAGE)))
    return Page(product_rows(ids), number, PER_PAGE, total)


def product_ids(narrowing: Narrowing, most: int) -> list[int]:
    """Ids of what was looked for, by name, at most so many."""
    question = select(Product.id).where(*conditions(narrowing)).order_by(*SORTS["medicine"])
    return list(db.session.scalars(question.limit(most)))


def product_rows(ids: Sequence[int]) -> list[ProductRow]:
    """The products that exist among `ids`, in that order, in three queries; none for no ids."""
    if not ids:
        return []
    strengths, columns = facts_columns(ids)
    question = (
        select(
            Product.id,
            Product.slug,
            Product.name,
            Product.form_plural,
            Product.brand,
            Product.origin,
            Product.listed_at,
            Product.changed_at,
            strengths.c.lowest,
            strengths.c.highest,
            *columns,
        )
        .outerjoin(strengths, strengths.c.product_id == Product.id)
        .where(Product.id.in_(ids))
    )
    names, doubts = _ingredients(ids), doubted(ids)
    found = {
        row.id: _row(row, tuple(names.get(row.id, ())), doubts.get(row.id, 0))
        for row in db.session.execute(question)
    }
    return [found[number] for number in ids if number in found]


def conditions(narrowing: Narrowing) -> tuple[ColumnElement[bool], ...]:
    """What a product has to meet to be found."""
    found = [says(narrowing.text)] if narrowing.text.strip() else []
    if narrowing.state is State.TO_CHECK:
        found.append(Product.id.in_(doubted()))
    elif narrowing.state:
        found.append(_STATES[narrowing.state])
    if narrowing.origin:
        found.append(Product.origin == narrowing.origin)
    return tuple(found)


_STATES: dict[State, ColumnElement[bool]] = {
    State.LISTED: Product.listed_at.is_not(None),
    State.UNLISTED: Product.listed_at.is_(None),
    State.NO_PRICE: Product.id.not_in(select(Variant.product_id).where(Variant.price.is_not(None))),
    State.NOT_BY_MAIL: not_by_mail_sql(Product).is_not(None),
    State.CONTROLLED: controlled_sql(),
    State.WITHDRAWN: Product.withdrawn_on.is_not(None),
}


def _order(sort: str, descending: bool) -> tuple[Any, ...]:
    first, *others = SORTS.get(sort, SORTS["medicine"])
    ordered = first.desc() if descending else first
    return (ordered, *others) if sort == "medicine" else (first.is_(None), ordered, *others)


def _ingredients(ids: Iterable[int]) -> dict[int, list[str]]:
    question = (
        select(product_ingredient.c.product_id, Ingredient.name)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(product_ingredient.c.product_id.in_(ids))
        .order_by(Ingredient.name)
    )
    found: dict[int, list[str]] = {}
    for product_id, name in db.session.execute(question):
        found.setdefault(product_id, []).append(name)
    return found


def _row(row: Any, ingredients: tuple[str, ...], doubted: int) -> ProductRow:
    return ProductRow(
        id=row.id,
        slug=row.slug,
        name=row.name,
        form_plural=row.form_plural,
        brand=row.brand,
        origin=row.origin,
        listed_at=row.listed_at,
        changed_at=row.changed_at,
        lowest=row.lowest,
        highest=row.highest,
        ingredients=ingredients,
        facts=facts_from(row, doubted),
    )
