"""The payment service: what it is told, and what becomes of an order it does not answer for."""

import re

import pytest
import requests

from shop.payments.gateway import Gateway
from tests.integration.checkout.paid_orders import facts_of
from tests.integration.checkout.records import latest_order, payments_of, status_of
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.payments.payment_desk import KEY, SECRET
from tests.running_store import PATIENCE

pytestmark = pytest.mark.usefixtures("context")


def test_without_the_payment_service_the_order_waits_and_nothing_is_charged(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    ada.put_in_basket(naproxen, 50)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    answer = ada.check_out()
    number = latest_order(ada.user_id).number
    assert answer.headers["Location"] == f"/orders/{number}"
    page = ada.get(f"/orders/{number}").text
    assert 'data-status="awaiting_payment"' in page
    for step in ("pay", "cancel"):
        assert re.search(rf'action="/orders/[^"]+/{step}"', page)
    assert payments_of(number) == ["opening"]
    monkeypatch.setitem(counter.app.extensions, "gateway", counter.gateway)
    url = ada.post(f"/orders/{number}/pay").headers["Location"]
    ada.get(counter.return_path(counter.pay(url)))
    assert payments_of(number) == ["authorized"]


def test_a_payment_page_that_never_came_about_is_asked_for_anew_with_a_longer_hold(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    from shop.checkout import payment_session
    from shop.checkout.terms import terms_of
    from shop.orders import queries
    from shop.payments import queries as payments
    from shop.web import settings
    from tests.integration.checkout.store_counter import moment

    ada.put_in_basket(naproxen, 50)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    ada.check_out()
    order = latest_order(ada.user_id)
    first_hold = order.holds_until
    monkeypatch.setitem(counter.app.extensions, "gateway", counter.gateway)
    ten_minutes_later = moment(minutes=-10)
    url = payment_session.open_page(
        counter.gateway,
        order,
        payments.alive(order.id),
        "ada@demo.example",
        "http://127.0.0.1:8000",
        terms_of(settings()),
        ten_minutes_later,
    )
    assert url
    assert payments_of(order.number) == ["expired", "open"]
    assert queries.by_number(order.number).holds_until > first_hold
    counter.work(minutes=36)  # the first hold's end: the order was extended
    assert status_of(order.number) == "awaiting_payment"
    counter.work(minutes=46)
    assert status_of(order.number) == "expired"


def test_what_the_payment_service_is_told_says_nothing_about_medicines(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    page = requests.get(url, timeout=PATIENCE).text
    assert f"Order {number}" in page
    assert not re.search("naproxen", page, re.IGNORECASE)
    counter.pay(url)
    assert b"aproxen" not in b"".join(one.body for one in counter.receiver.deliveries)


def test_a_return_with_somebody_elses_payment_is_unknown(
    counter: Counter, ada: Customer, naproxen: int, new_customer
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    back = counter.return_path(counter.pay(url))
    assert new_customer().get(back).status_code == 404
    assert ada.get("/checkout/return?session_id=cs_test_unknown").status_code == 404
    assert ada.get("/checkout/return").status_code == 404
    assert status_of(number) == "awaiting_payment"


def test_a_capture_that_runs_twice_takes_the_money_once(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    from shop.checkout import charging
    from shop.clock import now
    from shop.database import transaction
    from shop.orders import queries
    from shop.payments.states import Reason

    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    with transaction():
        movement = charging.request_capture(queries.id_of(number), Reason.ORDER_SHIPS, now())
    for _ in range(2):
        charging.capture(counter.gateway, movement, now())
    counter.work(minutes=2)
    assert [event.event for event in latest_order(ada.user_id).events].count("paid") == 1
    assert facts_of(counter, number).amount_cents == latest_order(ada.user_id).total_cents
