"""Giving an unpaid order up: cancelled or expired, with everything it kept free again, or not at all."""

from datetime import datetime

from shop.checkout.refusals import OrderMovedOn
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.states import Status
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.prescriptions import service as prescriptions
from shop.stock import service as stock


def cancel_order(order_id: int, at: datetime, actor_id: int) -> bool:
    """The customer does not want it. False when it was given up already; OrderMovedOn when it was paid."""
    return _give_up(order_id, Status.CANCELLED, at, actor_id)


def expire_order(order_id: int, at: datetime) -> bool:
    """Nobody paid in time: what was kept is free again. As `cancel_order` otherwise."""
    return _give_up(order_id, Status.EXPIRED, at)


def _give_up(order_id: int, status: Status, at: datetime, actor_id: int | None = None) -> bool:
    order = orders.by_id(order_id)
    if order is None or order.status in (Status.CANCELLED, Status.EXPIRED):
        return False
    line_ids = [line.id for line in order.lines]
    prescriptions.release_quantity(line_ids, at)
    stock.release(line_ids, at)
    done = (
        order_steps.cancel(order_id, at, actor_id) if status is Status.CANCELLED
        else order_steps.expire(order_id, at)
    )  # fmt: skip
    if not done:
        raise OrderMovedOn  # undoes the releases above
    payment = payments.alive(order_id)
    if payment is not None and not payment_steps.expire(payment.id, at):
        raise OrderMovedOn
    return True
