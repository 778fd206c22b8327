"""From the basket to a paid order, against the real payment sandbox: in good order, in bad, and twice."""

import re
import threading

import pytest
import requests
from sqlalchemy import func, select

from shop.audit.service import broken_links
from shop.database import db
from shop.outbox.models import Job
from shop.payments.gateway import Gateway, PaymentState
from shop.payments.models import Payment
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import (
    DECLINED,
    Counter,
    Customer,
    approve,
    held,
    latest_order,
    payments_of,
    status_of,
    taken,
)
from tests.integration.payments.payment_desk import KEY, SECRET

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def ada(new_customer) -> Customer:
    return new_customer()


@pytest.fixture
def naproxen(context) -> int:
    """Over the counter, $0.079 a tablet, 1000 on the shelf."""
    variant_id = make_variant("Naproxen", "220 mg", "0.079", rx=False, quantities=(50, 100))
    make_lot(variant_id)
    return variant_id


def facts_of(counter: Counter, number: str):
    db.session.rollback()
    session_id = db.session.scalars(
        select(Payment.session_id).where(Payment.reference.startswith(number)).order_by(Payment.id.desc())
    ).first()
    db.session.rollback()
    return counter.gateway.look_up(session_id)


def mails(template: str) -> int:
    db.session.rollback()
    jobs = db.session.scalars(select(Job).where(Job.kind == "mail"))
    return sum(1 for job in jobs if job.payload["template"] == template)


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
    assert payments_of(number) == ["captured"]
    order = latest_order(ada.user_id)
    assert (order.paid_at is not None, order.total_cents) == (True, 4590 + 395 + 490)
    assert facts_of(counter, number).amount_cents == order.total_cents
    assert "Nothing is in it" not in (page := ada.get(f"/orders/{number}").text)
    assert "A person is packing it" in page
    assert "There is nothing in it yet" in ada.get("/basket").text
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
    counter.work()
    assert payments_of(number) == ["captured"]
    assert mails("order_placed") == 1
    order = latest_order(ada.user_id)
    assert [event.event for event in order.events] == ["created", "placed", "paid"]


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
    assert "Nothing was charged" in ada.get(f"/orders/{number}").text
    again = ada.post(f"/orders/{number}/pay", page=f"/orders/{number}").headers["Location"]
    assert again == url
    ada.get(counter.return_path(counter.pay(again)))
    counter.work()
    assert payments_of(number) == ["captured"]


def test_two_clicks_on_pay_leave_one_order_that_can_be_paid(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    first, first_url = ada.order()
    second, second_url = ada.order()
    assert (status_of(first), status_of(second)) == ("cancelled", "awaiting_payment")
    assert held() == {naproxen: 50}
    assert counter.pay(first_url).status_code == 410
    ada.get(counter.return_path(counter.pay(second_url)))
    counter.work()
    assert (payments_of(first), payments_of(second)) == (["expired"], ["captured"])


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
        select(func.count(Payment.id)).where(Payment.state.in_(["open", "opening", "authorised"]))
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


def test_a_cancelled_order_gives_everything_back_and_can_no_longer_be_paid(
    counter: Counter, ada: Customer
) -> None:
    baclofen = make_variant()
    make_lot(baclofen)
    item = approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    assert (held(), taken(item)) == ({baclofen: 60}, 60)
    ada.post(f"/orders/{number}/cancel", page=f"/orders/{number}")
    assert (status_of(number), held(), taken(item)) == ("cancelled", {}, 0)
    assert counter.pay(url).status_code == 410
    assert "60 × $0.51" in ada.get("/basket").text


def test_cancelling_what_was_paid_in_this_moment_places_it(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    ada.post(f"/orders/{number}/cancel", page=f"/orders/{number}")
    assert status_of(number) == "placed"
    assert held() == {naproxen: 50}


def test_an_order_nobody_pays_expires_and_gives_everything_back(counter: Counter, ada: Customer) -> None:
    baclofen = make_variant()
    make_lot(baclofen)
    item = approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    counter.work(minutes=30)
    assert status_of(number) == "awaiting_payment"
    counter.work(minutes=36)
    assert (status_of(number), held(), taken(item)) == ("expired", {}, 0)
    assert counter.pay(url).status_code == 410


def test_an_order_paid_in_its_last_moment_is_placed_by_the_job_that_would_expire_it(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    counter.work(minutes=36)
    assert status_of(number) == "placed"
    assert payments_of(number) == ["captured"]


def test_money_for_an_order_that_was_given_up_is_let_go(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    from shop.checkout import service
    from shop.database import now, transaction

    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    order_id = latest_order(ada.user_id).id
    with transaction():  # the order was given up here while its page, for once, could not be closed
        service.expire_order(order_id, now())
    counter.pay(url)
    assert counter.deliver(number).status_code == 200
    assert status_of(number) == "expired"
    counter.work()
    assert payments_of(number) == ["voided"]
    assert facts_of(counter, number).state is PaymentState.CANCELLED or (
        counter.gateway.look_up_intent(facts_of(counter, number).intent_id).state is PaymentState.CANCELLED
    )
    assert mails("order_not_charged") == 1


def test_a_payment_of_another_amount_is_refused_and_let_go(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    from dataclasses import replace

    from shop.checkout import hosted
    from shop.database import now

    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    facts = facts_of(counter, number)
    for wrong in (replace(facts, amount_cents=facts.amount_cents - 1), replace(facts, currency="eur")):
        assert hosted.settle(wrong, now()).outcome == "mismatch"
    assert status_of(number) == "awaiting_payment"
    assert payments_of(number) == ["failed"]
    counter.work()
    assert counter.gateway.look_up_intent(facts.intent_id).state is PaymentState.CANCELLED


def test_without_the_payment_service_the_order_waits_and_nothing_is_charged(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    ada.put_in_basket(naproxen, 50)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    answer = ada.check_out()
    number = latest_order(ada.user_id).number
    assert answer.headers["Location"] == f"/orders/{number}"
    page = ada.get(f"/orders/{number}").text
    assert "Nothing was charged" in page
    assert "Pay now" in page
    assert "Cancel order" in page
    assert payments_of(number) == ["opening"]
    monkeypatch.setitem(counter.app.extensions, "gateway", counter.gateway)
    url = ada.post(f"/orders/{number}/pay", page=f"/orders/{number}").headers["Location"]
    ada.get(counter.return_path(counter.pay(url)))
    counter.work()
    assert payments_of(number) == ["captured"]


def test_a_payment_page_that_never_came_about_is_asked_for_anew_with_a_longer_hold(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    from shop.checkout import hosted
    from shop.checkout.terms import terms_of
    from shop.orders import queries
    from shop.web import settings
    from tests.integration.checkout.store_counter import moment

    ada.put_in_basket(naproxen, 50)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    ada.check_out()
    order = latest_order(ada.user_id)
    first_hold = order.holds_until
    monkeypatch.setitem(counter.app.extensions, "gateway", counter.gateway)
    ten_minutes_later = moment(minutes=-10)
    url = hosted.open_page(
        counter.gateway,
        order,
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
    page = requests.get(url, timeout=10).text
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
    from shop.checkout.jobs import capture_payment
    from shop.database import now

    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    payment_id = db.session.scalars(select(Payment.id)).one()
    for _ in range(2):
        capture_payment({"payment_id": payment_id}, now())
    counter.work()
    assert [event.event for event in latest_order(ada.user_id).events].count("paid") == 1
    assert facts_of(counter, number).amount_cents == latest_order(ada.user_id).total_cents
