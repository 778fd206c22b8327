"""Money that goes back by another way than was planned: the job finishes what it began."""

import pytest
from sqlalchemy import select

from shop.clock import now
from shop.database import db, transaction
from shop.outbox.service import enqueue
from shop.payments.gateway import Gateway
from shop.payments.models import Payment
from shop.payments.refusals import PaymentServiceUnavailable
from tests.integration.checkout.paid_orders import mails
from tests.integration.checkout.records import payments_of, status_of
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.checkout.test_checkout_capture import at_provider, cancel, movements

pytestmark = pytest.mark.usefixtures("context")


def paid_with() -> Payment:
    db.session.rollback()
    payment = db.session.scalars(select(Payment)).one()
    db.session.expunge(payment)
    db.session.rollback()
    return payment


def test_money_captured_before_its_void_is_refunded_although_the_first_refund_has_no_answer(
    counter: Counter,
    placed: str,
    ada: Customer,
    monkeypatch,
) -> None:
    cancel(ada, placed)
    payment = paid_with()
    counter.gateway.capture(payment.intent_id, payment.amount_cents, f"by-hand-{payment.intent_id}")
    refund, answers = Gateway.refund, iter([PaymentServiceUnavailable("No answer.", "Again.")])

    def away_once(*args, **more):
        if refusal := next(answers, None):
            raise refusal
        return refund(*args, **more)

    monkeypatch.setattr(Gateway, "refund", away_once)
    counter.work()
    counter.work(minutes=1)
    assert movements() == [("void", "order_canceled", "refused"), ("refund", "order_canceled", "done")]
    assert payments_of(placed) == ["refunded"]
    assert paid_with().refunded_cents == payment.amount_cents
    assert mails("order_not_charged") == 1  # once, although the job ran twice: it says "refunded"


def test_a_refused_release_does_not_stand_in_the_way_of_a_later_one(
    counter: Counter,
    placed: str,
    ada: Customer,
) -> None:
    payment = paid_with()
    payload = {"payment_id": payment.id, "intent_id": payment.intent_id}
    with transaction():  # as the release before asked for it
        enqueue("release_payment", f"release:{payment.intent_id}", payload, at=now())
    counter.work()
    assert (status_of(placed), payments_of(placed)) == ("placed", ["authorized"])
    cancel(ada, placed)
    counter.work()
    assert payments_of(placed) == ["voided"]
    assert at_provider(counter)[0] == "canceled"
