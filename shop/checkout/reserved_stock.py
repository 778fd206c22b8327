"""What a customer's own unpaid order keeps: it is given back before a new one is made."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shop.orders import queries as orders


@dataclass(frozen=True)
class ReservedStock:
    """The unpaid order's number, None for none; units by variant; the ids of its lines."""

    number: str | None
    by_variant: Mapping[int, int]
    line_ids: tuple[int, ...] = ()


def reserved_by_unpaid_order(user_id: int | None) -> ReservedStock:
    """Units kept by the customer's unpaid order, by variant, and its lines."""
    order = orders.unpaid(user_id) if user_id else None
    if order is None:
        return ReservedStock(None, {})
    units: Counter[int] = Counter()
    for line in order.lines:
        units[line.variant_id] += line.quantity
    return ReservedStock(order.number, units, tuple(line.id for line in order.lines))
