"""A guest is deleted like an account, 30 days after the last step of the order."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from shop.accounts.deletion import ERASED_NAME, GRACE
from shop.accounts.models import User
from shop.checkout import refunding
from shop.clock import now
from shop.database import db, transaction
from shop.fulfillment.service import ship_order
from shop.orders.models import Order, OrderEvent
from shop.orders.person_models import OrderPerson
from shop.orders.refunds import RefundWhy
from shop.orders.states import RefundReason
from shop.outbox.worker import run_due
from tests.integration.checkout.store_counter import Counter
from tests.integration.guests.conftest import EMAIL, Guest, order_of, texts

pytestmark = pytest.mark.usefixtures("context", "counter")
DAY = timedelta(days=1)


def ended(number: str, at) -> None:
    with transaction() as session:
        order_id = order_of(number).id
        shipped = update(Order).where(Order.id == order_id)
        session.execute(shipped.values(status="shipped", shipped_at=at, paid_at=at, tracking="T-1"))
        session.add(OrderEvent(order_id=order_id, at=at, event="shipped"))


def person(number: str) -> User:
    return db.session.get_one(User, order_of(number).user_id)


def test_what_no_law_keeps_of_a_guest_goes_after_thirty_days(placed: str, guest: Guest) -> None:
    begin = now()
    run_due(begin + GRACE + DAY)
    assert person(placed).guest_email == EMAIL, "the order is still open"
    ended(placed, begin + GRACE + 2 * DAY)
    run_due(begin + 2 * GRACE + DAY)
    assert person(placed).guest_email == EMAIL, "a step was taken in the last 30 days"
    run_due(begin + 2 * GRACE + 4 * DAY)
    gone = person(placed)
    assert (gone.guest_email, gone.active, gone.name) == (None, False, ERASED_NAME)
    order = order_of(placed)
    assert (order.recipient, order.line1, order.phone, order.tracking) == ("", "", "", "")
    assert (order.region, order.total_cents > 0) == ("NY", True)
    assert db.session.scalar(select(func.count(OrderPerson.order_id))) == 0
    assert guest.get(f"/orders/{placed}").status_code == 404


def test_a_guest_who_never_paid_goes_too(guest: Guest, naproxen: int) -> None:
    guest.put_in_basket(naproxen, 50)
    number, _ = guest.order()
    begin = now()
    run_due(begin + timedelta(hours=1))
    assert order_of(number).status == "expired"
    run_due(begin + GRACE + 3 * DAY)
    assert (person(number).guest_email, order_of(number).recipient) == (None, "")


def test_who_is_refunded_late_is_told_before_they_go(placed: str, counter: Counter, make_user, mails) -> None:
    begin, staff = now(), make_user("admin")
    counter.charge(placed)
    with transaction():
        ship_order(placed, "", staff, begin)
    why = RefundWhy(RefundReason.GOODWILL)
    with transaction():
        order = order_of(placed)
        refunding.request_refund(order.id, {}, 100, why, "0" * 32, staff, begin + GRACE - DAY)
    run_due(begin + GRACE + DAY)
    assert person(placed).guest_email == EMAIL
    assert any("$1.00" in texts(mail) for mail in mails())
    run_due(begin + 2 * GRACE + DAY)
    assert person(placed).guest_email is None
