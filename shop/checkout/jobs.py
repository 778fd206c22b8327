"""Jobs of checkout: taking the money, letting it go, and giving up on orders nobody paid.

Each asks the payment service first and writes afterwards; each may run twice and does no harm then.
"""

from datetime import datetime
from typing import Any

from flask import current_app

from shop.checkout import hosted, service
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.orders.states import Status
from shop.outbox.worker import handles
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentRefused, PaymentState
from shop.payments.gateway import Gateway
from shop.payments.states import State


@handles("capture_payment", lane="money")
def capture_payment(payload: dict[str, Any], at: datetime) -> None:
    """Take the money of a placed order, at once: a bank keeps it ready for about seven days only.

    Where the authorisation has ended meanwhile, the order ends with it.
    """
    payment = payments.by_id(payload["payment_id"])
    if payment is None or payment.state != State.AUTHORISED or payment.intent_id is None:
        return
    db.session.rollback()
    try:
        _gateway().capture(payment.intent_id, payment.amount_cents, f"capture-{payment.reference}")
    except PaymentRefused:
        facts = _gateway().look_up_intent(payment.intent_id)
        if facts.state is not PaymentState.CANCELLED:
            raise
        hosted.settle(facts, at)
        return
    with transaction():
        service.captured(payment.id, at)


@handles("release_payment", lane="money")
def release_payment(payload: dict[str, Any], at: datetime) -> None:
    """Let money go that came for an order that could not have it; give it back if it was taken already."""
    intent_id = payload["intent_id"]
    facts = _gateway().look_up_intent(intent_id)
    if facts.state is PaymentState.CAPTURED:
        _gateway().refund(intent_id, facts.amount_cents, f"refund-{intent_id}")
    else:
        _gateway().void(intent_id, f"void-{intent_id}")
    with transaction():
        payment_steps.mark_voided(payload["payment_id"], at)


@handles("expire_order", lane="money")
def expire_order(payload: dict[str, Any], at: datetime) -> None:
    """Give up an order nobody paid in time; if somebody did at the last moment, it is placed instead."""
    order = orders.by_id(payload["order_id"])
    if order is None or order.status != Status.AWAITING_PAYMENT or order.holds_until > at:
        return  # paid, given up, or its time was extended: then a later job looks again
    hosted.give_up(_gateway(), order.id, at)


def _gateway() -> Gateway:
    gateway: Gateway = current_app.extensions["gateway"]
    return gateway
