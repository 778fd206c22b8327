"""An authorization that ends at the payment service before the money was taken: the order ends with it."""

import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select, update

from shop.audit.models import AuditRecord
from shop.audit.proof import broken_links
from shop.audit.sealing import seal_audit
from shop.checkout import payment_session
from shop.checkout.charging import CAPTURE_AFTER
from shop.checkout.confirm_payment import Outcome
from shop.checkout.refusals import OrderMovedOn
from shop.clock import now
from shop.database import db, transaction
from shop.fulfillment.service import ship_order
from shop.outbox.models import Job
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.models import Payment
from shop.payments.refusals import PaymentRefused
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import held, latest_order, payments_of, status_of, taken
from tests.integration.checkout.store_counter import Counter, Customer, approve

pytestmark = pytest.mark.usefixtures("context")
CANCELED = "payment_intent.canceled"


@dataclass(frozen=True)
class Placed:
    """An order whose money is authorized and not yet taken: 60 baclofen on a prescription."""

    number: str
    item_id: int
    payment_id: int
    intent_id: str
    session_id: str


@pytest.fixture
def placed(ada: Customer, counter: Counter) -> Placed:
    baclofen = make_variant()
    make_lot(baclofen)
    item_id = approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    db.session.rollback()
    payment = db.session.scalars(select(Payment)).one()
    found = Placed(number, item_id, payment.id, payment.intent_id, payment.session_id)
    db.session.rollback()
    assert (status_of(number), payments_of(number), taken(item_id)) == ("placed", ["authorized"], 60)
    return found


def end_at_the_bank(counter: Counter, placed: Placed) -> None:
    db.session.rollback()
    counter.gateway.void(placed.intent_id, f"ended-elsewhere-{placed.intent_id}")


def said_of(counter: Counter, placed: Placed) -> PaymentFacts:
    db.session.rollback()
    return counter.gateway.look_up(placed.session_id)


SHIPPING_DAY = CAPTURE_AFTER / timedelta(minutes=1) + 1
"""Minutes after which an order that has not shipped is charged."""


def charge(counter: Counter, placed: Placed) -> None:
    """As shipping does; an order that has ended has nothing to charge."""
    try:
        counter.charge(placed.number)
    except OrderMovedOn:
        db.session.rollback()


def assert_ended_once(placed: Placed, ada: Customer) -> None:
    assert (status_of(placed.number), payments_of(placed.number)) == ("canceled", ["voided"])
    assert (held(), taken(placed.item_id)) == ({}, 0)
    order = latest_order(ada.user_id)
    assert ([event.event for event in order.events], order.paid_at) == (["created", "placed", "lapsed"], None)
    recorded = db.session.scalars(select(AuditRecord.event)).all()
    for event in ("order:canceled", "payment:voided", "prescription:quantity:released"):
        assert recorded.count(event) == 1, event
    mails = db.session.scalars(select(Job).where(Job.kind == "mail")).all()
    assert [job.payload["template"] for job in mails].count("order_not_charged") == 1
    seal_audit()
    assert list(broken_links()) == []


def assert_untouched(placed: Placed, status: str, events: list[str], ada: Customer) -> None:
    assert status_of(placed.number) == status
    assert taken(placed.item_id) == 60
    assert [event.event for event in latest_order(ada.user_id).events] == events
    mails = db.session.scalars(select(Job).where(Job.kind == "mail")).all()
    assert "order_not_charged" not in [job.payload["template"] for job in mails]


def test_the_job_that_finds_the_money_gone_closes_the_order_and_is_done(
    counter: Counter, placed: Placed, ada: Customer
) -> None:
    end_at_the_bank(counter, placed)
    counter.work(minutes=SHIPPING_DAY)
    assert_ended_once(placed, ada)
    job = db.session.scalars(select(Job).where(Job.kind == "capture_before_hold_ends")).one()
    assert (job.finished_at is not None, job.given_up, job.last_error) == (True, False, None)


def test_the_word_of_the_payment_service_closes_the_order(
    counter: Counter, placed: Placed, ada: Customer
) -> None:
    end_at_the_bank(counter, placed)
    assert counter.deliver(placed.number, CANCELED).status_code == 200
    assert_ended_once(placed, ada)


def test_an_authorization_seven_days_old_lapses_and_the_order_with_it(
    counter: Counter, placed: Placed, ada: Customer, monkeypatch
) -> None:
    monkeypatch.setattr(counter.clock, "ahead", timedelta(days=7, minutes=1).total_seconds())
    assert said_of(counter, placed).state is PaymentState.CANCELED
    assert counter.deliver(placed.number, CANCELED).status_code == 200
    assert_ended_once(placed, ada)


@pytest.mark.parametrize("first", ["job", "webhook"])
def test_job_and_webhook_both_coming_twice_close_the_order_once(
    counter: Counter, placed: Placed, ada: Customer, first: str
) -> None:
    end_at_the_bank(counter, placed)
    steps = [
        lambda: charge(counter, placed),
        lambda: counter.deliver(placed.number, CANCELED),
    ]
    for step in (steps if first == "job" else steps[::-1]) * 2:
        step()
    assert_ended_once(placed, ada)


