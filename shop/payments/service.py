"""Writing payments: one step after another through `states`, each a conditional UPDATE that says if it was.

What a payment means for its order is checkout's business; talking to the provider is the gateway's.
"""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.dialects import postgresql, sqlite

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed, transition
from shop.payments import states
from shop.payments.models import Payment, WebhookEvent
from shop.payments.queries import PaymentRecord, facts
from shop.payments.states import PaymentStatus, Step


def begin(order_id: int, order_number: str, amount_cents: int, currency: str, at: datetime) -> PaymentRecord:
    """Write down that an amount is about to be asked for, before anybody is asked.

    Its reference is the root of every idempotency key, so that a repeated request is the same request.
    """
    payment = Payment(
        order_id=order_id,
        reference=f"{order_number}-{secrets.token_hex(4)}",
        state=PaymentStatus.OPENING,
        amount_cents=amount_cents,
        currency=currency,
        created_at=at,
    )
    db.session.add(payment)
    db.session.flush()
    return facts(payment)


def opened(payment_id: int, session_id: str, url: str) -> bool:
    """The hosted page is there. False when the payment was ended meanwhile."""
    return _step(payment_id, Step.OPEN, session_id=session_id, url=url)


def authorize(payment_id: int, session_id: str | None, intent_id: str | None, at: datetime) -> bool:
    """The bank keeps the money ready. False when the payment had ended, or was authorized already."""
    return _step(
        payment_id,
        Step.AUTHORIZE,
        Event.PAYMENT_AUTHORIZED,
        at,
        session_id=session_id,
        intent_id=intent_id,
        authorized_at=at,
    )


def mark_captured(payment_id: int, at: datetime) -> bool:
    """The money was taken. False when that was known."""
    return _step(payment_id, Step.CAPTURE, Event.PAYMENT_CAPTURED, at, captured_at=at)


def ask_less(payment_id: int, amount_cents: int) -> bool:
    """Capture no more than `amount_cents` of what is authorized. False when it is not, or holds less."""
    held = func.coalesce(Payment.authorized_cents, Payment.amount_cents)
    less = (Payment.state == PaymentStatus.AUTHORIZED) & (Payment.amount_cents >= amount_cents)
    lowered = update(Payment).where(Payment.id == payment_id, less)
    return bool(rows_changed(lowered.values(authorized_cents=held, amount_cents=amount_cents)))


def was_charged_whole(payment_id: int, amount_cents: int) -> bool:
    """More of what the bank held was captured, elsewhere, than was asked for. False where it was not held."""
    held = func.coalesce(Payment.authorized_cents, Payment.amount_cents)
    more = (Payment.amount_cents < amount_cents) & (held >= amount_cents)
    raised = update(Payment).where(Payment.id == payment_id, more).values(amount_cents=amount_cents)
    return bool(rows_changed(raised))


def request_capture(payment_id: int, at: datetime) -> bool:
    """The money is about to be captured. False when it is not authorized, or that was requested before."""
    return _step(payment_id, Step.REQUEST_CAPTURE)


def refuse_capture(payment_id: int) -> bool:
    """The provider refused to capture money that it still holds. False when it was captured, or ended."""
    return _step(payment_id, Step.REFUSE_CAPTURE)


def release(payment_id: int, at: datetime) -> bool:
    """The order no longer wants the money: it is voided or refunded. False when that was known."""
    return _step(payment_id, Step.RELEASE)


def mark_voided(payment_id: int, at: datetime) -> bool:
    """The hold on the money was released. False when that was known, or it pays for an order."""
    return _step(payment_id, Step.VOID, Event.PAYMENT_VOIDED, at)


def mark_refunded(payment_id: int, at: datetime) -> bool:
    """What was captured was refunded in full. False when that was known, or it pays for an order."""
    return _step(payment_id, Step.REFUND, Event.PAYMENT_REFUNDED, at)


def lapse(payment_id: int, at: datetime) -> bool:
    """The bank let go of money that was not taken. False when it was taken, or that was known."""
    return _step(payment_id, Step.LAPSE, Event.PAYMENT_VOIDED, at, "authorization_ended")


def expire(payment_id: int, at: datetime) -> bool:
    """Nobody paid, and nobody can any more. False when somebody did."""
    return _step(payment_id, Step.EXPIRE)


def fail(payment_id: int, at: datetime, code: str) -> bool:
    """The provider's answer does not fit what was asked for. False when the payment had ended already."""
    return _step(payment_id, Step.FAIL, Event.PAYMENT_FAILED, at, code)


def note_event(event_id: str, kind: str, at: datetime) -> bool:
    """Remember a webhook event. False when it was delivered before."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    noted = insert(WebhookEvent).values(event_id=event_id, type=kind[:80], received_at=at)
    # a second delivery in the same moment waits here for the first, and then adds nothing
    added = noted.on_conflict_do_nothing(index_elements=["event_id"]).returning(WebhookEvent.id)
    return db.session.scalar(added) is not None


def _step(
    payment_id: int,
    step: Step,
    event: Event | None = None,
    at: datetime | None = None,
    code: str | None = None,
    **values: Any,
) -> bool:
    may, after = transition(Payment.state, states.TABLE, step)
    values = {name: value for name, value in values.items() if value is not None}
    changed = rows_changed(update(Payment).where(Payment.id == payment_id, may).values(state=after, **values))
    if changed and event and at:
        audit.record(event, at=at, subject=("payment", payment_id), code=code)
    return bool(changed)
