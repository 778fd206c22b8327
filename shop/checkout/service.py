"""Writing at checkout: an order with everything it keeps, and what the payment makes of it.

Locks are taken in one order everywhere: prescription items by id, lots, the order, its payment, the audit.
The network is never asked in here; `hosted` does that, between transactions.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout.closing import cancel_order, expire_order, lapse_order
from shop.checkout.queries import LineReview, review_basket
from shop.checkout.refusals import BasketBlocked, OrderMovedOn, TotalChanged, TotalNotChargeable
from shop.checkout.rules import chargeable
from shop.checkout.terms import Terms
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.models import Order
from shop.orders.service import DeliveryAddress, NewLine
from shop.orders.states import Status
from shop.outbox.mail import enqueue_mail
from shop.outbox.service import enqueue
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.queries import Asked
from shop.payments.states import ALIVE, State
from shop.prescriptions import service as prescriptions
from shop.stock import service as stock

__all__ = [
    "BasketBlocked", "OrderMovedOn", "Outcome", "Settled", "TotalChanged", "TotalNotChargeable",
    "begin_payment", "cancel_order", "captured", "confirm", "create_order", "expire_order", "renew_payment",
]  # fmt: skip


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


def create_order(
    user_id: int, address: DeliveryAddress, shown_total_cents: int, terms: Terms, at: datetime
) -> tuple[Order, Asked]:
    """The basket as an order, with its stock and prescription quantity kept until `at + terms.hold`.

    Everything is checked again here, so it does not matter how the request came about. Raises BasketBlocked,
    TotalChanged, TotalNotChargeable, OutOfStock, NotEnoughLeft; then nothing is kept.
    """
    review = review_basket(BasketOwner(user_id=user_id), terms, at.date())
    if not review.ready:
        raise BasketBlocked(review)
    if review.total_cents != shown_total_cents:
        raise TotalChanged
    if not chargeable(review.total_cents):
        raise TotalNotChargeable
    holds_until = at + terms.hold
    order = order_steps.create(
        user_id, [_new_line(line) for line in review.lines], address, terms.delivery_cents, terms.currency,
        holds_until, at,
    )  # fmt: skip
    _keep(order, {line.variant.id: line for line in review.lines}, at)
    return order, begin_payment(order, at)


def _new_line(line: LineReview) -> NewLine:
    assert line.unit_price is not None  # a line without a price is blocked
    return NewLine(
        variant_id=line.variant.id, name=line.variant.label, unit=line.variant.unit,
        unit_price=line.unit_price, quantity=line.quantity,
        prescription_required=line.variant.prescription_required,
        prescription_item_id=line.standing.item_id if line.standing else None,
    )  # fmt: skip


def _keep(order: Order, reviews: dict[int, LineReview], at: datetime) -> None:
    on_prescription = [line for line in order.lines if line.prescription_item_id]
    for line in sorted(on_prescription, key=lambda line: line.prescription_item_id or 0):
        assert line.prescription_item_id is not None
        prescriptions.hold_quantity(line.prescription_item_id, line.id, line.quantity, at, at.date())
    for line in sorted(order.lines, key=lambda line: line.variant_id):
        stock.hold(line.id, line.variant_id, line.quantity, reviews[line.variant_id].outlasts, at)


def begin_payment(order: Order, at: datetime) -> Asked:
    """Write down the payment that is about to be asked for, and when to give up waiting for it."""
    payment = payment_steps.begin(order.id, order.number, order.total_cents, order.currency, at)
    enqueue(
        "expire_order",
        f"expire:{payment.reference}",
        {"order_id": order.id},
        at=at,
        run_after=order.holds_until,
    )
    return payment


def renew_payment(order_id: int, terms: Terms, at: datetime) -> Asked:
    """Begin again where the first page never came about: the old payment ends, the order waits anew."""
    old = payments.alive(order_id)
    if not order_steps.extend(order_id, at + terms.hold):
        raise OrderMovedOn
    if old is not None and not payment_steps.expire(old.id, at):
        raise OrderMovedOn
    order = orders.by_id(order_id)
    assert order is not None
    return begin_payment(order, at)


# --- What the payment makes of an order -----------------------------------------------------------------


def confirm(facts: PaymentFacts, at: datetime) -> Settled:
    """The one path from the payment service's answer to the order: for the browser's return, webhooks, jobs.

    It may be taken any number of times, in any order: the first one that finds money placed the order.
    """
    payment = (payments.by_session(facts.session_id) if facts.session_id else None) or (
        payments.by_reference(facts.reference) if facts.reference else None
    )
    if payment is None:
        return Settled(Outcome.UNKNOWN)
    if facts.state in (PaymentState.AUTHORISED, PaymentState.CAPTURED):
        return Settled(_money_is_there(payment, facts, at), payment.order_id)
    if facts.state in (PaymentState.EXPIRED, PaymentState.CANCELLED) and payment.state == State.OPEN:
        expire_order(payment.order_id, at)
        return Settled(Outcome.EXPIRED, payment.order_id)
    ended = facts.state is PaymentState.CANCELLED and facts.intent_id == payment.intent_id
    if ended and lapse_order(payment, at):
        return Settled(Outcome.LAPSED, payment.order_id)
    return Settled(Outcome.OPEN, payment.order_id)


def _money_is_there(payment: Asked, facts: PaymentFacts, at: datetime) -> Outcome:
    order = orders.by_id(payment.order_id)
    assert order is not None
    if payment.state in (State.AUTHORISED, State.CAPTURED) and payment.intent_id == facts.intent_id:
        return Outcome.ALREADY
    if not _as_asked(order, payment, facts):
        payment_steps.fail(payment.id, at, "amount_mismatch")
        _let_go(order, payment, facts, at)
        return Outcome.MISMATCH
    if payment.state not in ALIVE or order.status != Status.AWAITING_PAYMENT:
        _let_go(order, payment, facts, at)
        return Outcome.TOO_LATE
    _place(order, payment, facts, at)
    return Outcome.PLACED


def _as_asked(order: Order, payment: Asked, facts: PaymentFacts) -> bool:
    return (
        facts.amount_cents == payment.amount_cents == order.total_cents
        and facts.currency.upper() == payment.currency == order.currency
    )


def _place(order: Order, payment: Asked, facts: PaymentFacts, at: datetime) -> None:
    if not order_steps.place(order.id, at):
        raise OrderMovedOn  # it was given up in this very moment: asked again, the answer is TOO_LATE
    if not payment_steps.authorise(payment.id, facts.session_id, facts.intent_id, at):
        raise OrderMovedOn
    basket.clear_variants(order.user_id, [line.variant_id for line in order.lines])
    enqueue("capture_payment", f"capture:{payment.reference}", {"payment_id": payment.id}, at=at)
    enqueue_mail(
        "order_placed", order.user_id, f"order_placed:{order.number}", at,
        number=order.number, total_cents=order.total_cents,
    )  # fmt: skip


def _let_go(order: Order, payment: Asked, facts: PaymentFacts, at: datetime) -> None:
    """Money for an order that cannot have it goes back, and the customer is told; once per authorisation."""
    enqueue(
        "release_payment", f"release:{facts.intent_id}",
        {"payment_id": payment.id, "intent_id": facts.intent_id}, at=at,
    )  # fmt: skip
    enqueue_mail(
        "order_not_charged", order.user_id, f"order_not_charged:{facts.intent_id}", at,
        number=order.number, total_cents=facts.amount_cents,
    )  # fmt: skip


def captured(payment_id: int, at: datetime) -> None:
    """The money was taken: payment and order say so. Knowing it already changes nothing."""
    payment = payments.by_id(payment_id)
    if payment is not None and payment_steps.mark_captured(payment_id, at):
        order_steps.mark_paid(payment.order_id, at)
