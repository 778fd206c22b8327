"""What the store does by itself about money that came too late or was let go leaves no difference behind."""

import pytest
import requests

from shop.checkout import end_order
from shop.clock import now
from shop.database import db, transaction
from tests.integration.checkout.records import latest_order, status_of
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.payments.payment_desk import KEY
from tests.integration.reconciliation.both_sides import bought, codes, payment_of
from tests.running_store import PATIENCE

pytestmark = pytest.mark.usefixtures("context")


def test_money_for_an_expired_order_differs_until_it_was_let_go(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    order_id = latest_order(ada.user_id).id
    with transaction():
        end_order.expire_order(order_id, now())
    answer = counter.pay(url)
    assert codes(counter) == {("held_but_order_canceled", number)}
    ada.get(counter.return_path(answer))
    counter.work()
    db.session.rollback()
    assert codes(counter) == set()
    assert status_of(number) == "expired"


def test_an_authorization_that_the_bank_ended_differs_until_the_store_is_told(
    counter: Counter, ada: Customer, naproxen: int, store_sandbox
) -> None:
    number = bought(counter, ada, naproxen)
    url = f"{store_sandbox[0]}/v1/test_helpers/payment_intents/{payment_of(number).intent_id}/lapse"
    assert requests.post(url, headers={"Authorization": f"Bearer {KEY}"}, timeout=PATIENCE).status_code == 200
    assert codes(counter) == {("placed_but_not_paid", number)}
    assert counter.deliver(number, "payment_intent.canceled").status_code == 200
    db.session.rollback()
    assert codes(counter) == set()
