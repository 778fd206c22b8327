"""Finding products for staff, listed or not: by word or NDC, by state and origin, a page at a time.

Reads the database and not the search index, which holds only what is listed and may be seconds behind. The
text filters are `search.staff`'s too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from shop.catalogue.models import Ingredient, Pack, Product, Variant, product_ingredient
from shop.catalogue.safety_answer import not_by_mail_sql
from shop.database import db
from shop.listing.queries import controlled_sql, doubted, facts_columns, facts_from
from shop.listing.rules import ListingFacts
from shop.paging import Page, within
from shop.substances.query_text import query_words, telling_words

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
    """Ids of the matching products, by name, at most `most`."""
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


# --- Text filters: words of a name, form or ingredient, the start of a code -------------------------------

SHORTEST_CODE = 5
"""Digits and hyphens of the start of a package code. Four digits are a strength, 1000 mg; 0093- a labeler."""
_CODE = re.compile(r"\s*(?:ndc\b[\s:#]*)?(\d[\d-]*)\s*", re.IGNORECASE | re.ASCII)


def says(text: str) -> ColumnElement[bool]:
    """The start of a package code, or every telling word in the name, form or an ingredient."""
    starts = code_starts(text)
    if starts:
        begun = or_(*(begins(start) for start in sorted(starts)))
        return Product.id.in_(select(Variant.product_id).join(Pack).where(begun))
    words = telling_words(query_words(text))
    return and_(*(mentions(word) for word in words)) if words else Product.id.is_(None)


def begins(start: str) -> ColumnElement[bool]:
    """A range of the index: every collation orders digits alike, a LIKE would need an index of its own."""
    after = str(int(start) + 1).zfill(len(start))
    ends = Pack.ndc11 < after if len(after) == len(start) else true()
    return and_(Pack.ndc11 >= start, ends)


def mentions(word: str) -> ColumnElement[bool]:
    """The address is the name and form folded to plain letters, so one comparison finds both."""
    substances = select(Ingredient.id).where(Ingredient.slug.contains(word, autoescape=True))
    named = select(product_ingredient.c.product_id).where(product_ingredient.c.ingredient_id.in_(substances))
    return or_(
        Product.slug.contains(word, autoescape=True),
        Product.id.in_(named),
    )


def code_starts(text: str) -> set[str]:
    """The eleven digits a package code begins with when only a code was typed, in each reading it allows.

    NDCs are written 4-4-2, 5-3-2 or 5-4-1 and kept as eleven digits, the short part padded (21 CFR 207.33).
    """
    code = _CODE.fullmatch(text)
    if not code or len(code[1]) < SHORTEST_CODE:
        return set()
    labeler, *rest = code[1].rstrip("-").split("-")
    if rest:
        number, package = rest[0], rest[1] if len(rest) > 1 else ""
        numbers = {number.zfill(4)} if package else {number, number.zfill(4)[: len(number) + 1]}
        package = package.zfill(2) if len(package) == 1 else package
        return {labeler.zfill(5) + number + package for number in numbers}
    digits = labeler
    readings = {digits, "0" + digits} if len(digits) < 11 else {digits}
    if 5 < len(digits) < 11:
        readings.add(digits[:5] + "0" + digits[5:])
    if len(digits) == 10:
        readings = {digits[:at] + "0" + digits[at:] for at in (0, 5, 9)}
    return readings
