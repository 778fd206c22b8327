"""Goods of a shipped order that came back: set aside or destroyed, recorded, never sold again.

The prescription's fill stays used: it was dispensed. Money is `checkout.refunding`'s matter.
"""

from collections.abc import Mapping
from datetime import datetime

from shop.errors import DomainError
from shop.fulfillment.service import NotToBeShipped
from shop.orders import queries as orders
from shop.orders import returns
from shop.orders.models import Order
from shop.orders.returns import ReturnWhy
from shop.orders.states import OrderStatus
from shop.stock import returned


class NotReturned(DomainError):
    """More came back than was sent, or nothing did."""

    status = 422
    code = "not_returned"


class NotShipped(NotToBeShipped):
    """Only what was shipped can come back."""

    code = "not_shipped"


def take_back(
    order_id: int,
    units: Mapping[tuple[int, int], int],
    why: ReturnWhy,
    destroyed: bool,
    form: str,
    actor_id: int,
    at: datetime,
) -> bool:
    """Book `units` by (order line, lot) as returned. False when this form was booked before.

    Raises NotShipped, and NotReturned for more than was sent from that lot and has not come back.
    """
    order = _shipped(order_id)
    if returns.known(form):
        return False
    back = {key: number for key, number in units.items() if number}
    can = returnable(order)
    if not back or any(number < 0 for number in back.values()):
        raise NotReturned("Enter how many units were returned.", "Enter at least one unit.")
    if any(number > can.get(key, 0) for key, number in back.items()):
        raise NotReturned(
            "That’s more units than were shipped and not yet returned.", "Check the quantities and the lots."
        )
    returned.take_back(back, actor_id, at, destroyed)
    returns.keep(order_id, why, sum(back.values()), form, actor_id, at)
    return True


def destroy(order_id: int, actor_id: int, at: datetime) -> int:
    """Book what of an order is set aside as destroyed; how many units. Raises NotShipped."""
    return returned.destroy([line.id for line in _shipped(order_id).lines], actor_id, at)


def undo(order_id: int, actor_id: int, at: datetime) -> int:
    """Take back the return of all that is set aside: it was recorded by mistake; how many units.

    They can be recorded again. Raises NotShipped.
    """
    return returned.undo([line.id for line in _shipped(order_id).lines], actor_id, at)


def returnable(order: Order) -> dict[tuple[int, int], int]:
    """Units by (order line, lot) that were sent and have not come back."""
    back = returned.of_lines(line.id for line in order.lines)
    sent: dict[tuple[int, int], int] = {}
    for line in order.lines:
        for lot in line.lots:
            sent[line.id, lot.lot_id] = sent.get((line.id, lot.lot_id), 0) + lot.quantity
    return {key: number - back.get(key, (0, 0))[0] for key, number in sent.items()}


def _shipped(order_id: int) -> Order:
    order = orders.lock(order_id)
    if order is None or order.status != OrderStatus.SHIPPED:
        raise NotShipped(
            "Only a shipped order can be returned.", "Reload the page to see its current status."
        )
    return order
