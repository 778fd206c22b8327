"""Money that moved at the payment service behind the store's back: refunded by hand there, or disputed."""

import pytest
import requests

from shop.payments.models import Payment
from tests.integration.checkout.records import payments_of, status_of
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.checkout.test_checkout_capture import cancel, movements, ship
from tests.integration.checkout.test_checkout_release import paid_with
from tests.integration.payments.payment_desk import KEY
from tests.running_store import PATIENCE

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def admin(make_user, sign_in) -> Customer:
    user_id = make_user("admin")
    return Customer(sign_in(user_id), user_id)


@pytest.fixture
def charged(counter: Counter, placed: str) -> Payment:
    """An order that was charged before it shipped."""
    counter.charge(placed)
    return paid_with()


def by_hand(counter: Counter, payment: Payment, cents: int) -> None:
    """Refund some of it in the payment service's dashboard."""
    counter.gateway.refund(payment.intent_id, cents, f"by-hand-{payment.intent_id}-{cents}")


def given_back(counter: Counter, payment: Payment) -> int:
    return sum(one.amount_cents for one in counter.gateway.lists.refunds(intent_id=payment.intent_id))


def test_what_was_refunded_by_hand_is_not_shipped_and_canceling_it_refunds_nothing_more(
    counter: Counter, placed: str, charged: Payment, admin: Customer
) -> None:
    by_hand(counter, charged, charged.amount_cents)
    page = admin.get(ship(admin, placed).location).text
    assert 'data-refused="money_not_kept"' in page
    assert status_of(placed) == "placed"
    admin.post(f"/admin/orders/{placed}/cancel", reason="payment_doubtful")
    counter.work()
    assert (status_of(placed), payments_of(placed)) == ("canceled", ["refunded"])
    assert given_back(counter, charged) == charged.amount_cents


def test_what_the_cardholder_disputes_is_not_shipped(
    counter: Counter, placed: str, charged: Payment, admin: Customer, store_sandbox
) -> None:
    url = f"{store_sandbox[0]}/v1/test_helpers/payment_intents/{charged.intent_id}/dispute"
    assert requests.post(url, headers={"Authorization": f"Bearer {KEY}"}, timeout=PATIENCE).status_code == 200
    ship(admin, placed)
    assert status_of(placed) == "placed"


def test_a_part_refunded_by_hand_does_not_keep_the_rest_from_the_customer(
    counter: Counter, placed: str, charged: Payment, ada: Customer
) -> None:
    by_hand(counter, charged, 100)
    cancel(ada, placed)
    counter.work()
    counter.work(minutes=5)
    assert (status_of(placed), payments_of(placed)) == ("canceled", ["refunded"])
    assert given_back(counter, charged) == charged.amount_cents
    assert paid_with().refunded_cents == charged.amount_cents
    assert movements()[1:] == [("refund", "order_canceled", "refused"), ("refund", "order_canceled", "done")]


def test_a_part_refunded_by_hand_lets_the_order_ship(
    counter: Counter, placed: str, charged: Payment, admin: Customer
) -> None:
    by_hand(counter, charged, 100)
    ship(admin, placed)
    assert status_of(placed) == "shipped"
