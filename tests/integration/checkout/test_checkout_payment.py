"""From the basket to a paid order, against the real payment sandbox: once, whatever comes twice."""

import threading

import pytest
from sqlalchemy import func, select

from shop.audit.proof import broken_links
from shop.audit.sealing import seal_audit
from shop.database import db
from shop.payments.models import Payment
from tests.factories import make_lot, make_variant
from tests.integration.checkout.paid_orders import facts_of, mails
from tests.integration.checkout.records import held, latest_order, payments_of, status_of, taken
from tests.integration.checkout.store_counter import DECLINED, Counter, Customer, approve

pytestmark = pytest.mark.usefixtures("context")


def test_a_prescription_medicine_is_bought_and_paid(counter: Counter, ada: Customer, naproxen: int) -> None:
    baclofen = make_variant()
    make_lot(baclofen)
    item = approve(ada.user_id, baclofen, quantity=90, refills=1)
    ada.put_in_basket(baclofen, 90)
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    assert status_of(number) == "awaiting_payment"
    assert held() == {baclofen: 90, naproxen: 50}
    assert taken(item) == 90
    back = counter.return_path(counter.pay(url))
    assert ada.get(back).headers["Location"] == f"/orders/{number}"
    assert status_of(number) == "placed"
    counter.work()
    assert payments_of(number) == ["authorized"]
    order = latest_order(ada.user_id)
    assert (order.paid_at, order.total_cents) == (None, 4590 + 395 + 490)
    counter.charge(number)
    assert payments_of(number) == ["captured"]
    assert latest_order(ada.user_id).paid_at is not None
    assert facts_of(counter, number).amount_cents == order.total_cents
    assert 'data-state="empty"' in ada.get("/basket").text
    seal_audit()
    assert list(broken_links()) == []


@pytest.mark.parametrize("first", ["webhook", "return"])
def test_webhook_and_return_in_either_order_place_one_order(
    counter: Counter, ada: Customer, naproxen: int, first: str
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    back = counter.return_path(counter.pay(url))
    steps = [lambda: counter.deliver(number), lambda: ada.get(back)]
    for step in steps if first == "webhook" else reversed(steps):
        assert step().status_code in (200, 303)
    assert status_of(number) == "placed"
    assert payments_of(number) == ["authorized"]
    assert mails("order_placed") == 1
    order = latest_order(ada.user_id)
    assert [event.event for event in order.events] == ["created", "placed"]


def test_webhook_and_return_at_the_same_moment_place_one_order(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    back = counter.return_path(counter.pay(url))
    counter.webhooks(number, "checkout.session.completed")
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(counter.deliver(number).status_code)),
        threading.Thread(target=lambda: answers.append(ada.get(back).status_code)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 303]
    assert [event.event for event in latest_order(ada.user_id).events] == ["created", "placed"]
    assert mails("order_placed") == 1


def test_a_webhook_delivered_twice_is_acted_on_once(counter: Counter, ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    assert [counter.deliver(number).status_code for _ in range(2)] == [200, 200]
    assert [event.event for event in latest_order(ada.user_id).events] == ["created", "placed"]


def test_a_webhook_that_was_not_signed_changes_nothing(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    body = counter.webhooks(number, "checkout.session.completed")[0].body
    client = counter.app.test_client()
    for headers in ({}, {"Stripe-Signature": "t=1,v1=00"}):
        assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 400
    assert status_of(number) == "awaiting_payment"


def test_an_event_of_no_interest_is_acknowledged(counter: Counter, ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    assert counter.pay(url, number=DECLINED).status_code == 402
    assert counter.deliver(number, "payment_intent.payment_failed").status_code == 200
    assert status_of(number) == "awaiting_payment"


def test_a_declined_card_can_be_followed_by_a_good_one(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    assert counter.pay(url, number=DECLINED).status_code == 402
    assert 'data-status="awaiting_payment"' in ada.get(f"/orders/{number}").text
    again = ada.post(f"/orders/{number}/pay").headers["Location"]
    assert again == url
    ada.get(counter.return_path(counter.pay(again)))
    assert payments_of(number) == ["authorized"]


def test_two_clicks_on_pay_leave_one_order_that_can_be_paid(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    first, first_url = ada.order()
    second, second_url = ada.order()
    assert (status_of(first), status_of(second)) == ("canceled", "awaiting_payment")
    assert held() == {naproxen: 50}
    assert counter.pay(first_url).status_code == 410
    ada.get(counter.return_path(counter.pay(second_url)))
    assert (payments_of(first), payments_of(second)) == (["expired"], ["authorized"])


def test_two_clicks_in_the_same_moment_leave_one_order_that_can_be_paid(
    counter: Counter, ada: Customer, naproxen: int, sign_in
) -> None:
    ada.put_in_basket(naproxen, 50)
    windows = [Customer(sign_in(ada.user_id), ada.user_id) for _ in range(2)]
    answers = []
    threads = [
        threading.Thread(target=lambda window=window: answers.append(window.check_out()))
        for window in windows
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {303, 409}, [answer.text for answer in answers]
    assert held() == {naproxen: 50}
    unpaid = db.session.scalar(
        select(func.count(Payment.id)).where(Payment.state.in_(["open", "opening", "authorized"]))
    )
    assert unpaid == 1


def test_an_order_paid_in_another_window_is_not_made_twice(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)  # neither the webhook nor the return has reached the store
    answer = ada.check_out()
    assert answer.headers["Location"] == f"/orders/{number}"
    assert status_of(number) == "placed"
    assert latest_order(ada.user_id).number == number
