"""What the safety data say of products: asked now, and as it was decided before.

`listing.deciding` writes the answer to each product, for lists and rules over many; `not_by_mail_sql` reads
it. Whoever sells, takes in a prescription or ships asks again here (`refusal_of`, `strength_refusal_of`):
what is written may be older than the data, or changed by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select

from shop.catalogue.models import Ingredient, product_ingredient
from shop.safety import sale
from shop.safety.subject import Refusal, Subject

_SEPARATOR = "\n"  # in no name of an ingredient
_EVERYWHERE = ""
HAND = "hand"
"""The origin of a product that no directory has."""


@dataclass(frozen=True)
class SoldAs:
    """Who says of a product that it needs no prescription, if anybody does."""

    prescription_required: bool
    origin: str


def subject_of(
    ingredients: Sequence[str],
    name: str,
    brand: str | None,
    form: str,
    route: str,
    facts: Mapping[str, Any],
    sold_as: SoldAs,
) -> Subject:
    """A product of the catalogue as the rules know it. `facts` is its `regulatory`, empty where unknown."""
    return Subject(
        tuple(ingredients) or (name,),
        (name, brand or ""),
        form,
        ", ".join(f"{one} [EPC]" for one in facts.get("classes", ())),
        "",
        "; ".join([route, *facts.get("routes", ())]),
        "; ".join(facts.get("licenses", ())),
        not sold_as.prescription_required,
        sold_as.origin == HAND,
    )


def refusal_now(subject: Subject, marked: bool, state: str = _EVERYWHERE) -> Refusal | None:
    """What the data say today, to somebody in `state` where one is given.

    `marked`: one of its ingredients is marked as controlled, which is enough, whoever marked it.
    """
    if found := sale.refusal_in(state, subject) if state else sale.refusal(subject):
        return found
    return sale.marked_controlled(subject.names[0]) if marked else None


# --- Columns of a question about products, and the answer from its rows -------------------------------------


def asked_columns(product: Any) -> tuple[ColumnElement[Any], ...]:
    """What `refusal_of` reads, for a question about `product` (the columns of its table)."""
    its = (
        select(func.aggregate_strings(Ingredient.name, _SEPARATOR))
        .join(product_ingredient, product_ingredient.c.ingredient_id == Ingredient.id)
        .where(product_ingredient.c.product_id == product.id)
        .scalar_subquery()
    )
    marked = (
        select(literal(1))
        .select_from(product_ingredient)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(product_ingredient.c.product_id == product.id, Ingredient.is_controlled)
        .exists()
    )
    return (
        product.name.label("asked_name"),
        product.brand.label("asked_brand"),
        product.form.label("asked_form"),
        product.route.label("asked_route"),
        product.regulatory.label("asked_facts"),
        product.prescription_required.label("asked_rx"),
        product.origin.label("asked_origin"),
        its.label("asked_ingredients"),
        marked.label("asked_marked"),
    )


def refusal_of(row: Any, state: str = _EVERYWHERE) -> Refusal | None:
    """What the data say today of a row with `asked_columns`."""
    return refusal_now(_subject(row), bool(row.asked_marked), state)


def strength_refusal_of(row: Any) -> Refusal | None:
    """The same of the strength of a row that has `strength` and `unit` besides."""
    if row.asked_rx or row.asked_origin != HAND:
        return None
    return sale.strength_refusal(_subject(row), row.strength, row.unit)


def _subject(row: Any) -> Subject:
    names = row.asked_ingredients.split(_SEPARATOR) if row.asked_ingredients else []
    facts = row.asked_facts or {}
    sold_as = SoldAs(row.asked_rx, row.asked_origin)
    return subject_of(names, row.asked_name, row.asked_brand, row.asked_form, row.asked_route, facts, sold_as)


# --- What was decided before, as columns: `listing.deciding` writes them ----------------------------------

CLEAR = "clear"
UNDECIDED_WHY = "the pharmacy has not checked yet whether it may be"


def not_by_mail_sql(product: Any) -> ColumnElement[Any]:
    """Why a product may not be sent, None when it may: what the admins' list says, then what the data say.

    `product` has the columns of the table: the class, or `Product.__table__.c`.
    """
    said = case(
        (product.safety_code.is_(None), UNDECIDED_WHY),
        (product.safety_code != CLEAR, func.coalesce(product.safety_reason, UNDECIDED_WHY)),
    )
    return func.coalesce(product.not_by_mail, said)
