"""Giving money back: voiding an authorization, or refunding what was captured, by a job.

Decided and written under the order's lock, together with what ends the order; the job asks the lock again
before it talks to the payment service, and refuses money that pays for an order.
"""

import logging
from datetime import datetime

from shop.database import db, transaction
from shop.orders import queries as orders
from shop.outbox.mail import enqueue_mail
from shop.outbox.service import enqueue
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.gateway import Gateway
from shop.payments.listed import kept_cents
from shop.payments.movements import Movement
from shop.payments.queries import PaymentRecord
from shop.payments.refusals import OverRefund, PaymentRefused
from shop.payments.states import PAYS, MovementKind, MovementState, Reason

log = logging.getLogger(__name__)


class RefundFailed(PaymentRefused):
    """The provider took the request, and the money did not arrive: a person has to look."""

    code = "refund_failed"


def send_back(
    payment: PaymentRecord,
    intent_id: str,
    kind: MovementKind,
    amount_cents: int,
    reason: Reason,
    at: datetime,
    actor_id: int | None = None,
) -> None:
    """Write down that this authorization goes back, and ask the worker to do it. The order is locked."""
    if kind is MovementKind.REFUND and payment.intent_id == intent_id:
        movements.reserve_refund(payment, amount_cents)
    movement = movements.request(payment, kind, intent_id, amount_cents, reason, at, actor_id)
    enqueue(
        "release_payment",
        f"release:{movement.idempotency_key}",
        {"payment_id": payment.id, "intent_id": intent_id, "movement_id": movement.id},
        at=at,
        sequence=f"order:{payment.order_id}",
    )


def release(gateway: Gateway, payment_id: int, intent_id: str, movement_id: int | None, at: datetime) -> None:
    """Void or refund what `send_back` wrote down; twice is harmless.

    A job of an earlier release names no movement: it is written here. Raises what the gateway raises.
    """
    with transaction():
        movement = _still_to_do(payment_id, intent_id, movement_id, at)
    if movement is None:
        return
    facts = gateway.look_up_intent(intent_id)
    if facts.state is PaymentState.CAPTURED and movement.kind == MovementKind.VOID:
        with transaction():
            movement = _refund_instead(payment_id, movement, facts, at)
    if movement.kind == MovementKind.REFUND:
        movement, refund_id = _refund_what_is_left(gateway, payment_id, movement, at)
    else:
        gateway.void(intent_id, movement.idempotency_key)
        refund_id = None
    with transaction():
        orders.lock(_payment(payment_id).order_id)
        movements.done(movement, at, refund_id)
        if movement.kind == MovementKind.REFUND:
            payment_steps.mark_refunded(payment_id, at)
        else:
            payment_steps.mark_voided(payment_id, at)


def _still_to_do(payment_id: int, intent_id: str, movement_id: int | None, at: datetime) -> Movement | None:
    orders.lock(_payment(payment_id).order_id)
    payment = payments.lock(payment_id)
    assert payment is not None
    movement = movements.by_id(movement_id) if movement_id else None
    if payment.intent_id == intent_id and payment.state in PAYS:
        log.error("payment %s was not released: it pays for an order", payment.reference)
        if movement is not None:
            movements.refuse(movement, "pays_for_an_order", at)
        return None
    if movement is None:
        movement = movements.request(
            payment, MovementKind.VOID, intent_id, payment.amount_cents, Reason.PAID_TOO_LATE, at
        )
    if movement.state is MovementState.REFUSED and (
        instead := movements.unfinished(payment_id, MovementKind.REFUND)
    ):
        movement = instead  # an attempt before found it captured, and did not live to refund it
    return movement if movement.state is MovementState.REQUESTED and movement.intent_id == intent_id else None


def _refund_instead(payment_id: int, void: Movement, facts: PaymentFacts, at: datetime) -> Movement:
    """It was captured in the meantime, in the provider's dashboard say: a void cannot bring it back.

    The customer, who was told that nothing was charged, is told of the refund.
    """
    order, payment = orders.lock(_payment(payment_id).order_id), payments.lock(payment_id)
    assert order is not None
    assert payment is not None
    if movements.refuse(void, "captured_meanwhile", at) and payment.intent_id == void.intent_id:
        payment_steps.was_charged_whole(payment_id, facts.amount_cents)
        movements.reserve_refund(payment, facts.amount_cents)
    enqueue_mail(
        "order_not_charged",
        order.user_id,
        f"order_refunded:{void.intent_id}",
        at,
        number=order.number,
        total_cents=facts.amount_cents,
        refunded=1,
    )
    return movements.request(
        payment, MovementKind.REFUND, void.intent_id, facts.amount_cents, Reason(void.reason), at
    )


def _refund_what_is_left(
    gateway: Gateway, payment_id: int, movement: Movement, at: datetime
) -> tuple[Movement, str | None]:
    """The refund, and what it was made as: less than was asked for, where a part was refunded elsewhere."""
    try:
        return movement, _refund(gateway, movement)
    except OverRefund:
        left = kept_cents(gateway.lists.charges(intent_id=movement.intent_id))
        if not 0 < left < movement.amount_cents:
            raise
    with transaction():
        orders.lock(_payment(payment_id).order_id)
        payment = payments.lock(payment_id)
        assert payment is not None
        movements.refuse(movement, "refunded_elsewhere", at)
        reason = Reason(movement.reason)
        rest = movements.request(payment, MovementKind.REFUND, movement.intent_id, left, reason, at)
    return rest, _refund(gateway, rest)


def _refund(gateway: Gateway, movement: Movement) -> str | None:
    try:
        refund = gateway.refund(
            movement.intent_id,
            movement.amount_cents,
            movement.idempotency_key,
            metadata={"reason": movement.reason},
        )
    except OverRefund as refusal:
        if refusal.reason != "charge_already_refunded":
            raise
        return None  # done before, and the provider has forgotten the key since
    if refund.state in ("failed", "canceled"):
        raise RefundFailed(
            "The payment service couldn’t make the refund.", "Check it in its dashboard.", refund.state
        )
    return refund.refund_id


def _payment(payment_id: int) -> PaymentRecord:
    db.session.flush()
    payment = payments.by_id(payment_id)
    assert payment is not None  # payments are never deleted
    return payment
