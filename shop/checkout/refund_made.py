"""Making a refund that was asked for: one request to the payment service, outside of any transaction."""

from datetime import datetime

from shop.database import db, transaction
from shop.orders import queries as orders
from shop.orders import refunds
from shop.orders.models import Order
from shop.outbox.mail import enqueue_mail
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments.gateway import Gateway
from shop.payments.movements import Movement
from shop.payments.refusals import PaymentRefused
from shop.payments.states import MovementState

UNSURE = ("idempotency_key_in_use", "idempotency_error", "lock_timeout")
"""Refusals while the same request may still be under way: the answer is not known."""
FAILED = ("failed", "canceled")
"""Stripe's words for a refund that moved nothing (docs.stripe.com/api/refunds/object)."""


def refund(gateway: Gateway, movement_id: int, at: datetime) -> None:
    """Refund what `ask` wrote down; twice is harmless. Raises PaymentServiceUnavailable: it is tried again.

    What the service refuses for good is written down as refused, and is left to refund again.
    """
    movement = movements.by_id(movement_id)
    db.session.rollback()
    if movement is None or movement.state is not MovementState.REQUESTED:
        return
    try:
        refund_id = _made_before(gateway, movement) or _make(gateway, movement)
    except PaymentRefused as answer:
        if answer.reason in UNSURE:
            raise
        with transaction():
            _refused(movement, answer.reason or answer.code, at)
        return
    with transaction():
        _done(movement, refund_id, at)


def _made_before(gateway: Gateway, movement: Movement) -> str | None:
    """The refund that an earlier attempt made: the service forgets idempotency keys after a day."""
    for one in gateway.lists.refunds(intent_id=movement.intent_id):
        if one.key == movement.idempotency_key and one.status not in FAILED:
            return one.refund_id
    return None


def _make(gateway: Gateway, movement: Movement) -> str:
    made = gateway.refund(
        movement.intent_id,
        movement.amount_cents,
        movement.idempotency_key,
        metadata={"reason": movement.reason, "movement": movement.idempotency_key},
    )
    if made.state in FAILED:
        raise PaymentRefused("The payment service couldn’t make the refund.", reason=f"refund_{made.state}")
    return made.refund_id


def _done(movement: Movement, refund_id: str, at: datetime) -> None:
    order = _locked(movement)
    if movements.done(movement, at, refund_id):
        enqueue_mail(
            "order_refunded",
            order.user_id,
            f"order_refunded:{movement.idempotency_key}",
            at,
            number=order.number,
            refunded_cents=movement.amount_cents,
        )


def _refused(movement: Movement, error: str, at: datetime) -> None:
    _locked(movement)
    if movements.refuse(movement, error, at):
        movements.unreserve_refund(movement.payment_id, movement.amount_cents)
        refunds.refuse(movement.id, at)


def _locked(movement: Movement) -> Order:
    known = payments.by_id(movement.payment_id)
    assert known is not None
    order = orders.lock(known.order_id)
    payments.lock(known.id)
    assert order is not None
    return order
