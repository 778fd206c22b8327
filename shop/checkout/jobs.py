"""Jobs of checkout: capturing money, sending it back, and giving up on orders nobody paid.

Each decides under the order's lock, asks the payment service outside of it and writes afterwards; each may
run twice and does no harm then.
"""

from datetime import datetime
from typing import Any

from flask import current_app

from shop.checkout import charging, end_order, payment_session, promised_day, refund_made, releasing
from shop.checkout.charging import CardNotCharged
from shop.checkout.refusals import OrderMovedOn
from shop.clock import business_date, now
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.orders.cancellation import ByStaff
from shop.orders.held_back import held_back
from shop.orders.states import ENDED, CancelReason, OrderStatus
from shop.outbox.chores import periodically
from shop.outbox.kinds import handles
from shop.outbox.service import enqueue
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments.gateway import Gateway
from shop.payments.movements import Movement
from shop.payments.states import MovementState, PaymentStatus, Reason
from shop.prescriptions.ledger import quantities

MOST_PROMISED = 100
ENDED_EARLY = ByStaff(CancelReason.MUST_NOT_SHIP)


@handles("capture_before_hold_ends", lane="money")
def capture_before_hold_ends(payload: dict[str, Any], at: datetime) -> None:
    """Charge an order that has not shipped after six days, before the bank's hold on the money ends.

    One that must not ship is not charged: the bank lets go of the money on the next day, and the order ends.
    """
    payment = payments.by_id(payload["payment_id"])
    if payment is None or payment.state != PaymentStatus.AUTHORIZED:
        return
    order = orders.by_id(payment.order_id)
    if order is None or held_back(order, business_date(at)):
        return
    try:
        with transaction():
            movement = charging.request_capture(payment.order_id, Reason.HOLD_ENDS, at)
    except OrderMovedOn:  # canceled in this moment
        return
    _capture(movement, at)


@handles("finish_capture", lane="money")
def finish_capture(payload: dict[str, Any], at: datetime) -> None:
    """Capture what was requested by a process that did not live to write the answer down."""
    movement = movements.by_id(payload["movement_id"])
    if movement is not None and movement.state is MovementState.REQUESTED:
        _capture(movement, at)


@handles("capture_payment", lane="money")
def capture_payment(payload: dict[str, Any], at: datetime) -> None:
    """A job of the release before, which captured at once: now money is captured when the order ships."""
    payment = payments.by_id(payload["payment_id"])
    if payment is not None and payment.state == PaymentStatus.AUTHORIZED:
        with transaction():
            charging.capture_before_hold_ends(payment, at)


@handles("release_payment", lane="money")
def release_payment(payload: dict[str, Any], at: datetime) -> None:
    """Void or refund money that no order has; money that pays for one is refused."""
    releasing.release(_gateway(), payload["payment_id"], payload["intent_id"], payload.get("movement_id"), at)


@handles("refund_part", lane="money")
def refund_part(payload: dict[str, Any], at: datetime) -> None:
    """Refund what staff decided, or what was removed after the order was charged."""
    refund_made.refund(_gateway(), payload["movement_id"], at)


@handles("expire_order", lane="money")
def expire_order(payload: dict[str, Any], at: datetime) -> None:
    """Give up an order nobody paid in time; if somebody did at the last moment, it is placed instead."""
    order = orders.by_id(payload["order_id"])
    if order is None or order.status != OrderStatus.AWAITING_PAYMENT:
        return  # paid, or given up
    if order.holds_until > at:  # its time was extended, or this machine's clock is behind the one before
        order_id, until = order.id, order.holds_until
        with transaction():
            again = f"expire:{order_id}:{until.isoformat()}"
            enqueue("expire_order", again, {"order_id": order_id}, at=at, run_after=until)
        return
    payment_session.expire_unpaid(_gateway(), order.id, at)


@handles("release_revoked", lane="money")  # as the release before called it
@handles("release_ended", lane="money")
def release_ended(payload: dict[str, Any], at: datetime) -> None:
    """End every open order on a prescription that was revoked or transferred: its money, units and stock go
    back, and it is said.

    One that is being charged in this moment is tried again; one that has shipped holds nothing any more.
    """
    prescription_id, actor_id = payload["prescription_id"], payload["pharmacist_id"]
    for order_id in orders.orders_of_lines(quantities.lines_held(prescription_id)):
        order = orders.by_id(order_id)
        if order is None or order.status in ENDED:
            continue
        if order.status == OrderStatus.AWAITING_PAYMENT and payment_session.cancel_unpaid(
            _gateway(), order_id, at, actor_id, ENDED_EARLY
        ):
            continue
        with transaction():
            end_order.cancel_order(order_id, at, actor_id, by_staff=ENDED_EARLY)


@periodically(seconds=60)
def promise_released() -> None:
    """Keep a promised day for orders that waited for a pharmacist and no longer do."""
    at, waiting = now(), orders.unpromised(MOST_PROMISED)
    db.session.rollback()  # the writing below sees what is there by then
    for order_id in waiting:
        with transaction():
            if order := orders.lock(order_id):
                promised_day.promise(order, at)


def _capture(movement: Movement | None, at: datetime) -> None:
    if movement is None:
        return
    try:
        charging.capture(_gateway(), movement, at)
    except CardNotCharged:  # the order has ended with its money, and the customer is told
        return


def _gateway() -> Gateway:
    gateway: Gateway = current_app.extensions["gateway"]
    return gateway
