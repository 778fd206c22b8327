"""What needs the payment service: opening its page, asking about it, ending it, outside of transactions.

A request may be repeated after any failure: the same payment has the same idempotency key, and what the
service answers goes through `confirm_payment.confirm` like everything else it says.
"""

from datetime import datetime, timedelta

from shop.checkout import confirm_payment, end_order, place_order
from shop.checkout.confirm_payment import Outcome, Settled
from shop.checkout.terms import Terms
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.orders.cancellation import ByStaff
from shop.orders.models import Order
from shop.orders.states import TO_SHIP
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.gateway import Gateway
from shop.payments.queries import PaymentRecord
from shop.payments.states import PaymentStatus
from shop.payments.stripe_checkout import PageRequest

LEAST_PAGE_LIFE = timedelta(minutes=30, seconds=20)  # Stripe's least, and the way there
BEFORE_HOLD_ENDS = timedelta(minutes=2)  # the page closes before what it pays for is given away


def open_page(
    gateway: Gateway,
    order: Order,
    payment: PaymentRecord | None,
    email: str,
    public_url: str,
    terms: Terms,
    at: datetime,
) -> str | None:
    """The address of the hosted page for an unpaid order; None when the order moved on meanwhile.

    `payment` is the order's living one, as it was read or begun a moment ago.

    Raises PaymentServiceUnavailable and PaymentRefused; then nothing was charged and the order still waits.
    """
    if payment is not None and payment.state == PaymentStatus.OPEN:
        settled = ask(gateway, payment, at)
        return payment.url if settled.outcome is Outcome.OPEN else None
    number, until = order.number, order.holds_until - BEFORE_HOLD_ENDS
    if payment is None or until - at < LEAST_PAGE_LIFE:
        with transaction():
            payment = place_order.renew_payment(order.id, payment, terms, at)
            renewed = orders.by_id(order.id)
            assert renewed is not None
            until = renewed.holds_until - BEFORE_HOLD_ENDS  # as another click asked, if that one renewed it
        if payment.url:  # another click opened it in this very moment
            return payment.url
    return _open(gateway, payment, number, until, email, public_url)


def _open(
    gateway: Gateway, payment: PaymentRecord, number: str, until: datetime, email: str, public_url: str
) -> str | None:
    db.session.rollback()  # a read transaction must not wait for the network either
    asked = PageRequest(
        reference=payment.reference,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        description=f"Order {number}",
        customer_email=email,
        success_url=f"{public_url}/checkout/return?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{public_url}/orders/{number}",
        expires_at=until,
    )
    page = gateway.open_session(asked, idempotency_key=f"open-{payment.reference}")
    with transaction():
        kept = payment_steps.opened(payment.id, page.session_id, page.url)
    if kept:
        return page.url
    if (now_known := payments.by_id(payment.id)) and now_known.session_id == page.session_id:
        return page.url  # two clicks asked with one key and got one page
    gateway.expire(page.session_id)  # the order was given up while the page was being made
    return None


def settle(facts: PaymentFacts, at: datetime, payment: PaymentRecord | None = None) -> Settled:
    """Take what the service said to the order, in a transaction; of `payment`, where it was asked for it."""
    with transaction():
        return confirm_payment.confirm(facts, at, payment)


def ask(gateway: Gateway, payment: PaymentRecord, at: datetime) -> Settled:
    """Ask what became of a payment's page, and take the answer to the order."""
    if payment.session_id is None:
        return Settled(Outcome.OPEN, payment.order_id)
    db.session.rollback()
    return settle(gateway.look_up(payment.session_id), at, payment)


def cancel_unpaid(
    gateway: Gateway, order_id: int, at: datetime, actor_id: int, by_staff: ByStaff | None = None
) -> bool:
    """Close an unpaid order's page and cancel it. False when it was paid after all: then it is placed."""
    closed, payment_id = _close_page(gateway, order_id, at)
    if closed:
        with transaction():
            end_order.cancel_order(order_id, at, actor_id, payment_id, by_staff)
    return closed


def expire_unpaid(gateway: Gateway, order_id: int, at: datetime) -> bool:
    """Close an unpaid order's page and let it expire. False when it was paid after all: then it is placed."""
    closed, payment_id = _close_page(gateway, order_id, at)
    if closed:
        with transaction():
            end_order.expire_order(order_id, at, payment_id)
    return closed


def _close_page(gateway: Gateway, order_id: int, at: datetime) -> tuple[bool, int | None]:
    """Whether nobody can pay the order any more, and the payment whose page was closed."""
    payment = payments.alive(order_id)
    if payment is None:
        return True, None
    if payment.session_id is None:
        return payment.state == PaymentStatus.OPENING, payment.id
    db.session.rollback()
    facts = gateway.expire(payment.session_id)
    if facts.state not in (PaymentState.AUTHORIZED, PaymentState.CAPTURED):
        return True, payment.id
    return settle(facts, at, payment).outcome not in (Outcome.PLACED, Outcome.ALREADY), payment.id


def close_unpaid(gateway: Gateway, user_id: int, at: datetime) -> str | None:
    """Give up the customer's earlier unpaid order, so that a new one is not paid beside it.

    Returns its number when it turns out to be paid: then there is nothing new to order.
    """
    order = orders.unpaid(user_id)
    if order is None:
        return None
    number, order_id = order.number, order.id
    if not cancel_unpaid(gateway, order_id, at, user_id):
        return number
    after = orders.by_id(order_id)
    return number if after and after.status in TO_SHIP else None
