"""Packing: from then on the customer no longer cancels or changes an order. Undone until it ships.

Asked before it is what shipping asks, and again when it ships: nothing is packed that could not leave.
"""

from datetime import datetime

from shop.errors import DomainError
from shop.fulfillment.service import check_ready, locked
from shop.orders import service as order_steps
from shop.orders.states import OrderStatus, Step, after

_WORDS = {
    OrderStatus.PACKED: "This order is already packed.",
    OrderStatus.PLACED: "This order isn’t packed.",
    OrderStatus.SHIPPED: "This order has already shipped.",
    OrderStatus.AWAITING_PAYMENT: "This order wasn’t paid.",
}


class NotToBePacked(DomainError):
    """The order does not wait to be packed, or, to be unpacked, is not in its parcel."""

    code = "not_to_be_packed"

    def __init__(self, status: OrderStatus) -> None:
        super().__init__(
            _WORDS.get(status, "This order has ended."), "Reload the page to see its current status."
        )


def pack_order(number: str, actor_id: int, at: datetime, seen: str | None = None) -> None:
    """Say that order `number` is in its parcel; `seen` marks what was packed (`service.mark`).

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
    """Say that order `number` is out of its parcel again: its customer may cancel it. As `pack_order`."""
    order = locked(number)
    if after(order.status, Step.UNPACK) is None or not order_steps.unpack(order.id, actor_id, at):
        raise NotToBePacked(order.status)
