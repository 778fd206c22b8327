"""What the payment service's answer makes of an order: placed once, or its money let go.

Decisions are taken with the order and its payment locked; docs/adr/0005 has them, and the order of locks.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.basket import service as basket
from shop.checkout import charging, promised_day, releasing
from shop.checkout.end_order import expire_order, lapse_order
from shop.checkout.refusals import OrderMovedOn
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.models import Order
from shop.orders.promise import mail_codes
from shop.orders.states import OrderStatus
from shop.outbox.mail import enqueue_mail
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.queries import PaymentRecord
from shop.payments.states import PAYS, MovementKind, PaymentStatus, Reason


class Outcome(StrEnum):
    """What the payment service's answer meant for an order."""

    PLACED = "placed"
    ALREADY = "already"
    TOO_LATE = "too_late"  # the order had been given up: the money is let go
    MISMATCH = "mismatch"  # not the amount that was asked for: the money is let go
    EXPIRED = "expired"
    LAPSED = "lapsed"  # the bank let go of the money before it was taken
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Settled:
    outcome: Outcome
    order_id: int | None = None


def confirm(facts: PaymentFacts, at: datetime, asked: PaymentRecord | None = None) -> Settled:
    """The one path from the payment service's answer to the order: for the browser's return, webhooks, jobs.

    It may be taken any number of times, in any order: the first one that finds money places the order.
    `asked` is the payment that the service was asked about, where that is known.
    """
    known = asked or payments.by_session(facts.session_id) or payments.by_reference(facts.reference)
    if known is None:
        return Settled(Outcome.UNKNOWN)
    order, payment = orders.lock(known.order_id), payments.lock(known.id)
    assert order is not None
    assert payment is not None
    return Settled(_outcome(order, payment, facts, at), order.id)


def _outcome(order: Order, payment: PaymentRecord, facts: PaymentFacts, at: datetime) -> Outcome:
    """Decides with `order` and `payment` locked."""
    if facts.state in (PaymentState.AUTHORIZED, PaymentState.CAPTURED):
        return _money_is_there(order, payment, facts, at)
    if facts.state in (PaymentState.EXPIRED, PaymentState.CANCELED) and payment.state == PaymentStatus.OPEN:
        expire_order(order.id, at, payment.id)
        return Outcome.EXPIRED
    ended = facts.state is PaymentState.CANCELED and facts.intent_id == payment.intent_id
    if ended and lapse_order(order, payment, at):
        return Outcome.LAPSED
    return Outcome.OPEN


def _money_is_there(order: Order, payment: PaymentRecord, facts: PaymentFacts, at: datetime) -> Outcome:
    assert facts.intent_id is not None  # money is held by an intent
    if payment.intent_id == facts.intent_id and payment.state in PAYS:
        if facts.state is PaymentState.CAPTURED and _as_asked(order, payment, facts):
            charging.captured(payment.id, at)
        return Outcome.ALREADY
    if payment.intent_id == facts.intent_id or movements.goes_back(facts.intent_id):
        return Outcome.TOO_LATE  # decided before: it is on its way back, or was
    if not _as_asked(order, payment, facts):
        payment_steps.fail(payment.id, at, "amount_mismatch")
        _let_go(order, payment, facts, Reason.AMOUNT_DIFFERS, at)
        return Outcome.MISMATCH
    if (
        payment.state not in (PaymentStatus.OPENING, PaymentStatus.OPEN)
        or order.status != OrderStatus.AWAITING_PAYMENT
    ):
        _let_go(order, payment, facts, Reason.PAID_TOO_LATE, at)
        return Outcome.TOO_LATE
    _place(order, payment, facts, at)
    return Outcome.PLACED


def _as_asked(order: Order, payment: PaymentRecord, facts: PaymentFacts) -> bool:
    return (
        facts.amount_cents == payment.amount_cents == order.total_cents
        and facts.currency.upper() == payment.currency == order.currency
    )


def _place(order: Order, payment: PaymentRecord, facts: PaymentFacts, at: datetime) -> None:
    if not order_steps.place(order.id, at):
        raise OrderMovedOn
    if not payment_steps.authorize(payment.id, facts.session_id, facts.intent_id, at):
        raise OrderMovedOn
    if facts.state is PaymentState.CAPTURED:
        charging.captured(payment.id, at)
    basket.clear_ordered(order.user_id, [(line.variant_id, line.patient_id) for line in order.lines])
    charging.capture_before_hold_ends(payment, at)
    current = orders.by_id(order.id)
    assert current is not None
    day = promised_day.promise(current, at)
    enqueue_mail(
        "order_placed",
        order.user_id,
        f"order_placed:{order.number}",
        at,
        number=order.number,
        total_cents=order.total_cents,
        tax_cents=order.tax_cents,
        **mail_codes(order, day),
    )


def _let_go(order: Order, payment: PaymentRecord, facts: PaymentFacts, reason: Reason, at: datetime) -> None:
    """Money for an order that cannot have it goes back, and the customer is told; once per authorization."""
    assert facts.intent_id is not None
    kind = MovementKind.REFUND if facts.state is PaymentState.CAPTURED else MovementKind.VOID
    releasing.send_back(payment, facts.intent_id, kind, facts.amount_cents, reason, at)
    enqueue_mail(
        "order_not_charged",
        order.user_id,
        f"order_not_charged:{facts.intent_id}",
        at,
        number=order.number,
        total_cents=facts.amount_cents,
        refunded=int(kind is MovementKind.REFUND),
    )
