"""A store with its payment sandbox on loopback, and a customer's browser without scripts in front of it."""

import re
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shop.checkout import charging
from shop.clock import now, today
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.outbox.worker import run_due
from shop.payments.gateway import Gateway
from shop.payments.sandbox import create_sandbox
from shop.payments.states import Reason
from shop.prescriptions.models import Prescription, PrescriptionItem
from tests.csrf import csrf_token
from tests.factories import in_transaction, make_lot, make_variant, patient_of
from tests.integration.checkout.records import latest_order
from tests.integration.payments.payment_desk import GOOD_CARD, KEY, SECRET, Clock, Receiver, serve, wait_until
from tests.running_store import PATIENCE

ADDRESS = {
    "address": "new",
    "recipient": "Ada Specimen",
    "line1": "12 Example Street",
    "line2": "",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "10001",
    "phone": "(555) 555-0100",
}
DECLINED = "4000000000000002"


class Browser(FlaskClient):
    """A test client whose requests see nothing of the test's own application context, as in real life."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@dataclass
class Customer:
    """Somebody with a browser; `user_id` is None before they sign in."""

    client: FlaskClient
    user_id: int | None = None

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Press a button of a form: its token goes along."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields})

    def token(self) -> str:
        return csrf_token(self.client)

    def put_in_basket(self, variant_id: int, quantity: int = 60) -> TestResponse:
        answer = self.ask_for(variant_id, quantity)
        assert answer.status_code == 303, answer.text
        return answer

    def ask_for(self, variant_id: int, quantity: int) -> TestResponse:
        """The answer of the basket, which may be that it does not take this much."""
        return self.client.post("/basket", data={"variant": variant_id, "quantity": quantity})

    def check_out(self, **changes: str) -> TestResponse:
        """Fill in the checkout page and press Pay."""
        page = self.client.get("/checkout")
        assert page.status_code == 200, page.text
        return self._sent("/checkout", ADDRESS | hidden_fields(page.text) | changes)

    def _sent(self, page: str, fields: dict[str, str]) -> TestResponse:
        """The answer to a form of checkout; its own page, where it leads back there to say what is wrong."""
        answer = self.client.post(page, data=fields)
        return self.client.get(page) if answer.location == page else answer

    def order(self, **changes: str) -> tuple[str, str]:
        """Check out; the new order's number and the address of its payment page."""
        answer = self.check_out(**changes)
        assert answer.status_code == 303, answer.text
        return latest_order(self.user_id).number, answer.headers["Location"]


@dataclass
class Counter:
    """What the tests of checkout stand at."""

    app: Flask
    gateway: Gateway
    receiver: Receiver
    clock: Clock
    passed_on: set[int] = field(default_factory=set)

    def pay(self, url: str, **changes: str) -> requests.Response:
        """Fill in the hosted page and press its button."""
        return requests.post(url, GOOD_CARD | changes, allow_redirects=False, timeout=PATIENCE)

    def return_path(self, answer: requests.Response) -> str:
        """Where the hosted page sends the browser, inside the store."""
        assert answer.status_code == 303, answer.text
        return re.sub(r"^https?://[^/]+", "", answer.headers["Location"])

    def webhooks(self, number: str, kind: str) -> list[Any]:
        """The signed deliveries of one kind about an order, once the first is there."""
        words = (number.encode(), f'"{kind}"'.encode())

        def found() -> list[Any]:
            return [one for one in list(self.receiver.deliveries) if all(word in one.body for word in words)]

        wait_until(lambda: bool(found()))
        return found()

    def deliver(self, number: str, kind: str = "checkout.session.completed") -> TestResponse:
        """Hand one delivery to the store, as it was signed."""
        delivery = self.webhooks(number, kind)[0]
        return self.app.test_client().post(
            "/webhooks/stripe", data=delivery.body, headers={"Stripe-Signature": delivery.signature}
        )

    def charge(self, number: str) -> None:
        """Capture the money of a placed order, as shipping it does."""
        with self.app.app_context():
            db.session.rollback()
            with transaction():
                movement = charging.request_capture(orders.id_of(number) or 0, Reason.ORDER_SHIPS, now())
            if movement is not None:
                charging.capture(self.gateway, movement, now())

    def work(self, **later: float) -> int:
        """Let the worker do what is due, some time from now."""
        with self.app.app_context():
            return run_due(now() + timedelta(**later))


