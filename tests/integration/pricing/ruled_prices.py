"""Strengths that wait for a rule to price them, and the rules that do."""

from datetime import UTC, date, datetime
from decimal import Decimal

from shop.catalogue import queries as catalogue
from shop.catalogue.models import Variant
from shop.database import db, transaction
from shop.pricing import service
from shop.pricing.acquisition import Kind, Source
from shop.pricing.models import AcquisitionPrice
from shop.pricing.rules import Rule
from tests.factories import make_variant

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LASTING = Source(date(2099, 1, 1), Kind.WEEKLY).text
"""A survey that is never over a year old."""
STORE = Rule(Decimal("0.35"), Decimal("2.40"))


def make_by_rule(
    strength: str = "10 mg",
    cost: str | None = "0.06047",
    name: str = "Baclofen",
    source: str = LASTING,
    **more,
) -> int:
    """A strength that waits for a rule to price it; `cost` is the latest of two acquisitions."""
    variant_id = make_variant(name, strength, None, **more)
    with transaction():
        db.session.get(Variant, variant_id).price_basis = "rule"
        if cost:
            for day, price in ((date(2022, 9, 1), "9.99"), (date(2022, 10, 1), cost)):
                db.session.add(
                    AcquisitionPrice(
                        variant_id=variant_id, price=Decimal(price), effective_on=day, source=source
                    )
                )
    return variant_id


def set_rule(product_id: int | None, rule: Rule, at: datetime = AT):
    with transaction():
        return service.set_rule(product_id, rule, None, at)


def product_of(variant_id: int) -> int:
    return catalogue.variant(variant_id).product_id
