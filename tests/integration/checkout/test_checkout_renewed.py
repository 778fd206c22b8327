"""Two clicks find the same payment page too old: one renews it, and the other goes along."""

import pytest

from shop.checkout import payment_session, place_order
from shop.checkout.terms import terms_of
from shop.clock import now
from shop.database import db, transaction
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.gateway import Gateway
from shop.payments.refusals import PaymentServiceUnavailable
from shop.web import settings
from tests.integration.checkout.records import latest_order, payments_of
from tests.integration.checkout.store_counter import Counter, Customer, moment
from tests.integration.payments.payment_desk import KEY, SECRET

pytestmark = pytest.mark.usefixtures("context")


def test_a_page_that_another_click_opened_meanwhile_is_not_replaced_by_a_second_one(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    ada.put_in_basket(naproxen, 50)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    ada.check_out()
    order = latest_order(ada.user_id)
    seen = payments.alive(order.id)
    with transaction():
        payment_steps.opened(seen.id, "cs_other_click", "https://pay.example/1")
    with transaction():
        found = place_order.renew_payment(order.id, seen, terms_of(settings()), now())
    assert found.url == "https://pay.example/1"
    assert payments_of(order.number) == ["open"]


def test_two_clicks_that_renew_ask_with_one_key_for_one_and_the_same_page(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    asked: list[tuple[object, object]] = []

    class Away:
        def open_session(self, page, idempotency_key):
            asked.append((idempotency_key, page.expires_at))
            raise PaymentServiceUnavailable("No answer.", "Again.")

    ada.put_in_basket(naproxen, 50)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    ada.check_out()
    order = latest_order(ada.user_id)
    seen = payments.alive(order.id)
    db.session.expunge(order)  # it stays as both have read it
    for seconds in (0, 3):  # both have read the same payment
        at = moment(minutes=-10, seconds=-seconds)
        with pytest.raises(PaymentServiceUnavailable):
            payment_session.open_page(
                Away(), order, seen, "ada@demo.example", "http://x.example", terms_of(settings()), at
            )
    assert asked[0] == asked[1]
