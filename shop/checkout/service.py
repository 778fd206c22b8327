"""Writing at checkout: an order with everything it keeps, and what the payment makes of it.

Decisions are taken with the order and its payment locked; docs/adr/0005 has them, and the order of locks.
The network is never asked in here; `hosted` does that, between transactions.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import charging, releasing
from shop.checkout.closing import Canceled, cancel_order, expire_order, lapse_order
from shop.checkout.queries import LineReview, review_basket
from shop.checkout.refusals import BasketBlocked, OrderMovedOn, TotalChanged, TotalNotChargeable
from shop.checkout.rules import chargeable
from shop.checkout.terms import Terms
from shop.clock import business_date
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.models import Order
from shop.orders.service import DeliveryAddress, NewLine
from shop.orders.states import Status
from shop.outbox.mail import enqueue_mail
from shop.outbox.service import enqueue
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.movements import Kind, Reason
from shop.payments.queries import Asked
from shop.payments.states import PAYS, State
from shop.prescriptions import service as prescriptions
from shop.stock import service as stock

__all__ = [
    "BasketBlocked",
    "Canceled",
    "OrderMovedOn",
    "Outcome",
    "Settled",
    "TotalChanged",
    "TotalNotChargeable",
    "begin_payment",
    "cancel_order",
    "confirm",
    "create_order",
    "expire_order",
    "renew_payment",
]


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
    review = review_basket(BasketOwner(user_id=user_id), terms, business_date(at))
    if not review.ready:
        raise BasketBlocked(review)
    if review.total_cents != shown_total_cents:
        raise TotalChanged
    if not chargeable(review.total_cents):
        raise TotalNotChargeable
    holds_until = at + terms.hold
    order = order_steps.create(
        user_id,
        [_new_line(line) for line in review.lines],
        address,
        terms.delivery_cents,
        terms.currency,
        holds_until,
        at,
    )
    _keep(order, {line.variant.id: line for line in review.lines}, at)
    return order, begin_payment(order, at)


def _new_line(line: LineReview) -> NewLine:
    assert line.unit_price is not None  # a line without a price is blocked
    return NewLine(
        variant_id=line.variant.id,
        name=line.variant.label,
        unit=line.variant.unit,
        unit_price=line.unit_price,
        quantity=line.quantity,
        prescription_required=line.variant.prescription_required,
        prescription_item_id=line.standing.item_id if line.standing else None,
    )


def _keep(order: Order, reviews: dict[int, LineReview], at: datetime) -> None:
    on_prescription = [line for line in order.lines if line.prescription_item_id]
    for line in sorted(on_prescription, key=lambda line: line.prescription_item_id or 0):
        assert line.prescription_item_id is not None
        prescriptions.hold_quantity(line.prescription_item_id, line.id, line.quantity, at, business_date(at))
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


def renew_payment(order_id: int, seen: Asked | None, terms: Terms, at: datetime) -> Asked:
    """Begin again where the first page never came about: the old payment ends, the order waits anew.

    `seen` is the payment that the caller found too old; one that another click renewed or opened is given.
    Raises OrderMovedOn when the order no longer awaits its payment.
    """
    order, current = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or order.status != Status.AWAITING_PAYMENT:
        raise OrderMovedOn
    if current is not None and (seen is None or (current.id, current.state) != (seen.id, seen.state)):
        return current
    order_steps.extend(order_id, at + terms.hold)
    if current is not None and not payment_steps.expire(current.id, at):
        raise OrderMovedOn
    order = orders.by_id(order_id)
    assert order is not None
    return begin_payment(order, at)


# --- What the payment makes of an order -----------------------------------------------------------------


def confirm(facts: PaymentFacts, at: datetime) -> Settled:
    """The one path from the payment service's answer to the order: for the browser's return, webhooks, jobs.

    It may be taken any number of times, in any order: the first one that finds money places the order.
    """
    known = (payments.by_session(facts.session_id) if facts.session_id else None) or (
        payments.by_reference(facts.reference) if facts.reference else None
    )
    if known is None:
        return Settled(Outcome.UNKNOWN)
    order, payment = orders.lock(known.order_id), payments.lock(known.id)
    assert order is not None
    assert payment is not None
    return Settled(_outcome(order, payment, facts, at), order.id)


def _outcome(order: Order, payment: Asked, facts: PaymentFacts, at: datetime) -> Outcome:
    """Decides with `order` and `payment` locked."""
    if facts.state in (PaymentState.AUTHORISED, PaymentState.CAPTURED):
        return _money_is_there(order, payment, facts, at)
    if facts.state in (PaymentState.EXPIRED, PaymentState.CANCELLED) and payment.state == State.OPEN:
        expire_order(order.id, at, payment.id)
        return Outcome.EXPIRED
    ended = facts.state is PaymentState.CANCELLED and facts.intent_id == payment.intent_id
    if ended and lapse_order(order, payment, at):
        return Outcome.LAPSED
    return Outcome.OPEN


def _money_is_there(order: Order, payment: Asked, facts: PaymentFacts, at: datetime) -> Outcome:
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
    if payment.state not in (State.OPENING, State.OPEN) or order.status != Status.AWAITING_PAYMENT:
        _let_go(order, payment, facts, Reason.PAID_TOO_LATE, at)
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
        raise OrderMovedOn
    if not payment_steps.authorise(payment.id, facts.session_id, facts.intent_id, at):
        raise OrderMovedOn
    if facts.state is PaymentState.CAPTURED:
        charging.captured(payment.id, at)
    basket.clear_variants(order.user_id, [line.variant_id for line in order.lines])
    charging.capture_before_hold_ends(payment, at)
    enqueue_mail(
        "order_placed",
        order.user_id,
        f"order_placed:{order.number}",
        at,
        number=order.number,
        total_cents=order.total_cents,
    )


def _let_go(order: Order, payment: Asked, facts: PaymentFacts, reason: Reason, at: datetime) -> None:
    """Money for an order that cannot have it goes back, and the customer is told; once per authorization."""
    assert facts.intent_id is not None
    kind = Kind.REFUND if facts.state is PaymentState.CAPTURED else Kind.VOID
    releasing.send_back(payment, facts.intent_id, kind, facts.amount_cents, reason, at)
    enqueue_mail(
        "order_not_charged",
        order.user_id,
        f"order_not_charged:{facts.intent_id}",
        at,
        number=order.number,
        total_cents=facts.amount_cents,
        refunded=int(kind is Kind.REFUND),
    )
