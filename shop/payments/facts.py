"""What can be said of a payment, and how it is read from Stripe's objects.

Pure: no network, no clock, and no import of `stripe`, whose objects come in as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class PaymentState(StrEnum):
    """What became of a payment. Open: nobody has paid yet, or the bank has not answered yet."""

    OPEN = "open"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    EXPIRED = "expired"
    CANCELED = "canceled"
    FAILED = "failed"


class RefundReason(StrEnum):
    """What Stripe may be told of a refund; our own reason goes into its metadata."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"


class VoidReason(StrEnum):
    """What Stripe may be told of a canceled authorization."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class PaymentFacts:
    """A payment as Stripe knows it now. `amount_cents` is what was captured, otherwise what was asked for.

    `session_id` is None where only the intent was asked about; `currency` is lower case, as Stripe has it.
    """

    session_id: str | None
    intent_id: str | None
    reference: str | None
    state: PaymentState
    amount_cents: int
    currency: str


@dataclass(frozen=True)
class RefundFacts:
    """Money on its way back. `state` is Stripe's word: succeeded, pending, failed, canceled, …

    `intent_id` is None for a refund of a charge that was made without an intent.
    """

    refund_id: str
    intent_id: str | None
    amount_cents: int
    state: str
    reason: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """A verified webhook. The same `id` may arrive twice, and events may arrive in any order."""

    id: str
    type: str
    session_id: str | None
    intent_id: str | None
    reference: str | None


LONGEST_NAME = 255  # characters, as many as our columns have; Stripe's ids are shorter
INTENT_STATES = {
    "requires_capture": PaymentState.AUTHORIZED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELED,
    "processing": PaymentState.OPEN,
}


def id_of(reference: Any) -> str | None:
    """The id of something Stripe gives as an id or, if expanded, as the whole object."""
    return reference if reference is None or isinstance(reference, str) else reference.id


def session_facts(session: Any) -> PaymentFacts:
    """From Stripe's Checkout Session with its `payment_intent` expanded."""
    intent: Any = session.payment_intent
    state = session_state(session.status, intent.status if intent else None)
    captured = intent.amount_received if intent and state is PaymentState.CAPTURED else session.amount_total
    return PaymentFacts(
        session.id, id_of(intent), session.client_reference_id, state, captured or 0, session.currency or ""
    )


def session_state(session_status: str | None, intent_status: str | None) -> PaymentState:
    """Money held or taken counts, whatever the session says; else an ended session says how it ended."""
    by_intent = INTENT_STATES.get(intent_status or "")
    if by_intent in (PaymentState.AUTHORIZED, PaymentState.CAPTURED):
        return by_intent
    if session_status == "expired":
        return PaymentState.EXPIRED
    if session_status == "open":
        return PaymentState.OPEN
    return by_intent or PaymentState.FAILED


def intent_facts(intent: Any) -> PaymentFacts:
    """From Stripe's PaymentIntent alone."""
    state = INTENT_STATES.get(intent.status, PaymentState.OPEN)
    amount = intent.amount_received if state is PaymentState.CAPTURED else intent.amount
    reference = getattr(intent.metadata, "reference", None)
    return PaymentFacts(None, intent.id, reference, state, amount, intent.currency)


def refund_facts(refund: Any) -> RefundFacts:
    """From Stripe's Refund."""
    return RefundFacts(
        refund.id,
        id_of(refund.payment_intent),
        refund.amount,
        refund.status or "",
        refund.reason,
        words_of(refund.metadata),
        moment_of(refund.created),
    )


def words_of(metadata: Any) -> dict[str, str]:
    """Stripe's metadata as a plain dict."""
    return dict(metadata.to_dict()) if metadata else {}


def moment_of(seconds: int) -> datetime:
    """An aware UTC time from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def event_facts(event: dict[str, Any]) -> Event:
    """A verified event. Raises KeyError, TypeError or AttributeError for a body of another shape."""
    subject = event["data"]["object"]
    kind, metadata = subject["object"], subject.get("metadata") or {}
    is_session, is_intent = kind == "checkout.session", kind == "payment_intent"
    return Event(
        id=_name(event["id"]),
        type=_name(event["type"]),
        session_id=_name(subject["id"]) if is_session else None,
        intent_id=_name_or_none(subject["id"] if is_intent else subject.get("payment_intent")),
        reference=_name_or_none(subject.get("client_reference_id") or metadata.get("reference")),
    )


def _name(value: Any) -> str:
    if not _is_name(value):
        raise TypeError("not a name")
    return str(value)


def _name_or_none(value: Any) -> str | None:
    return value if _is_name(value) else None


def _is_name(value: Any) -> bool:
    """Whether this is a name as Stripe gives them: text, printable, not long. Others' words need not be."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()
