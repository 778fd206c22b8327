"""What is in a variant, how it is taken and counted: for rules about amounts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from shop.catalogue.models import Ingredient, Product, Variant, as_text, product_ingredient, values_of
from shop.database import db


@dataclass(frozen=True)
class Contents:
    """One variant. A product that states no ingredient is known by its own name.

    `unit` is pill, mL, g or pack; `pack` the smallest quantity it is offered in.
    """

    ingredients: tuple[str, ...]
    strength: str
    unit: str
    route: str
    pack: int


def contents(variant_ids: Iterable[int]) -> dict[int, Contents]:
    """What is in each of these variants, in one query."""
    wanted = set(variant_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            Variant.id,
            Variant.strength,
            Product.unit,
            Product.route,
            as_text(Variant.quantities),
            func.coalesce(Ingredient.name, func.lower(Product.name)),
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(product_ingredient, product_ingredient.c.product_id == Product.id)
        .outerjoin(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(Variant.id.in_(wanted))
        .order_by(Variant.id, Ingredient.name)
    )
    found: dict[int, Contents] = {}
    for number, strength, unit, route, quantities, name in rows:
        before = found[number].ingredients if number in found else ()
        names = (*before, name) if name else before
        pack = min(values_of(quantities), default=1)
        found[number] = Contents(names, strength, unit, route, pack)
    return found