def test_job_and_webhook_in_the_same_moment_close_the_order_once(
    counter: Counter, placed: Placed, ada: Customer
) -> None:
    end_at_the_bank(counter, placed)
    counter.webhooks(placed.number, CANCELED)
    together, answers = threading.Barrier(3), []

    def deliver() -> None:
        together.wait()
        answers.append(counter.deliver(placed.number, CANCELED).status_code)

    def work() -> None:
        together.wait()
        counter.work(minutes=SHIPPING_DAY)

    threads = [threading.Thread(target=target) for target in (deliver, deliver, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 409}, answers  # 409: somebody was quicker, and the service sends it again
    counter.deliver(placed.number, CANCELED)
    assert_ended_once(placed, ada)


def test_what_was_kept_can_be_ordered_again_at_once(counter: Counter, placed: Placed, ada: Customer) -> None:
    end_at_the_bank(counter, placed)
    counter.deliver(placed.number, CANCELED)
    variant_id = latest_order(ada.user_id).lines[0].variant_id
    ada.put_in_basket(variant_id, 60)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    assert (status_of(number), payments_of(number), taken(placed.item_id)) == ("placed", ["authorized"], 60)


def test_the_customer_reads_that_nothing_was_charged_and_what_to_do(
    counter: Counter, placed: Placed, ada: Customer
) -> None:
    end_at_the_bank(counter, placed)
    counter.deliver(placed.number, CANCELED)
    counter.work()
    page = ada.get(f"/orders/{placed.number}").text
    assert 'data-entry="lapsed"' in page
    folder = counter.app.extensions["settings"].mail_folder
    asked = db.session.scalars(select(Job.payload).where(Job.kind == "mail").order_by(Job.id)).all()[-1]
    assert asked["template"] == "order_not_charged"
    assert asked["codes"]["reason"] == "authorisation_ended"
    newest = max(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    mail = message_from_bytes(newest.read_bytes(), policy=policy.default)
    assert placed.number in mail["Subject"]
    for kind in ("plain", "html"):
        words = " ".join(mail.get_body((kind,)).get_content().split())
        assert f"/orders/{placed.number}" in words
        assert "basket" not in words  # it was emptied when the order was placed
        assert "aclofen" not in words


def test_a_captured_order_is_never_closed(counter: Counter, placed: Placed, ada: Customer) -> None:
    counter.charge(placed.number)
    assert payments_of(placed.number) == ["captured"]
    facts = replace(said_of(counter, placed), state=PaymentState.CANCELED)
    assert payment_session.settle(facts, now()).outcome is Outcome.OPEN
    assert_untouched(placed, "placed", ["created", "placed", "paid"], ada)
    with transaction() as session:  # not even when the payment's row knows less than the order's
        session.execute(update(Payment).values(state="authorized"))
    assert payment_session.settle(facts, now()).outcome is Outcome.OPEN
    assert_untouched(placed, "placed", ["created", "placed", "paid"], ada)


def test_a_shipped_order_is_never_closed(counter: Counter, placed: Placed, ada: Customer, make_user) -> None:
    counter.charge(placed.number)
    admin = make_user("admin")
    with transaction():
        ship_order(placed.number, "", admin, now())
    with transaction() as session:
        session.execute(update(Payment).values(state="authorized"))
    facts = replace(said_of(counter, placed), state=PaymentState.CANCELED)
    assert payment_session.settle(facts, now()).outcome is Outcome.OPEN
    assert_untouched(placed, "shipped", ["created", "placed", "paid", "shipped"], ada)


def test_the_end_of_another_authorization_does_not_close_the_order(
    counter: Counter, placed: Placed, ada: Customer
) -> None:
    facts = replace(said_of(counter, placed), state=PaymentState.CANCELED, intent_id="pi_of_another_try")
    assert payment_session.settle(facts, now()).outcome is Outcome.OPEN
    assert payments_of(placed.number) == ["authorized"]
    assert_untouched(placed, "placed", ["created", "placed"], ada)


def test_a_capture_refused_while_the_money_is_still_there_is_tried_again(
    counter: Counter, placed: Placed, ada: Customer
) -> None:
    with transaction() as session:  # more than is authorized: refused for another reason than its end
        session.execute(update(Payment).values(amount_cents=Payment.amount_cents + 1))
    with pytest.raises(PaymentRefused):
        counter.charge(placed.number)
    assert payments_of(placed.number) == ["authorized"]
    with transaction() as session:
        session.execute(update(Payment).values(amount_cents=Payment.amount_cents - 1))
    counter.charge(placed.number)  # under another key: the service would repeat its answer to the first
    assert payments_of(placed.number) == ["captured"]
    assert_untouched(placed, "placed", ["created", "placed", "paid"], ada)
    assert db.session.scalar(select(func.count(Job.id)).where(Job.kind == "release_payment")) == 0
