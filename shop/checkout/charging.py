"""Capturing the money of a placed order: when it ships, or before the bank's hold on it ends.

Requested under the order's lock, asked of the payment service outside of any transaction, and written down
under the lock again. A job finishes what a dead process left half done.
"""

from datetime import datetime, timedelta

from shop.checkout.end_order import lapse_order
from shop.checkout.refusals import OrderMovedOn
from shop.database import db, transaction
from shop.errors import DomainError
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.states import TO_SHIP
from shop.outbox.mail import enqueue_mail
from shop.outbox.service import enqueue
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentState
from shop.payments.gateway import Gateway
from shop.payments.listed import MoneyLeft, money_left
from shop.payments.movements import Movement
from shop.payments.queries import PaymentRecord
from shop.payments.refusals import PaymentRefused
from shop.payments.states import PAYS, MovementKind, Reason

CAPTURE_AFTER = timedelta(days=6)
"""An order that has not shipped by then is charged: a card's authorization ends after seven days.

docs.stripe.com/payments/place-a-hold-on-a-payment-method
"""
FINISH_AFTER = timedelta(minutes=1)


class CardNotCharged(OrderMovedOn):
    """The authorization ended before it was captured, and the order with it."""

    code = "card_not_charged"

    def __init__(self) -> None:
        super().__init__()
        self.message = "The bank ended the authorization, so the order was closed and nothing was charged."
        self.todo = "Don’t ship it. We’re emailing the customer."


class MoneyNotKept(DomainError):
    """The money of an order was captured and isn't ours any more; `left` says what became of it."""

    code = "money_not_kept"

    def __init__(self, left: MoneyLeft) -> None:
        super().__init__(*_WORDS[left])
        self.left = left


_WORDS = {
    MoneyLeft.GONE: (
        "This order’s payment was refunded in the payment service, so it wasn’t shipped.",
        "Cancel the order. Nothing is refunded twice.",
    ),
    MoneyLeft.DISPUTED: (
        "The cardholder disputed this order’s payment, so it wasn’t shipped.",
        "Look at the dispute in the payment service’s dashboard, or cancel the order.",
    ),
}


def request_capture(
    order_id: int, reason: Reason, at: datetime, actor_id: int | None = None
) -> Movement | None:
    """Write down that a placed order's money is about to be captured; None when it has been captured.

    Asking again while the answer is not known gives the same movement. Raises OrderMovedOn for an order that
    is not placed.
    """
    order, payment = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or order.status not in TO_SHIP:
        raise OrderMovedOn
    if order.paid_at is not None:
        return None
    if payment is None or payment.state not in PAYS:
        raise OrderMovedOn
    payment_steps.request_capture(payment.id, at)
    assert payment.intent_id is not None  # it was authorized
    movement = movements.request(
        payment, MovementKind.CAPTURE, payment.intent_id, payment.amount_cents, reason, at, actor_id
    )
    enqueue(
        "finish_capture",
        f"finish:{movement.idempotency_key}",
        {"movement_id": movement.id},
        at=at,
        run_after=at + FINISH_AFTER,
        sequence=f"order:{order_id}",
    )
    return movement


def capture_before_hold_ends(payment: PaymentRecord, at: datetime) -> None:
    """Ask, when an order is placed, that it be charged in six days if it has not shipped by then."""
    enqueue(
        "capture_before_hold_ends",
        f"hold_ends:{payment.reference}",
        {"payment_id": payment.id},
        at=at,
        run_after=at + CAPTURE_AFTER,
        sequence=f"order:{payment.order_id}",
    )


def capture(gateway: Gateway, movement: Movement, at: datetime) -> None:
    """Capture what was requested; twice is harmless. Raises CardNotCharged when the authorization has ended.

    Raises PaymentServiceUnavailable while the answer is not known: the job asks again. Raises PaymentRefused
    when the money is still held and was not captured: then it may be requested anew.
    """
    db.session.rollback()
    try:
        gateway.capture(movement.intent_id, movement.amount_cents, movement.idempotency_key)
    except PaymentRefused as refusal:
        facts = gateway.look_up_intent(movement.intent_id)
        with transaction():
            _not_captured(movement, facts.state, refusal, at)
        if facts.state is PaymentState.CANCELED:
            raise CardNotCharged from refusal
        raise
    with transaction():
        captured(movement.payment_id, at)


def check_kept(gateway: Gateway, order_id: int) -> None:
    """Ask, just before a charged order ships, whether its money is still ours. Raises MoneyNotKept.

    It may have been captured days ago, and refunded since in the provider's dashboard, of which our books
    know nothing. Raises what the gateway raises.
    """
    payment = payments.alive(order_id)
    db.session.rollback()
    if payment is None or payment.intent_id is None:
        return  # canceled in this moment: shipping it is refused
    left = money_left(gateway.lists.charges(intent_id=payment.intent_id))
    if left is not MoneyLeft.KEPT:
        raise MoneyNotKept(left)


def captured(payment_id: int, at: datetime) -> None:
    """The money was captured: payment, order and ledger say so. Knowing it already changes nothing."""
    known = payments.by_id(payment_id)
    order = orders.lock(known.order_id) if known else None
    payment = payments.lock(payment_id)
    if order is None or payment is None or not payment_steps.mark_captured(payment_id, at):
        return
    order_steps.mark_paid(order.id, at)
    movement = movements.unfinished(payment_id, MovementKind.CAPTURE)
    if movement is None:
        return
    movements.done(movement, at)
    if movement.reason == Reason.HOLD_ENDS:
        enqueue_mail(
            "order_charged_early",
            order.user_id,
            f"order_charged_early:{order.number}",
            at,
            number=order.number,
            total_cents=payment.amount_cents,
        )


def _not_captured(movement: Movement, state: PaymentState, refusal: PaymentRefused, at: datetime) -> None:
    known = payments.by_id(movement.payment_id)
    assert known is not None
    order, payment = orders.lock(known.order_id), payments.lock(known.id)
    assert order is not None
    assert payment is not None
    if state is PaymentState.CANCELED:
        lapse_order(order, payment, at)
    elif payment_steps.refuse_capture(payment.id):
        movements.refuse(movement, refusal.reason or refusal.code, at)
