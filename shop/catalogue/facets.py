"""What a list of medicines can be narrowed to, and how many one would then see: all in one query."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from shop.catalogue.models import Category, Product, product_category
from shop.database import db

_FIRST: Column[int] = literal_column("1")  # type: ignore[assignment]  # PostgreSQL groups by no parameter
LETTER = func.upper(func.substr(Product.name, _FIRST, _FIRST))
EMPTY = literal("", String)


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed to. Within a facet any choice will do, all facets must hold; empty: no limit.

    `prescription` holds "needed", "none" or both.
    """

    categories: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    prescription: tuple[str, ...] = ()
    letter: str = ""


@dataclass(frozen=True)
class Choice:
    """One entry of a facet, with the number of medicines one would then see."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class Facets:
    """Counts for the list's margin, by name. A facet counts under the other facets' limits, not its own."""

    total: int
    categories: tuple[Choice, ...]
    forms: tuple[Choice, ...]
    prescription: tuple[Choice, ...]
    letters: tuple[Choice, ...]


def facets(chosen: Chosen) -> Facets:
    """All counts for the medicines `chosen`."""
    total = _counts("total", EMPTY, EMPTY)
    categories = (
        _counts("category", Category.slug, Category.name)
        .join(product_category, product_category.c.product_id == Product.id)
        .join(Category, Category.id == product_category.c.category_id)
    )
    forms = _counts("form", Product.form, Product.form_plural)
    needed = _counts("prescription", prescription(), EMPTY)
    letters = _counts("letter", LETTER, EMPTY)
    question = union_all(
        narrowed(total, chosen),
        narrowed(categories, replace(chosen, categories=())).group_by(Category.slug, Category.name),
        narrowed(forms, replace(chosen, forms=())).group_by(Product.form, Product.form_plural),
        narrowed(needed, replace(chosen, prescription=())).group_by(Product.prescription_required),
        narrowed(letters, replace(chosen, letter="")).group_by(LETTER),
    )
    found: dict[str, list[Choice]] = {}
    for kind, key, name, count in db.session.execute(question):
        found.setdefault(kind, []).append(Choice(key, name or key, count))
    in_order = (
        tuple(sorted(found.get(kind, ()), key=lambda choice: choice.name.casefold()))
        for kind in ("category", "form", "prescription", "letter")
    )
    return Facets(found["total"][0].count, *in_order)


def narrowed(question: Select[*tuple[Any, ...]], chosen: Chosen) -> Select[*tuple[Any, ...]]:
    """`question`, about products, limited to listed ones that fit."""
    question = question.where(Product.listed_at.is_not(None))
    if chosen.categories:
        within = (
            select(product_category.c.product_id)
            .join(Category, Category.id == product_category.c.category_id)
            .where(Category.slug.in_(chosen.categories))
        )
        question = question.where(Product.id.in_(within))
    if chosen.forms:
        question = question.where(Product.form.in_(chosen.forms))
    if chosen.prescription:
        question = question.where(prescription().in_(chosen.prescription))
    if chosen.letter:
        question = question.where(LETTER == chosen.letter)  # noqa: SIM300  (a column, compared in SQL)
    return question


def prescription() -> ColumnElement[str]:
    """Whether a product needs a prescription, as the word that stands in addresses."""
    return case((Product.prescription_required, literal_column("'needed'")), else_=literal_column("'none'"))


def _counts(kind: str, key: Any, name: Any) -> Select[*tuple[Any, ...]]:
    return select(literal(kind, String), cast(key, String), cast(name, String), func.count()).select_from(
        Product
    )
