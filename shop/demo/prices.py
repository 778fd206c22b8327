"""The demonstration's price rules: the store's, one of a medicine's own, and which medicines they price.

The other prices are fixed as the file names them, so that all three ways stand beside each other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from shop.catalogue.models import Variant
from shop.database import db
from shop.pricing.lookup import product_id_of
from shop.pricing.rules import Rule
from shop.pricing.service import set_rule


def write_prices(
    pricing: Mapping[str, Any], variants: Sequence[Variant], actor_id: int, at: datetime
) -> None:
    """Set the rules of the file's `pricing` and make the prices of the medicines it names by them."""
    for variant in variants:
        variant.price_basis = "rule" if variant.product.slug in pricing["by_rule"] else "fixed"
    db.session.flush()
    set_rule(None, rule_of(pricing["store"]), actor_id, at)
    for slug, entry in pricing["own"].items():
        set_rule(product_id_of(slug), rule_of(entry), actor_id, at)


def rule_of(entry: Mapping[str, Any]) -> Rule:
    """{mark_up = "0.35", fee = "2.40", breaks = [[90, "5"]]} as a rule."""
    breaks = tuple((units, Decimal(off)) for units, off in entry.get("breaks", []))
    return Rule(Decimal(entry["mark_up"]), Decimal(entry["fee"]), None, breaks)
