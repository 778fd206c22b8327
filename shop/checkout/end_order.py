"""Ending an order: canceled, expired or lapsed, with all it kept free again, or not at all.

Each decision is taken with the order and its payment locked, in the order that docs/adr/0005 names. Money
that was authorized goes back by a job of `releasing`.
"""

from datetime import datetime
from enum import StrEnum

from shop.checkout import releasing
from shop.checkout.refusals import AlreadyPacked, OrderMovedOn
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.cancellation import ByStaff
from shop.orders.models import Order
from shop.orders.states import ENDED, TO_SHIP, OrderStatus, may_cancel
from shop.outbox.mail import enqueue_mail
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.queries import PaymentRecord
from shop.payments.states import MovementKind, PaymentStatus, Reason
from shop.prescriptions.ledger import quantities
from shop.stock import holds


class Canceled(StrEnum):
    """What canceling an order meant for the customer's money."""

    UNPAID = "unpaid"
    VOIDED = "voided"  # it was held, and is released
    REFUNDED = "refunded"  # it was captured, and goes back
    ALREADY = "already"  # the order had ended before


def cancel_order(
    order_id: int,
    at: datetime,
    actor_id: int,
    seen_payment: int | None = None,
    by_staff: ByStaff | None = None,
) -> Canceled:
    """End an order that has not shipped; its money is released, or refunded if it was captured.

    `by_staff`: why one of the staff ends it; then the customer of an unpaid order is told as well.

    `seen_payment` is the payment whose page was closed for this: raises OrderMovedOn when another one took
    its place, and when the order shipped or is being charged for shipping; AlreadyPacked for a customer's
    order that is in its parcel.
    """
    order, payment = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or order.status in ENDED:
        return Canceled.ALREADY
    if order.status == OrderStatus.AWAITING_PAYMENT:
        _close_unpaid(payment, at, seen_payment)
        _must(order_steps.cancel(order_id, at, actor_id, by_staff))
        _release(order, at)
        if by_staff:
            _tell(order, order.total_cents, at, unpaid=1)
        return Canceled.UNPAID
    if order.status == OrderStatus.PACKED and not may_cancel(order.status, by_staff is not None):
        raise AlreadyPacked
    if order.status not in TO_SHIP or payment is None or payment.state == PaymentStatus.CAPTURING:
        raise OrderMovedOn
    return _cancel_placed(order, payment, at, actor_id, by_staff)


def expire_order(order_id: int, at: datetime, seen_payment: int | None = None) -> bool:
    """Nobody paid in time: what was held is free again. False when it does not await payment any more.

    `seen_payment` is the payment whose page was closed for this: with another one, the order goes on waiting.
    """
    order, payment = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or order.status != OrderStatus.AWAITING_PAYMENT:
        return False
    if seen_payment and payment is not None and payment.id != seen_payment:
        return False
    _close_unpaid(payment, at)
    _must(order_steps.expire(order_id, at))
    _release(order, at)
    return True


def lapse_order(order: Order, payment: PaymentRecord, at: datetime) -> bool:
    """The authorization ended before it was captured: the order ends, and a mail says so. Both are locked.

    False when there is nothing to end: the money was captured, or the order has ended or shipped.
    Stripe ends an authorization after seven days (docs.stripe.com/payments/place-a-hold-on-a-payment-method).
    """
    if payment.state not in (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURING):
        return False
    if order.status not in TO_SHIP or order.paid_at is not None:
        return False
    _must(order_steps.lapse(order.id, at))
    _must(payment_steps.lapse(payment.id, at))
    if capture := movements.unfinished(payment.id, MovementKind.CAPTURE):
        movements.refuse(capture, "authorization_ended", at)
    _release(order, at)
    enqueue_mail(
        "order_not_charged",
        order.user_id,
        f"order_not_charged:{payment.intent_id}",
        at,
        number=order.number,
        total_cents=payment.amount_cents,
        reason="authorisation_ended",
    )
    return True


def _cancel_placed(
    order: Order, payment: PaymentRecord, at: datetime, actor_id: int, by_staff: ByStaff | None
) -> Canceled:
    captured = payment.state == PaymentStatus.CAPTURED
    assert payment.intent_id is not None  # it was authorized
    _must(order_steps.cancel(order.id, at, actor_id, by_staff))
    _must(payment_steps.release(payment.id, at))
    kind = MovementKind.REFUND if captured else MovementKind.VOID
    cents = payment.left_cents if captured else payment.held_cents
    releasing.send_back(payment, payment.intent_id, kind, cents, Reason.ORDER_CANCELED, at, actor_id)
    _release(order, at)
    _tell(order, cents, at, refunded=int(captured))
    return Canceled.REFUNDED if captured else Canceled.VOIDED


def _tell(order: Order, total_cents: int, at: datetime, refunded: int = 0, unpaid: int = 0) -> None:
    enqueue_mail(
        "order_canceled",
        order.user_id,
        f"order_canceled:{order.number}",
        at,
        number=order.number,
        total_cents=total_cents,
        refunded=refunded,
        unpaid=unpaid,
    )


def _close_unpaid(payment: PaymentRecord | None, at: datetime, seen_payment: int | None = None) -> None:
    if payment is None:
        return
    if seen_payment and payment.id != seen_payment:
        raise OrderMovedOn
    _must(payment_steps.expire(payment.id, at))


def _must(done: bool) -> None:
    """Under the locks a step that the state allows succeeds; were it not so, everything is undone."""
    if not done:
        raise OrderMovedOn


def _release(order: Order, at: datetime) -> None:
    line_ids = [line.id for line in order.lines]
    quantities.release_quantity(line_ids, at)
    holds.release(line_ids, at)
