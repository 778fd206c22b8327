"""Events about charges and refunds: acknowledged, so that they do not come again, and left alone."""

import json
import time
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from shop.database import db
from shop.payments.gateway import Gateway
from shop.payments.models import Payment, WebhookEvent
from shop.payments.sandbox.events import sign
from tests.integration.checkout.records import payments_of, status_of
from tests.integration.checkout.store_counter import (  # noqa: F401
    Counter,
    Customer,
    ada,
    counter,
    naproxen,
    new_customer,
    store_sandbox,
)
from tests.integration.payments.payment_desk import KEY, SECRET

pytestmark = pytest.mark.usefixtures("context")
LEFT_ALONE = (
    "charge.succeeded",
    "charge.captured",
    "charge.expired",
    "charge.refunded",
    "charge.refund.updated",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "payment_intent.payment_failed",
    "payment_intent.of_next_year",
)


def deliver(counter: Counter, body: bytes) -> int:  # noqa: F811
    headers = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
    return counter.app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code


@pytest.fixture
def paid(counter: Counter, ada: Customer, naproxen: int) -> tuple[str, str]:  # noqa: F811
    """The number of a placed order, and its intent."""
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    db.session.rollback()
    return number, db.session.scalars(select(Payment.intent_id)).one()


def test_the_real_event_of_a_refund_is_acknowledged(counter: Counter, paid: tuple[str, str]) -> None:  # noqa: F811
    number, intent_id = paid
    db.session.rollback()
    cents = counter.gateway.look_up_intent(intent_id).amount_cents
    counter.gateway.capture(intent_id, cents, f"capture-{number}")
    counter.gateway.refund(intent_id, 100, f"refund-{number}")
    assert counter.deliver(number, "charge.refunded").status_code == 200
    assert (status_of(number), payments_of(number)) == ("placed", ["authorized"])


@pytest.mark.parametrize("kind", LEFT_ALONE)
def test_an_event_of_no_interest_is_acknowledged_without_asking_anybody(
    counter: Counter,  # noqa: F811
    paid: tuple[str, str],
    kind: str,
    monkeypatch,
) -> None:
    number, intent_id = paid
    db.session.rollback()
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    of = kind.partition(".")[0]
    subject = {"object": of, "id": f"{of}_1", "payment_intent": intent_id, "metadata": {"reference": number}}
    event = {"id": f"evt_{uuid4().hex}", "type": kind, "data": {"object": subject}}
    assert deliver(counter, json.dumps(event).encode()) == 200
    assert (status_of(number), payments_of(number)) == ("placed", ["authorized"])
    assert db.session.scalar(select(func.count(WebhookEvent.id))) == 0
