"""Ending an order nobody paid: cancelled, expired or lapsed, with all it kept free again, or not at all.

Locks are taken in the order that `service` names.
"""

from datetime import datetime

from shop.checkout.refusals import OrderMovedOn
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.models import Order
from shop.orders.states import Status
from shop.outbox.mail import enqueue_mail
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.queries import Asked
from shop.payments.states import State
from shop.prescriptions import service as prescriptions
from shop.stock import service as stock


def cancel_order(order_id: int, at: datetime, actor_id: int) -> bool:
    """The customer does not want it. False when it was given up already; OrderMovedOn when it was paid."""
    return _give_up(order_id, Status.CANCELLED, at, actor_id)


def expire_order(order_id: int, at: datetime) -> bool:
    """Nobody paid in time: what was kept is free again. As `cancel_order` otherwise."""
    return _give_up(order_id, Status.EXPIRED, at)


def lapse_order(payment: Asked, at: datetime) -> bool:
    """`payment` was authorised and ended before its money was taken: the order ends, and a mail says so.

    False when there is nothing to end: the money was taken, or the order has ended or was sent. Raises
    OrderMovedOn when that happens in this very moment.
    Stripe ends an authorisation after seven days (docs.stripe.com/payments/place-a-hold-on-a-payment-method).
    """
    order = orders.by_id(payment.order_id)
    if order is None or payment.state != State.AUTHORISED:
        return False
    if order.status != Status.PLACED or order.paid_at is not None:
        return False
    _release(order, at)
    if not order_steps.lapse(order.id, at) or not payment_steps.lapse(payment.id, at):
        raise OrderMovedOn  # undoes the releases above
    enqueue_mail(
        "order_not_charged", order.user_id, f"order_not_charged:{payment.intent_id}", at,
        number=order.number, total_cents=payment.amount_cents, reason="authorisation_ended",
    )  # fmt: skip
    return True


def _give_up(order_id: int, status: Status, at: datetime, actor_id: int | None = None) -> bool:
    order = orders.by_id(order_id)
    if order is None or order.status in (Status.CANCELLED, Status.EXPIRED):
        return False
    _release(order, at)
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


def _release(order: Order, at: datetime) -> None:
    line_ids = [line.id for line in order.lines]
    prescriptions.release_quantity(line_ids, at)
    stock.release(line_ids, at)
