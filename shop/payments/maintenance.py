"""What must be true of payments, and how long events of the provider are remembered."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, or_, select

from shop.database import db
from shop.maintenance.checks import Result, result, verifies
from shop.maintenance.retention import kept_for, remove_rows
from shop.payments.models import Payment, PaymentMovement, WebhookEvent
from shop.payments.states import MovementKind, MovementState, PaymentStatus

COUNTED = (MovementKind.CAPTURE, MovementKind.REFUND)


@kept_for("keep_webhook_events_days")
def webhook_events(before: datetime, most: int) -> int:
    """Events that the provider does not send again: it repeats them for 3 days, by hand for 30."""
    old = select(WebhookEvent.id).where(WebhookEvent.received_at < before)
    old = old.order_by(WebhookEvent.received_at).limit(most).with_for_update(skip_locked=True)
    return remove_rows(WebhookEvent, old)


@verifies("payments: no more was given back than was taken")
def movements() -> Result:
    """An intent is captured once at most, and what was refunded fits into the payment's amount."""
    count = db.session.scalar(select(func.count(PaymentMovement.id))) or 0
    return result(count, _wrong_movements())


def _wrong_movements() -> Iterator[str]:
    moved = (
        select(
            PaymentMovement.payment_id,
            PaymentMovement.kind,
            func.sum(PaymentMovement.amount_cents).label("cents"),
        )
        .where(PaymentMovement.state == MovementState.DONE, PaymentMovement.kind.in_(COUNTED))
        .group_by(PaymentMovement.payment_id, PaymentMovement.kind, PaymentMovement.intent_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Payment.id, moved.c.kind, moved.c.cents, Payment.amount_cents)
        .join(moved, moved.c.payment_id == Payment.id)
        .where(moved.c.cents > Payment.amount_cents)
        .order_by(Payment.id)
    )
    for row in rows:
        yield f"payment {row.id}: {row.kind} of {row.cents} cents, the payment was {row.amount_cents}"


@verifies("payments: what was captured says when")
def captured() -> Result:
    """A captured payment has the time and the provider's id of it."""
    wrong = select(Payment.id).where(
        Payment.state == PaymentStatus.CAPTURED,
        or_(Payment.captured_at.is_(None), Payment.intent_id.is_(None)),
    )
    count = db.session.scalar(select(func.count(Payment.id))) or 0
    return result(count, (f"payment {payment_id}" for payment_id in db.session.scalars(wrong)))
