"""Reading payments, as values that outlive their transaction: the network is asked outside of it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from shop.database import db
from shop.payments.models import Payment, WebhookEvent
from shop.payments.states import ALIVE, PaymentStatus


@dataclass(frozen=True)
class PaymentRecord:
    """One time an order's total was asked for. `currency` is ISO 4217."""

    id: int
    order_id: int
    reference: str
    session_id: str | None
    intent_id: str | None
    url: str | None
    state: PaymentStatus
    amount_cents: int
    currency: str
    refunded_cents: int = 0
    authorized_cents: int | None = None

    @property
    def held_cents(self) -> int:
        """What the bank holds, or held until it was captured."""
        return self.authorized_cents or self.amount_cents

    @property
    def left_cents(self) -> int:
        """What of it was not refunded, nor is about to be."""
        return self.amount_cents - self.refunded_cents


def by_id(payment_id: int) -> PaymentRecord | None:
    """One payment as it is now."""
    return _one(Payment.id == payment_id)


def by_session(session_id: str | None) -> PaymentRecord | None:
    """The payment of a hosted page."""
    return _one(Payment.session_id == session_id) if session_id else None


def by_reference(reference: str | None) -> PaymentRecord | None:
    """The payment we gave this name: how an answer is known whose page's id was lost on the way."""
    return _one(Payment.reference == reference) if reference else None


def alive(order_id: int) -> PaymentRecord | None:
    """The one payment of an order that can still take, or has taken, money."""
    return _one(Payment.order_id == order_id, Payment.state.in_(ALIVE))


def lock(payment_id: int) -> PaymentRecord | None:
    """One payment as it is now, locked until the transaction ends. Its order is locked before it."""
    return _one(Payment.id == payment_id, lock=True)


def lock_alive(order_id: int) -> PaymentRecord | None:
    """As `alive`, locked until the transaction ends. Its order is locked before it."""
    return _one(Payment.order_id == order_id, Payment.state.in_(ALIVE), lock=True)


def seen(event_id: str) -> bool:
    """Whether a webhook event was acted on already."""
    return db.session.scalar(select(WebhookEvent.id).where(WebhookEvent.event_id == event_id)) is not None


def _one(*where: ColumnElement[bool], lock: bool = False) -> PaymentRecord | None:
    wanted = select(Payment).where(*where).execution_options(populate_existing=True)
    row = db.session.scalar(wanted.with_for_update() if lock else wanted)
    return facts(row) if row else None


def facts(row: Payment) -> PaymentRecord:
    """The value of a row."""
    return PaymentRecord(
        row.id,
        row.order_id,
        row.reference,
        row.session_id,
        row.intent_id,
        row.url,
        row.state,
        row.amount_cents,
        row.currency,
        row.refunded_cents,
        row.authorized_cents,
    )
