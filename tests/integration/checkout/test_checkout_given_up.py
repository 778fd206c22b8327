"""An order canceled, expired, paid too late or wrongly: all is given back and no money is kept."""

import pytest
from sqlalchemy import update

from shop.clock import now
from shop.database import transaction
from shop.outbox.models import Job
from shop.payments.facts import PaymentState
from tests.factories import make_lot, make_variant
from tests.integration.checkout.paid_orders import facts_of, mails
from tests.integration.checkout.records import held, latest_order, payments_of, status_of, taken
from tests.integration.checkout.store_counter import Counter, Customer, approve

pytestmark = pytest.mark.usefixtures("context")


def test_a_canceled_order_gives_everything_back_and_can_no_longer_be_paid(
    counter: Counter, ada: Customer
) -> None:
    baclofen = make_variant()
    make_lot(baclofen)
    item = approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    assert (held(), taken(item)) == ({baclofen: 60}, 60)
    ada.post(f"/orders/{number}/cancel")
    assert (status_of(number), held(), taken(item)) == ("canceled", {}, 0)
    assert counter.pay(url).status_code == 410
    assert "60 × $0.51" in ada.get("/basket").text


def test_canceling_what_was_paid_in_this_moment_places_it(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    ada.post(f"/orders/{number}/cancel")
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


def test_a_job_that_comes_too_early_by_a_slow_clock_does_not_let_the_order_wait_for_ever(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, _url = ada.order()
    with transaction() as session:  # taken by a worker that died, and given back by one whose clock is behind
        session.execute(update(Job).where(Job.kind == "expire_order").values(run_after=now()))
    counter.work()
    assert status_of(number) == "awaiting_payment"
    counter.work(minutes=36)
    assert (status_of(number), held()) == ("expired", {})


def test_an_order_paid_in_its_last_moment_is_placed_by_the_job_that_would_expire_it(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    counter.work(minutes=36)
    assert status_of(number) == "placed"
    assert payments_of(number) == ["authorized"]


def test_money_for_an_order_that_was_given_up_is_let_go(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    from shop.checkout import end_order
    from shop.clock import now
    from shop.database import transaction

    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    order_id = latest_order(ada.user_id).id
    with transaction():  # the order was given up here while its page, for once, could not be closed
        end_order.expire_order(order_id, now())
    counter.pay(url)
    assert counter.deliver(number).status_code == 200
    assert status_of(number) == "expired"
    counter.work()
    assert payments_of(number) == ["voided"]
    assert facts_of(counter, number).state is PaymentState.CANCELED or (
        counter.gateway.look_up_intent(facts_of(counter, number).intent_id).state is PaymentState.CANCELED
    )
    assert mails("order_not_charged") == 1


def test_a_payment_of_another_amount_is_refused_and_let_go(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    from dataclasses import replace

    from shop.checkout import payment_session
    from shop.clock import now

    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    counter.pay(url)
    facts = facts_of(counter, number)
    wrong = (replace(facts, amount_cents=facts.amount_cents - 1), replace(facts, currency="eur"))
    outcomes = [payment_session.settle(one, now()).outcome for one in wrong]
    assert outcomes == ["mismatch", "too_late"]  # the second finds that the money is on its way back
    assert status_of(number) == "awaiting_payment"
    assert payments_of(number) == ["failed"]
    counter.work()
    assert counter.gateway.look_up_intent(facts.intent_id).state is PaymentState.CANCELED
