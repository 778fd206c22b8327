"""Making an order of a basket, with everything it keeps, and the payment that it waits for.

The network is never asked in here; `payment_session` does that, between transactions.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from shop.addresses import PostalAddress
from shop.basket.owner import BasketOwner
from shop.checkout.basket_review import review_basket
from shop.checkout.priced_basket import LineReview
from shop.checkout.refusals import (
    BasketBlocked,
    DeliveryNotOffered,
    OrderMovedOn,
    TotalChanged,
    TotalNotChargeable,
)
from shop.checkout.rules import chargeable
from shop.checkout.sending import check_age, check_health
from shop.checkout.terms import Terms
from shop.clock import business_date
from shop.database import lock_name
from shop.drug_review import decisions as drug_review
from shop.orders import persons
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.destination import check_destination
from shop.orders.models import Order
from shop.orders.service import NewLine
from shop.orders.states import OrderStatus
from shop.outbox.service import enqueue
from shop.patients import notice
from shop.patients import service as patients
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.queries import PaymentRecord
from shop.prescriptions.ledger import quantities
from shop.stock import holds


def create_order(
    user_id: int,
    address: PostalAddress,
    shown_total_cents: int,
    terms: Terms,
    at: datetime,
    age_declared: int | None = None,
    nothing_new: Collection[int] = (),
    notice_said: bool = False,
    owner: BasketOwner | None = None,
    method: str = "",
) -> tuple[Order, PaymentRecord]:
    """The basket as an order, with its stock and prescription quantity kept until `at + terms.hold`.

    The basket is the account's, or for a guest the visitor's, `owner`.

    `nothing_new` are the patients whose health the customer confirmed, and with `notice_said` the receipt of
    the privacy notice, which an order for a patient needs once; `method` the code of the delivery method that
    was asked for, "" for the cheapest. Everything is checked again here, so
    it does not matter how the request came about. Raises BasketBlocked, NotServed, NotDeliverable,
    DeliveryNotOffered,
    AgeNotDeclared, NoticeNotAcknowledged, HealthNotConfirmed, HealthIncomplete, TotalChanged,
    TotalNotChargeable, OutOfStock, NotEnoughLeft, NotCovered, and OrderMovedOn where another click has just
    made one; then nothing is kept.
    """
    lock_name(f"unpaid order of {user_id}")  # it may not exist yet, so there is no row to lock
    persons.lock(address, user_id)  # another account may just be ordering for the same person
    owner = owner or BasketOwner(user_id=user_id)
    review = review_basket(owner, terms, business_date(at), address, method, buyer_id=user_id)
    if review.unpaid_order:
        raise OrderMovedOn
    if not review.ready:
        raise BasketBlocked(review)
    check_destination(address, terms.market)
    sent_by = review.delivery.chosen
    if sent_by is None or (method and sent_by.code != method):
        raise DeliveryNotOffered(bool(sent_by))
    check_age(review, age_declared)
    if review.ordered_for:
        notice.require(user_id, notice_said, at)
    check_health(review, nothing_new, business_date(at))
    if review.total_cents != shown_total_cents:
        raise TotalChanged
    if not chargeable(review.total_cents):
        raise TotalNotChargeable
    holds_until = at + terms.hold
    order = order_steps.create(
        user_id,
        [_new_line(line) for line in review.lines],
        address,
        sent_by,
        terms.currency,
        holds_until,
        at,
        tax_cents=review.tax_cents,
        age_declared=age_declared if review.age_asked else None,
    )
    for patient in review.ordered_for:
        patients.confirm_health(user_id, patient.id, at, order.number)
    _keep(order, {_whose(line): line for line in review.lines}, at)
    drug_review.show_ordered(order.id, review.drug_review.asked, at)
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
        prescription_item_id=line.coverage.item_id if line.coverage else None,
        patient_id=line.patient.id if line.patient else None,
        someone_else=line.someone_else,
    )


def _whose(line: LineReview) -> tuple[int, int | None]:
    return line.variant.id, line.patient.id if line.patient else None


def _keep(order: Order, reviews: Mapping[tuple[int, int | None], LineReview], at: datetime) -> None:
    on_prescription = [line for line in order.lines if line.prescription_item_id]
    for line in sorted(on_prescription, key=lambda line: line.prescription_item_id or 0):
        assert line.prescription_item_id is not None
        quantities.hold_quantity(
            line.prescription_item_id, line.id, line.quantity, at, business_date(at), line.variant_id
        )
    until = {line.id: reviews[line.variant_id, line.patient_id].outlasts for line in order.lines}
    for line in sorted(order.lines, key=lambda line: (line.variant_id, until[line.id])):
        holds.hold(line.id, line.variant_id, line.quantity, until[line.id], at)


def begin_payment(order: Order, at: datetime) -> PaymentRecord:
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


def renew_payment(order_id: int, seen: PaymentRecord | None, terms: Terms, at: datetime) -> PaymentRecord:
    """Begin again where the first page never came about: the old payment ends, the order waits anew.

    `seen` is the payment that the caller found too old; one that another click renewed or opened is given.
    Raises OrderMovedOn when the order no longer awaits its payment.
    """
    order, current = orders.lock(order_id), payments.lock_alive(order_id)
    if order is None or order.status != OrderStatus.AWAITING_PAYMENT:
        raise OrderMovedOn
    if current is not None and (seen is None or (current.id, current.state) != (seen.id, seen.state)):
        return current
    order_steps.extend(order_id, at + terms.hold)
    if current is not None and not payment_steps.expire(current.id, at):
        raise OrderMovedOn
    order = orders.by_id(order_id)
    assert order is not None
    return begin_payment(order, at)
