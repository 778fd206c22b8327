"""The payment service's word, delivered badly: at once, in the wrong order, about nothing, or by nobody."""

import json
import threading
import time
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from shop.database import db
from shop.payments.models import Payment, WebhookEvent
from shop.payments.sandbox.events import sign
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import latest_order, payments_of, status_of
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.payments.payment_desk import SECRET

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def ordered(ada: Customer) -> tuple[str, str]:
    """An unpaid order's number and the address of its payment page."""
    naproxen = make_variant("Naproxen", "220 mg", "0.079", rx=False, quantities=(50, 100))
    make_lot(naproxen)
    ada.put_in_basket(naproxen, 50)
    return ada.order()


def tell(counter: Counter, kind: str, session_id: str, reference: str | None = None) -> int:
    """Deliver an event that is signed like the service's own; the answer's status."""
    subject = {"object": "checkout.session", "id": session_id, "client_reference_id": reference}
    event = {"id": f"evt_{uuid4().hex}", "type": kind, "data": {"object": subject}}
    body = json.dumps(event).encode()
    signature = sign(body, SECRET, int(time.time()))
    client = counter.app.test_client()
    return client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature}).status_code


def payment_names(number: str) -> tuple[str, str]:
    db.session.rollback()
    row = db.session.execute(
        select(Payment.session_id, Payment.reference).where(Payment.reference.startswith(number))
    ).one()
    db.session.rollback()
    return row.session_id, row.reference


def test_one_event_delivered_eight_times_at_once_is_acted_on_once(
    counter: Counter, ada: Customer, ordered: tuple[str, str]
) -> None:
    number, url = ordered
    counter.pay(url)
    counter.webhooks(number, "checkout.session.completed")
    together, answers = threading.Barrier(8), []

    def deliver() -> None:
        together.wait()
        answers.append(counter.deliver(number).status_code)

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 503}  # 503: too many ask the service at once; it sends that one again
    assert 200 in answers
    assert counter.deliver(number).status_code == 200
    assert [event.event for event in latest_order(ada.user_id).events] == ["created", "placed"]
    assert db.session.scalar(select(func.count(WebhookEvent.id))) == 1


@pytest.mark.parametrize("kind", ["checkout.session.completed", "checkout.session.expired"])
def test_what_an_event_claims_is_not_believed(counter: Counter, ordered: tuple[str, str], kind: str) -> None:
    number, _url = ordered
    assert tell(counter, kind, *payment_names(number)) == 200
    assert status_of(number) == "awaiting_payment"
    assert payments_of(number) == ["open"]


def test_a_late_word_of_expiry_does_not_touch_a_paid_order(
    counter: Counter, ordered: tuple[str, str]
) -> None:
    number, url = ordered
    counter.pay(url)
    counter.deliver(number)
    assert tell(counter, "checkout.session.expired", *payment_names(number)) == 200
    assert (status_of(number), payments_of(number)) == ("placed", ["authorized"])


def test_an_event_about_a_page_of_somebody_else_is_acknowledged(counter: Counter) -> None:
    assert tell(counter, "checkout.session.completed", "cs_test_of_another_shop") == 200
