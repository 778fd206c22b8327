"""Products for the tests of what is on sale, in a transaction or not."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from shop.catalogue.models import Ingredient, Product, Variant
from shop.database import db, transaction
from shop.listing import service
from shop.listing.rules import Rule
from tests.factories import in_transaction, make_variant

AT = datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 7, tzinfo=UTC)
USUAL = {Rule.PRICED, Rule.ORAL_SOLID, Rule.MAILABLE}


def make_product(
    name: str = "Baclofen", *, controlled: bool = False, columns: dict[str, Any] | None = None, **variant: Any
) -> int:
    """A product with one strength; `columns` are set on the product. Returns the product's id."""
    with in_transaction():
        product = db.session.get(Product, db.session.get(Variant, make_variant(name, **variant)).product_id)
        for column, value in (columns or {}).items():
            setattr(product, column, value)
        if controlled:
            product.ingredients[0].is_controlled = True
        db.session.flush()
        return product.id


def listed_names() -> list[str]:
    """The names of what is on sale, as the database has them now."""
    db.session.rollback()
    return list(
        db.session.scalars(select(Product.name).where(Product.listed_at.is_not(None)).order_by(Product.name))
    )


def ingredient_of(product_id: int) -> Ingredient:
    return db.session.get(Product, product_id).ingredients[0]


def put(ids, listed=True, at=AT):
    with transaction():
        return service.set_listed(ids, listed, None, at)


def by_rules(rules, listed=True, **more):
    with transaction():
        return service.set_listed_by_rules(rules, listed, None, AT, **more)
