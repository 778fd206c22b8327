"""Packing an order. Once packed, the customer can no longer cancel or change it; staff can unpack it until it
ships.

Runs the same checks as shipping, which runs them again, so nothing is packed that couldn't ship.
"""

from datetime import datetime

from shop.clock import business_date
from shop.errors import DomainError
from shop.fulfillment.service import check_ready, locked
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.states import OrderStatus, Step, after
from shop.stock import holds
from shop.stock.holds import LotUnits
from shop.stock.rules import outlasts
from shop.web import settings

_WORDS = {
    OrderStatus.PACKED: "This order is already packed.",
    OrderStatus.PLACED: "This order isn’t packed.",
    OrderStatus.SHIPPED: "This order has already shipped.",
    OrderStatus.AWAITING_PAYMENT: "This order wasn’t paid.",
}


class NotToBePacked(DomainError):
    """The order isn't waiting to be packed, or, when unpacking, isn't packed."""

    code = "not_to_be_packed"

    def __init__(self, status: OrderStatus) -> None:
        super().__init__(
            _WORDS.get(status, "This order has ended."), "Reload the page to see its current status."
        )


class StillPacked(DomainError):
    """The order is packed: its units can't be swapped for another lot's without unpacking it."""

    code = "still_packed"

    def __init__(self) -> None:
        super().__init__(
            "This order is packed, so its lots weren’t changed.",
            "Unpack it and take the units of that lot out of the parcel. Then reallocate it.",
        )


def pack_order(number: str, actor_id: int, at: datetime, seen: str | None = None) -> None:
    """Record that order `number` is packed; `seen` marks what was packed (`service.mark`).

    Raises NotFound, ChangedMeanwhile, NotToBePacked, and what keeps it from shipping: NotToBeSent, NotWhole,
    NotDispensable and LotNotPickable.
    """
    order = locked(number)
    if after(order.status, Step.PACK) is None:
        raise NotToBePacked(order.status)
    check_ready(order, seen, at)
    if not order_steps.pack(order.id, actor_id, at):
        raise NotToBePacked(OrderStatus.PACKED)


def unpack_order(number: str, actor_id: int, at: datetime) -> None:
    """Record that order `number` is unpacked, so its customer may cancel it again. Errors as `pack_order`."""
    order = locked(number)
    if after(order.status, Step.UNPACK) is None or not order_steps.unpack(order.id, actor_id, at):
        raise NotToBePacked(order.status)


def take_other_lots(order_id: int, at: datetime) -> list[LotUnits]:
    """Hold other lots for an order in place of those that were quarantined or have expired; the new holds.

    Raises StillPacked for one in its parcel, and stock's OutOfStock, which has to end the transaction.
    """
    order = orders.lock(order_id)
    if order is None:
        return []
    if order.status == OrderStatus.PACKED:
        raise StillPacked
    until = outlasts(business_date(at), settings().delivery_days)
    return holds.reallocate([line.id for line in order.lines], until, at)
