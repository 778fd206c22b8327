"""What tests of payments work with: a clock, a webhook receiver, and a desk that opens, pays and listens."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import requests
from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server

from shop.payments.facts import Event
from shop.payments.gateway import Gateway
from shop.payments.stripe_checkout import CheckoutPage, PageRequest
from tests.running_store import PATIENCE

KEY, SECRET = "sk_test_integration", "whsec_integration"
GOOD_CARD = {"number": "4242 4242 4242 4242", "expiry": "12/40", "cvc": "123", "name": "Pat Example"}


class Clock:
    """The sandbox's time; `pass_by` moves it on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def pass_by(self, **span: float) -> None:
        self.ahead += timedelta(**span).total_seconds()


class Delivery(NamedTuple):
    """One webhook as it came in, unverified."""

    body: bytes
    signature: str


class Receiver:
    """A store's webhook address: keeps what arrives, and can be told to fail one that holds certain words."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.fail_once: bytes | None = None
        self.app = Flask("receiver")
        self.app.add_url_rule("/webhooks", view_func=self._take, methods=["POST"])

    def _take(self) -> tuple[str, int]:
        self.deliveries.append(Delivery(request.get_data(), request.headers["Stripe-Signature"]))
        if self.fail_once and self.fail_once in request.get_data():
            self.fail_once = None
            return "", 500
        return "", 204


class Desk(NamedTuple):
    """Everything a test of payments needs at hand."""

    gateway: Gateway
    receiver: Receiver
    clock: Clock
    base: str

    def open(self, reference: str, amount_cents: int = 4930, **changes: object) -> CheckoutPage:
        """A hosted payment of this reference."""
        page = {
            "reference": reference,
            "amount_cents": amount_cents,
            "currency": "USD",
            "description": f"Order {reference}",
            "customer_email": "pat@example.com",
            "success_url": "http://store.example/paid?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://store.example/basket",
            "expires_at": datetime.fromtimestamp(self.clock(), UTC) + timedelta(minutes=35),
        }
        key = changes.pop("idempotency_key", f"open-{reference}")
        return self.gateway.open_session(PageRequest(**(page | changes)), key)

    def pay(self, url: str, **changes: str) -> requests.Response:
        """Fill in the hosted page and press the button."""
        return requests.post(url, GOOD_CARD | changes, allow_redirects=False, timeout=PATIENCE)

    def authorized(self, reference: str, amount_cents: int = 4930) -> str:
        """The intent of a payment that went through."""
        hosted = self.open(reference, amount_cents)
        assert self.pay(hosted.url).status_code == 303
        intent_id = self.gateway.look_up(hosted.session_id).intent_id
        assert intent_id
        return intent_id

    def events(self, reference: str, at_least: int = 1) -> list[Event]:
        """The verified events of a reference, once that many have come in; in the order they came.

        Deliveries about others are not read: those of earlier tests may be older than a signature may be.
        """

        def of_reference() -> list[Event]:
            about = [one for one in list(self.receiver.deliveries) if f'"{reference}"'.encode() in one.body]
            events = [self.gateway.read_event(*delivery) for delivery in about]
            return [event for event in events if event.reference == reference]

        wait_until(lambda: len(of_reference()) >= at_least)
        return of_reference()


def wait_until(true: Callable[[], bool]) -> None:
    """Give another thread its time; fail if it never happens."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def serve(app: Flask, port: int = 0) -> BaseWSGIServer:
    """A real server in a thread, on a free port unless one is given."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
