"""Orders in every state with their real payments, and ways to make the two sides contradict each other."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from shop.clock import now
from shop.database import db, transaction
from shop.orders.models import Order
from shop.payments import service as payment_steps
from shop.payments.models import Payment, PaymentMovement
from shop.reconciliation import service
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.payments.payment_desk import Desk

ALL_AT_ONCE = timedelta(0)


def bought(counter: Counter, customer: Customer, variant_id: int, paid: bool = True) -> str:
    """An order of this customer: placed and its money held, or waiting for its payment."""
    customer.put_in_basket(variant_id, 50)
    number, url = customer.order(recipient=f"Customer C{customer.user_id}")
    if paid:
        customer.get(counter.return_path(counter.pay(url)))
    db.session.rollback()
    return number


def payment_of(number: str) -> Payment:
    """The newest payment of an order, as a detached row."""
    db.session.rollback()
    query = select(Payment).join(Order).where(Order.number == number).order_by(Payment.id.desc()).limit(1)
    payment = db.session.scalars(query).one()
    db.session.rollback()
    return payment


def captured(counter: Counter, number: str) -> Payment:
    """The payment of an order after its money was taken, on both sides."""
    payment = payment_of(number)
    counter.gateway.capture(payment.intent_id, payment.amount_cents, f"capture-{payment.reference}")
    with transaction():
        payment_steps.mark_captured(payment.id, now())
    return payment


def change_order(number: str, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(Order).where(Order.number == number).values(**values))


def change_payment(number: str, **values: Any) -> None:
    payment_id = payment_of(number).id
    with transaction() as session:
        session.execute(update(Payment).where(Payment.id == payment_id).values(**values))


def request_movement(number: str, kind: str = "capture", state: str = "requested", **values: Any) -> None:
    """A movement of an order's payment as if it had been asked for."""
    payment = payment_of(number)
    with transaction() as session:
        session.add(
            PaymentMovement(
                payment_id=payment.id,
                intent_id=payment.intent_id,
                kind=kind,
                state=state,
                currency="USD",
                idempotency_key=f"{kind}-{payment.reference}",
                reason="order_ships",
                requested_at=now(),
                **{"amount_cents": payment.amount_cents} | values,
            )
        )


def paid_elsewhere(counter: Counter, reference: str, amount_cents: int = 4930) -> str:
    """Money under a reference of ours or nobody's, straight at the payment service; its intent's id."""
    desk = Desk(counter.gateway, counter.receiver, counter.clock, "")
    hosted = desk.open(reference, amount_cents, idempotency_key=f"elsewhere-{reference}")
    assert desk.pay(hosted.url).status_code == 303
    return counter.gateway.look_up(hosted.session_id).intent_id or ""


def compared(counter: Counter, grace: timedelta = ALL_AT_ONCE) -> service.Result:
    """Compare now; with no grace at all even what was done in this second counts."""
    return service.compare(counter.gateway.lists, datetime.now(UTC) - grace + timedelta(seconds=5))


def codes(counter: Counter) -> set[tuple[str, str | None]]:
    """What differs: codes with order numbers."""
    return {(one.code, one.order) for one in compared(counter).differences}
