"""What makes up prices that were charged: the survey in force on that day, and the rule where it fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from shop.catalogue.models import Variant
from shop.database import db
from shop.pricing.models import PriceRule
from shop.pricing.queries import histories, rule_of_row
from shop.pricing.rules import Breakdown, Rule, price_breakdown


@dataclass(frozen=True)
class Charged:
    """One line: `price` of one unit in a line of `quantity`; `key` is whatever names the line."""

    key: int
    variant_id: int
    price: Decimal
    quantity: int


def breakdowns(lines: Iterable[Charged], day: date) -> dict[int, Breakdown | None]:
    """The parts of each line's price, by its key; None where no survey said by `day` what pharmacies paid.

    Rules keep no history: today's explains a price only where it makes exactly that price.
    """
    lines = list(lines)
    rules = _rules({line.variant_id for line in lines})
    paid = {
        variant_id: [period for period in periods if period.effective_on <= day]
        for variant_id, periods in histories(line.variant_id for line in lines).items()
    }
    return {
        line.key: price_breakdown(
            rules.get(line.variant_id), line.price, periods[-1].price if periods else None, line.quantity
        )
        for line in lines
        for periods in (paid[line.variant_id],)
    }


def _rules(variant_ids: Iterable[int]) -> dict[int, Rule]:
    """The rule of each of these strengths that is priced by one: its product's own, or the store's."""
    products = dict(
        db.session.execute(
            select(Variant.id, Variant.product_id).where(
                Variant.id.in_(variant_ids), Variant.price_basis == "rule"
            )
        ).all()
    )
    rows = db.session.scalars(
        select(PriceRule).where(
            or_(PriceRule.product_id.is_(None), PriceRule.product_id.in_(set(products.values())))
        )
    )
    made = {row.product_id: rule_of_row(row) for row in rows}
    found = {one: made.get(product_id, made.get(None)) for one, product_id in products.items()}
    return {one: rule for one, rule in found.items() if rule is not None}
