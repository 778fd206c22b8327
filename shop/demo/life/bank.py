"""The past's money in the payment sandbox: the same objects that paying, shipping and canceling leave there.

They are made in memory by the sandbox's own rules, at their times, and handed over when the past is written:
what the books say was paid, the sandbox knows, so comparing both finds nothing.
"""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

from shop.orders.models import Order
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.queries import PaymentRecord
from shop.payments.sandbox import intents, sessions
from shop.payments.sandbox.cards import TEST_CARDS
from shop.payments.sandbox.store import Store
from shop.web import settings

CARD = TEST_CARDS[0]


@dataclass(frozen=True)
class Bank:
    """A sandbox of its own. A context: what it holds is gone afterward, unless it was handed over."""

    store: Store = field(default_factory=Store)

    def __enter__(self) -> "Bank":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def open(self, order: Order, payment: PaymentRecord, at: datetime) -> tuple[str, str]:
        """The hosted page of an order; its session's id and its address."""
        config = settings()
        line = {
            "quantity": "1",
            "price_data": {
                "currency": payment.currency.lower(),
                "unit_amount": str(payment.amount_cents),
                "product_data": {"name": f"Order {order.number}"},
            },
        }
        asked = {
            "mode": "payment",
            "line_items": {"0": line},
            "success_url": f"{config.public_url}/",
            "cancel_url": f"{config.public_url}/",
            "client_reference_id": payment.reference,
            "expires_at": str(int(order.holds_until.timestamp())),
            "payment_intent_data": {"capture_method": "manual", "metadata": {"reference": payment.reference}},
        }
        with self.store.transaction():
            opened = sessions.open_session(self.store, asked, at.timestamp(), f"{config.stripe_api_base}/")
        return opened["id"], opened["url"]

    def pay(self, session_id: str, at: datetime) -> PaymentFacts:
        """The customer pays with the test card; what a webhook would say of it."""
        with self.store.transaction():
            session = sessions.find(self.store, session_id)
            paid = sessions.attempt(self.store, session, CARD.number, CARD.verdict, at.timestamp())
        return PaymentFacts(
            session_id,
            paid["payment_intent"],
            paid["client_reference_id"],
            PaymentState.AUTHORIZED,
            paid["amount_total"],
            paid["currency"],
        )

    def expire(self, session_id: str, at: datetime) -> None:
        with self.store.transaction():
            sessions.expire(self.store, sessions.find(self.store, session_id), at.timestamp())

    def capture(self, intent_id: str, at: datetime) -> None:
        with self.store.transaction():
            intents.capture(self.store, intents.find(self.store, intent_id), {}, at.timestamp())

    def void(self, intent_id: str, at: datetime) -> None:
        with self.store.transaction():
            intents.void(self.store, intents.find(self.store, intent_id), {}, at.timestamp())

    def lapse(self, intent_id: str, at: datetime) -> None:
        with self.store.transaction():
            intents.lapse(self.store, intents.find(self.store, intent_id), at.timestamp())

    def refund(self, intent_id: str, at: datetime) -> str:
        """Give all of it back; the refund's id."""
        with self.store.transaction():
            made = intents.refund(self.store, {"payment_intent": intent_id}, at.timestamp())
        return str(made["id"])

    def hand_over(self) -> None:
        """Give it all to the store's sandbox, in place of what that had: it had nothing of this store's."""
        path = settings().instance / "sandbox.sqlite3"
        with closing(Store(path)) as kept:
            kept.begin_with(self.store)
