"""Products as the rule of substitution reads them, and which listed ones fill a prescription for another."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from shop.catalogue.models import Ingredient, Product, Variant, product_ingredient
from shop.catalogue.releases import joins
from shop.catalogue.sale_units import SoldAs
from shop.database import db
from shop.substances.identity import is_extended
from shop.substances.substitution import Joins, ProductFacts, difference

MOST_CANDIDATES = 400
"""Strengths looked at for those that fill a page of prescriptions, the most asked for first."""


@dataclass(frozen=True)
class Substitutes:
    """What was read of some variants, with the releases that people joined."""

    products: Mapping[int, ProductFacts]
    joins: Joins
    packs: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """By variant, the sizes of the packs that are never opened; none where it is counted out."""

    def may_fill(self, prescribed_id: int, variant_id: int, as_written: bool) -> bool:
        """Whether a variant may be dispensed where another was prescribed; an unknown one only as itself."""
        if prescribed_id == variant_id:
            return True
        prescribed, other = self.products.get(prescribed_id), self.products.get(variant_id)
        if prescribed is None or other is None:
            return False
        return difference(prescribed, other, as_written, self.joins) is None

    def label(self, variant_id: int) -> str:
        """A variant's name for people; "" for an unknown one."""
        found = self.products.get(variant_id)
        return found.label if found else ""


def read(variant_ids: Iterable[int]) -> Substitutes:
    """What decides about these variants: one question, and one more where a release is extended."""
    wanted = set(variant_ids)
    if not wanted:
        return Substitutes({}, {})
    rows = db.session.execute(_QUESTION.where(Variant.id.in_(wanted))).all()
    found = {key: _facts(list(same)) for key, same in groupby(rows, key=lambda row: row.id)}
    extended = any(is_extended(one.form) for one in found.values())
    packs = {row.id: tuple(row.quantities) for row in rows if row.sold_as == SoldAs.CLOSED}
    return Substitutes(found, joins() if extended else {}, packs)


def closed_packs(variant_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Of these variants, those that leave in packs which are never opened, with the sizes; one question."""
    wanted = set(variant_ids)
    rows = select(Variant.id, Variant.quantities).where(
        Variant.id.in_(wanted), Variant.sold_as == SoldAs.CLOSED
    )
    return {row.id: tuple(row.quantities) for row in db.session.execute(rows)} if wanted else {}


def fillers(prescribed: Collection[tuple[int, bool]]) -> dict[tuple[int, bool], list[int]]:
    """For each (variant prescribed, as written), the other listed variants that may be dispensed for it.

    The most asked for first; three questions at most.
    """
    wanted = {variant_id for variant_id, as_written in prescribed if not as_written}
    if not wanted:
        return {pair: [] for pair in prescribed}
    own, other = aliased(product_ingredient), aliased(product_ingredient)
    shared = (
        select(other.c.product_id)
        .join(own, own.c.ingredient_id == other.c.ingredient_id)
        .join(Variant, Variant.product_id == own.c.product_id)
        .where(Variant.id.in_(wanted))
    )
    values = select(Variant.strength_value).where(Variant.id.in_(wanted))
    candidates = db.session.scalars(
        select(Variant.id)
        .join(Product)
        .where(Product.id.in_(shared), Product.listed_at.is_not(None), Product.prescription_required)
        .where(Variant.strength_value.in_(values), Variant.withdrawn_on.is_(None))
        .order_by(Product.popularity.desc(), Variant.id)
        .limit(MOST_CANDIDATES)
    ).all()
    found = read({*wanted, *candidates})
    return {
        (variant_id, as_written): [
            one for one in candidates if one != variant_id and found.may_fill(variant_id, one, as_written)
        ]
        for variant_id, as_written in prescribed
    }


_QUESTION = (
    select(
        Variant.id,
        Variant.strength,
        Variant.content,
        Variant.content_unit,
        Variant.sold_as,
        Variant.quantities,
        Product.name,
        Product.form,
        Product.unit,
        Product.route,
        Product.release,
        Product.equivalence,
        Product.regulatory,
        Ingredient.name.label("ingredient"),
    )
    .join(Product, Product.id == Variant.product_id)
    .outerjoin(product_ingredient, product_ingredient.c.product_id == Product.id)
    .outerjoin(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
    .order_by(Variant.id, Ingredient.name)
)


def _facts(rows: Sequence[Any]) -> ProductFacts:
    """One variant's; a row for each of its ingredients."""
    one = rows[0]
    return ProductFacts(
        one.id,
        f"{one.name} {one.form} {one.strength}",
        tuple(row.ingredient for row in rows if row.ingredient),
        one.form,
        one.strength,
        one.unit,
        one.route,
        one.release or "",
        one.equivalence,
        (one.content, one.content_unit or "") if one.content is not None else None,
        tuple((one.regulatory or {}).get("licenses", ())),
    )