@pytest.fixture(scope="session")
def store_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Receiver, Clock]]:
    clock, receiver = Clock(), Receiver()
    inbox = serve(receiver.app)
    state = Path(tmp_path_factory.mktemp("store-sandbox")) / "state.sqlite3"
    address = f"http://127.0.0.1:{inbox.port}/webhooks"
    sandbox = create_sandbox(address, SECRET, state, clock=clock, retry_after=(0.05, 0.05))
    server = serve(sandbox)
    yield f"http://127.0.0.1:{server.port}", receiver, clock
    server.shutdown()
    sandbox.extensions["sandbox"].close()
    inbox.shutdown()


@pytest.fixture
def counter(app: Flask, store_sandbox: tuple[str, Receiver, Clock], monkeypatch) -> Counter:
    base, receiver, clock = store_sandbox
    receiver.deliveries.clear()
    monkeypatch.setitem(app.extensions, "gateway", Gateway(KEY, SECRET, base))
    monkeypatch.setattr(app, "test_client_class", Browser)
    return Counter(app, app.extensions["gateway"], receiver, clock)


@pytest.fixture
def new_customer(counter: Counter, make_user, sign_in):
    """`new_customer()` signs in with an account that has nothing yet."""

    def make() -> Customer:
        user_id = make_user("customer")
        return Customer(sign_in(user_id), user_id)

    return make


@pytest.fixture
def ada(new_customer) -> Customer:
    return new_customer()


@pytest.fixture
def baclofen(context) -> int:
    """On prescription, 1000 on the shelf."""
    variant_id = make_variant()
    make_lot(variant_id)
    return variant_id


@pytest.fixture
def naproxen(context) -> int:
    """Over the counter, $0.079 a tablet, 1000 on the shelf."""
    variant_id = make_variant("Naproxen", "220 mg", "0.079", rx=False, quantities=(50, 100))
    make_lot(variant_id)
    return variant_id


@pytest.fixture
def visitor(counter: Counter, app: Flask) -> Customer:
    return Customer(app.test_client())


def approve(
    user_id: int,
    variant_id: int,
    quantity: int = 60,
    refills: int = 2,
    days_supply: int | None = 30,
    patient_id: int | None = None,
) -> int:
    """An approved prescription for one medicine of the account holder's, or a patient's; its item's id."""
    with in_transaction():
        prescription = Prescription(
            reference=uuid4().hex[:20],
            user_id=user_id,
            patient_id=patient_id or patient_of(user_id),
            status="approved",
            origin="paper",  # a photo would wait for its confirmation
            submitted_at=now(),
            decided_at=now(),
            decided_by=user_id,
            issued_on=date(2026, 11, 1),
            expires_on=today() + timedelta(days=300),
            patient_name="Ada Specimen",
            prescriber_name="Dr Sample",
        )
        item = PrescriptionItem(
            variant_id=variant_id,
            quantity=quantity,
            refills=refills,
            authorized=quantity * (1 + refills),
            taken=0,
            days_supply=days_supply,
            directions="one in the evening",
            prescription=prescription,
        )
        db.session.add_all([prescription, item])
        db.session.flush()
        return item.id


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's forms, as a browser would send them back, and what says of each patient
    that nothing is new."""
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html)
    pairs = ((re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags)
    hidden: dict[str, Any] = {name[1]: unescape(value[1]) for name, value in pairs if name and value}
    boxes = re.findall(r'name="nothing_new" value="([^"]*)"', html)
    return hidden | ({"nothing_new": boxes} if boxes else {})


def moment(**ago: float) -> datetime:
    return datetime.now(UTC) - timedelta(**ago)
