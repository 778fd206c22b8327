"""The ledger of captures, voids and refunds: each is written before the provider is asked, and ended after.

A row says how much of which authorization moves, why, by whom and under which idempotency key. Whether money
may move is checkout's decision, taken under the order's lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.payments.models import Payment, PaymentMovement
from shop.payments.queries import PaymentRecord
from shop.payments.refusals import OverRefund
from shop.payments.states import MovementKind, MovementState, Reason


@dataclass(frozen=True)
class Movement:
    """One row of the ledger, as a value that outlives its transaction."""

    id: int
    payment_id: int
    intent_id: str
    kind: MovementKind
    amount_cents: int
    idempotency_key: str
    reason: str
    state: MovementState


def request(
    payment: PaymentRecord,
    kind: MovementKind,
    intent_id: str,
    amount_cents: int,
    reason: Reason,
    at: datetime,
    actor_id: int | None = None,
    key: str | None = None,
) -> Movement:
    """Write down that money is about to move. What was requested before, and not refused, is given as it is.

    After a refusal the next request has a new key: the provider would repeat its answer to the old one.
    `key` names one of several partial refunds. The caller holds the order's lock.
    """
    if key is None:
        key = _next_key(payment, kind, intent_id)
    if (known := _one(PaymentMovement.idempotency_key == key)) is not None:
        return known
    row = PaymentMovement(
        payment_id=payment.id,
        intent_id=intent_id,
        kind=kind,
        amount_cents=amount_cents,
        currency=payment.currency,
        idempotency_key=key,
        reason=reason,
        actor_id=actor_id,
        state=MovementState.REQUESTED,
        requested_at=at,
    )
    db.session.add(row)
    db.session.flush()
    _record(Event.PAYMENT_MOVEMENT_REQUESTED, row, at)
    return _facts(row)


def reserve_refund(payment: PaymentRecord, amount_cents: int) -> None:
    """Count an amount as refunded, or raise OverRefund: two refunds at once never exceed the payment."""
    fits = Payment.refunded_cents + amount_cents <= Payment.amount_cents
    counted = (
        update(Payment)
        .where(Payment.id == payment.id, fits)
        .values(refunded_cents=Payment.refunded_cents + amount_cents)
    )
    if not rows_changed(counted):
        refunded = db.session.scalar(select(Payment.refunded_cents).where(Payment.id == payment.id)) or 0
        left = payment.amount_cents - refunded
        raise OverRefund(
            "This is more than the amount left to refund.",
            f"{left} cents are left." if left else "",
            "over_refund",
        )


def unreserve_refund(payment_id: int, amount_cents: int) -> None:
    """The provider refused a refund that was counted: it is left to refund again."""
    rows_changed(
        update(Payment)
        .where(Payment.id == payment_id)
        .values(refunded_cents=Payment.refunded_cents - amount_cents)
    )


def done(movement: Movement, at: datetime, provider_id: str | None = None) -> bool:
    """The provider moved the money. False when that was known."""
    return _end(movement, Event.PAYMENT_MOVEMENT_DONE, at, state=MovementState.DONE, provider_id=provider_id)


def refuse(movement: Movement, error: str, at: datetime) -> bool:
    """The money did not move and will not under this key; `error` is a code. False when it had ended."""
    return _end(movement, Event.PAYMENT_MOVEMENT_REFUSED, at, state=MovementState.REFUSED, error=error[:80])


def goes_back(intent_id: str) -> bool:
    """Whether this authorization is, or is to be, voided or refunded: then it pays for no order."""
    back = PaymentMovement.kind.in_((MovementKind.VOID, MovementKind.REFUND)) & (
        PaymentMovement.state != MovementState.REFUSED
    )
    found = select(PaymentMovement.id).where(PaymentMovement.intent_id == intent_id, back).limit(1)
    return db.session.scalar(found) is not None


def unfinished(payment_id: int, kind: MovementKind) -> Movement | None:
    """The movement of this kind that was requested for a payment and has not ended."""
    return _one(
        PaymentMovement.payment_id == payment_id,
        PaymentMovement.kind == kind,
        PaymentMovement.state == MovementState.REQUESTED,
    )


def by_id(movement_id: int) -> Movement | None:
    """One movement as it is now."""
    return _one(PaymentMovement.id == movement_id)


def by_key(key: str) -> Movement | None:
    """The movement with this idempotency key, as it is now."""
    return _one(PaymentMovement.idempotency_key == key)


def states_of(movement_ids: Iterable[int]) -> dict[int, tuple[MovementState, str]]:
    """By id, how far these movements are, and the provider's code where it refused."""
    if not (wanted := set(movement_ids)):
        return {}
    columns = (PaymentMovement.id, PaymentMovement.state, PaymentMovement.error)
    rows = db.session.execute(select(*columns).where(PaymentMovement.id.in_(wanted)))
    return {row.id: (row.state, row.error or "") for row in rows}


def _next_key(payment: PaymentRecord, kind: MovementKind, intent_id: str) -> str:
    refused = select(func.count(PaymentMovement.id)).where(
        PaymentMovement.intent_id == intent_id,
        PaymentMovement.kind == kind,
        PaymentMovement.state == MovementState.REFUSED,
    )
    count = db.session.scalar(refused) or 0
    root = f"{kind}-{payment.reference if kind is MovementKind.CAPTURE else intent_id}"
    return f"{root}-{count + 1}" if count else root


def _one(*where: Any) -> Movement | None:
    row = db.session.scalar(
        select(PaymentMovement).where(*where).limit(1).execution_options(populate_existing=True)
    )
    return _facts(row) if row else None


def _end(movement: Movement, event: Event, at: datetime, **values: Any) -> bool:
    ended = (
        update(PaymentMovement)
        .where(PaymentMovement.id == movement.id, PaymentMovement.state == MovementState.REQUESTED)
        .values(finished_at=at, **values)
    )
    if not rows_changed(ended):
        return False
    _record(event, movement, at)
    return True


def _record(event: Event, movement: Movement | PaymentMovement, at: datetime) -> None:
    audit.record(
        event,
        at=at,
        subject=("payment", movement.payment_id),
        actor_id=movement.actor_id if isinstance(movement, PaymentMovement) else None,
        kind=str(movement.kind),
        amount_cents=movement.amount_cents,
        reason=str(movement.reason),
        key=movement.idempotency_key,
    )


def _facts(row: PaymentMovement) -> Movement:
    return Movement(
        row.id,
        row.payment_id,
        row.intent_id,
        row.kind,
        row.amount_cents,
        row.idempotency_key,
        row.reason,
        row.state,
    )
