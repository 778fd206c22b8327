"""Refunding part or all of an order that shipped, line by line, by staff.

Decided and counted under the order's lock, together with its ledger row; a job asks the payment service
outside of any transaction. An order that has not shipped is canceled instead (`end_order`), so nothing that
was refunded here is ever sent.
"""

from collections.abc import Mapping
from datetime import datetime

from shop.checkout.refusals import OrderMovedOn
from shop.errors import DomainError
from shop.orders import queries as orders
from shop.orders import refunds
from shop.orders.models import Order
from shop.orders.refund_rules import Parts, Refusal, refusal, tax_back
from shop.orders.refunds import RefundWhy
from shop.orders.states import OrderStatus, RefundReason
from shop.outbox.service import enqueue
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments.movements import Movement
from shop.payments.queries import PaymentRecord
from shop.payments.states import MovementKind, PaymentStatus, Reason
from shop.safety.states_served import Taxable, sales_tax_cents


class RefundNotMade(DomainError):
    """The refund can't be made as entered; `why` says which rule stands against it."""

    status = 422
    code = "refund_not_made"

    def __init__(self, why: Refusal) -> None:
        super().__init__(*_WORDS[why])
        self.why = why


_WORDS = {
    Refusal.NOTHING: ("Enter what to refund.", "At least one amount must be above zero."),
    Refusal.NEGATIVE: ("A refund can’t be negative.", "Check the amounts."),
    Refusal.NOT_OF_THIS_ORDER: (
        "One of the lines isn’t part of this order.",
        "Reload the page and enter it again.",
    ),
    Refusal.MORE_THAN_LEFT: (
        "This is more than is left to refund.",
        "Nothing was refunded. The page shows what is left on each line.",
    ),
}


def request_refund(
    order_id: int,
    lines: Mapping[int, int],
    delivery_cents: int,
    why: RefundWhy,
    form: str,
    actor_id: int,
    at: datetime,
) -> Movement:
    """Write down that cents of these lines, and of the delivery, go back; sales tax follows the lines.

    `form` names the sent form: sent twice, it is the same refund. Raises OrderMovedOn for an order that is
    not shipped and charged, RefundNotMade, and OverRefund.
    """
    order, payment = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or order.status != OrderStatus.SHIPPED:
        raise OrderMovedOn
    if payment is None or payment.state != PaymentStatus.CAPTURED:
        raise OrderMovedOn
    key = f"refund-{payment.intent_id}-{form}"
    if known := movements.by_key(key):
        return known
    remaining = refunds.left_of(order)
    wanted = Parts({key: cents for key, cents in lines.items() if cents}, delivery_cents)
    if found := refusal(wanted, remaining):
        raise RefundNotMade(found)
    tax = tax_back(wanted, remaining, lambda rest: tax_on(order, rest))
    return ask(payment, Parts(wanted.lines, delivery_cents, tax), why, Reason.STAFF_REFUND, key, actor_id, at)


def ask_again(order_id: int, refund_id: int, actor_id: int, at: datetime) -> Movement:
    """Ask once more for what a removed line cost, after the service refused: no refund page has that line.

    Pressed twice it is one refund. Raises OrderMovedOn for any other refund, and OverRefund.
    """
    order, payment = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or payment is None or payment.state != PaymentStatus.CAPTURED:
        raise OrderMovedOn
    row = next((one for one in refunds.of_orders([order_id]) if one.id == refund_id), None)
    if row is None or row.refused_at is None or row.reason is not RefundReason.LINE_REMOVED:
        raise OrderMovedOn
    key = f"refund-{payment.intent_id}-again-{refund_id}"
    if known := movements.by_key(key):
        return known
    why = RefundWhy(RefundReason.LINE_REMOVED)
    return ask(payment, refunds.parts_of(row), why, Reason.LINE_REMOVED, key, actor_id, at)


def tax_on(order: Order, rest: Mapping[int, int]) -> int:
    """Today's sales tax of amounts by line, in the order's state."""
    on_prescription = {line.id: line.prescription_required for line in order.lines}
    return sales_tax_cents(order.region, [Taxable(rest[key], on_prescription[key]) for key in rest])


def ask(
    payment: PaymentRecord,
    parts: Parts,
    why: RefundWhy,
    reason: Reason,
    key: str,
    actor_id: int,
    at: datetime,
) -> Movement:
    """Count the parts as refunded, remember them, and let the worker refund them. The order is locked."""
    assert payment.intent_id is not None  # it was captured
    movements.reserve_refund(payment, parts.total_cents)
    movement = movements.request(
        payment, MovementKind.REFUND, payment.intent_id, parts.total_cents, reason, at, actor_id, key
    )
    refunds.keep(payment.order_id, movement.id, parts, why, actor_id, at)
    enqueue(
        "refund_part",
        f"refund:{key}",
        {"movement_id": movement.id},
        at=at,
        sequence=f"order:{payment.order_id}",
    )
    return movement
