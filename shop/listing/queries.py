"""Reading what decides about listing: the facts of products, and who was put on sale together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select

from shop.catalogue.models import Ingredient, Product, Variant, product_ingredient
from shop.catalogue.safety_answer import CLEAR, not_by_mail_sql
from shop.database import db, portions
from shop.listing.rules import ListingFacts
from shop.substances.strengths import doubt

UNITS = ("pill", "mL", "g", "pack")  # by which anything is sold
_STRENGTHS = (
    select(Variant.product_id, Variant.strength, Product.unit)
    .join_from(Variant, Product)
    .where(Variant.withdrawn_on.is_(None))
)


def doubted(product_ids: Iterable[int] | None = None) -> dict[int, int]:
    """By product, how many of its strengths are to be checked; of all products for None. Absent: none."""
    if product_ids is None:
        return _doubted_of_all()
    found: Counter[int] = Counter()
    for some in portions(product_ids):
        for product_id, strength, unit in db.session.execute(_STRENGTHS.where(Variant.product_id.in_(some))):
            found[product_id] += doubt(strength, unit) is not None
    return dict(+found)


def _doubted_of_all() -> dict[int, int]:
    """A hundred thousand strengths are said in a few thousand ways, of which a few hundred are doubted."""
    ways = db.session.scalars(select(Variant.strength).distinct())
    slips = [text for text in ways if any(doubt(text, unit) for unit in UNITS)]
    found: Counter[int] = Counter()
    for some in portions(slips):
        for product_id, strength, unit in db.session.execute(_STRENGTHS.where(Variant.strength.in_(some))):
            found[product_id] += doubt(strength, unit) is not None
    return dict(+found)


HAND, DIRECTORY = "hand", "ndc"
ORIGINS = (HAND, DIRECTORY)


@dataclass(frozen=True)
class Candidate:
    """A product as the listing sees it."""

    id: int
    listed: bool
    facts: ListingFacts


def candidates(product_ids: Iterable[int] | None = None, origin: str | None = None) -> Iterator[Candidate]:
    """Products with their facts, what is asked for most first; all of them for None."""
    if product_ids is None:
        yield from _read(_question(None), origin, doubted())
        return
    for some in portions(product_ids):
        yield from _read(_question(some), origin, doubted(some))


def controlled_sql() -> ColumnElement[bool]:
    """One of the product's ingredients is a controlled substance: to ask of many products at once."""
    return Product.id.in_(_controlled(product_ingredient.c.product_id))


def controlled_each_sql() -> ColumnElement[bool]:
    """The same, to ask of a few products: looked up for each of them."""
    return _controlled(literal(1)).where(product_ingredient.c.product_id == Product.id).exists()


def _controlled(column: Any) -> Select[Any]:
    return (
        select(column)
        .select_from(product_ingredient)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(Ingredient.is_controlled)
    )


def facts_columns(product_ids: Iterable[int] | None) -> tuple[Any, tuple[Any, ...]]:
    """The counted strengths to join by `product_id`, and the columns `facts_from` reads."""
    counted = (
        select(
            Variant.product_id,
            func.count().label("strengths"),
            func.count(func.nullif(Variant.strength_value, 0)).label("stated"),
            func.count(Variant.price).label("priced"),
            func.min(Variant.price).label("lowest"),
            func.max(Variant.price).label("highest"),
        )
        .where(Variant.withdrawn_on.is_(None))
        .group_by(Variant.product_id)
    )
    if product_ids is not None:
        counted = counted.where(Variant.product_id.in_(product_ids))
    strengths = counted.subquery()
    controlled = controlled_sql() if product_ids is None else controlled_each_sql()
    return strengths, (
        controlled.label("controlled"),
        Product.withdrawn_on,
        strengths.c.strengths,
        strengths.c.stated,
        strengths.c.priced,
        Product.unit,
        Product.route,
        Product.prescription_required,
        not_by_mail_sql(Product).label("not_by_mail"),
        Product.safety_code,
    )


def facts_from(row: Any, doubted: int = 0) -> ListingFacts:
    """The facts in a row that holds `facts_columns`, with its count of implausible strengths."""
    return ListingFacts(
        controlled=bool(row.controlled),
        withdrawn=row.withdrawn_on is not None,
        strengths=row.strengths or 0,
        stated=row.stated or 0,
        priced=row.priced or 0,
        unit=row.unit,
        route=row.route,
        prescription_required=row.prescription_required,
        not_by_mail=row.not_by_mail,
        doubted=doubted,
        refused=row.safety_code if row.safety_code != CLEAR else None,
    )


def _question(product_ids: Iterable[int] | None) -> Select[Any]:
    strengths, columns = facts_columns(product_ids)
    question = (
        select(Product.id, Product.listed_at, *columns)
        .outerjoin(strengths, strengths.c.product_id == Product.id)
        .order_by(Product.popularity.desc(), Product.name, Product.id)
    )
    return question if product_ids is None else question.where(Product.id.in_(product_ids))


def _read(question: Select[Any], origin: str | None, doubts: Mapping[int, int]) -> Iterator[Candidate]:
    if origin:
        question = question.where(Product.origin == origin)
    for row in db.session.execute(question):
        yield Candidate(row.id, row.listed_at is not None, facts_from(row, doubts.get(row.id, 0)))


def anything_priced() -> bool:
    """Whether any strength has a price."""
    return bool(db.session.scalar(select(exists().where(Variant.price.is_not(None)))))


def counts_by_code() -> dict[str | None, int]:
    """How many products carry each answer of the safety data; None: nobody has asked yet."""
    rows = db.session.execute(select(Product.safety_code, func.count()).group_by(Product.safety_code))
    return {row[0]: row[1] for row in rows}


def ids_of_slugs(slugs: Iterable[str]) -> dict[str, int]:
    """Product ids by slug, of those that exist."""
    found: dict[str, int] = {}
    for some in portions(slugs):
        rows = db.session.execute(select(Product.slug, Product.id).where(Product.slug.in_(some)))
        found.update((row.slug, row.id) for row in rows)
    return found


def changed_together(listed: bool, at: datetime) -> list[int]:
    """Products put on sale, or taken off, by the one decision of that moment and not touched since."""
    touched = (
        (Product.listed_at == at,) if listed else (Product.listed_at.is_(None), Product.changed_at == at)
    )
    return list(db.session.scalars(select(Product.id).where(*touched)))
