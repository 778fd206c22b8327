"""What the payment service's lists say: one plain value for each session, intent, charge and refund.

Statuses are Stripe's words. Amounts are cents, currencies lower case, times aware UTC.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from shop.payments.facts import id_of, moment_of, words_of

PAGE = 100  # entries, Stripe's most
T = TypeVar("T")


@dataclass(frozen=True)
class ListedSession:
    """A hosted page. `reference` is ours; `status` is open, complete or expired."""

    session_id: str
    intent_id: str | None
    reference: str | None
    status: str
    amount_cents: int
    currency: str
    created_at: datetime


@dataclass(frozen=True)
class ListedIntent:
    """An intent to pay. `held_cents` is what could be captured now."""

    intent_id: str
    reference: str | None
    status: str
    amount_cents: int
    held_cents: int
    captured_cents: int
    currency: str
    created_at: datetime


@dataclass(frozen=True)
class ListedCharge:
    """One try to charge. What was only held and let go reads as refunded, so look at `captured` first."""

    charge_id: str
    intent_id: str | None
    status: str
    captured: bool
    amount_cents: int
    captured_cents: int
    refunded_cents: int
    currency: str
    created_at: datetime
    is_disputed: bool = False


@dataclass(frozen=True)
class ListedRefund:
    """Money given back, or on its way. `key` is the movement it was asked for with, where it says so."""

    refund_id: str
    intent_id: str | None
    charge_id: str | None
    status: str
    amount_cents: int
    currency: str
    created_at: datetime
    key: str | None = None


class MoneyLeft(StrEnum):
    """What is left of the money that was captured for an order."""

    KEPT = "kept"  # all of it, or a part
    DISPUTED = "disputed"  # the cardholder's bank takes it back, or may
    GONE = "gone"  # nothing: it was refunded


def money_left(charges: Iterable[ListedCharge]) -> MoneyLeft:
    """What the charges of one intent say of its money, whoever refunded it."""
    charges = list(charges)
    if any(one.captured and one.is_disputed for one in charges):
        return MoneyLeft.DISPUTED
    return MoneyLeft.KEPT if kept_cents(charges) > 0 else MoneyLeft.GONE


def kept_cents(charges: Iterable[ListedCharge]) -> int:
    """What was captured and not refunded."""
    return sum(one.captured_cents - one.refunded_cents for one in charges if one.captured)


def session_of(session: Any) -> ListedSession:
    """From Stripe's Checkout Session."""
    return ListedSession(
        session.id,
        id_of(session.payment_intent),
        session.client_reference_id,
        session.status or "",
        session.amount_total or 0,
        session.currency or "",
        moment_of(session.created),
    )


def intent_of(intent: Any) -> ListedIntent:
    """From Stripe's PaymentIntent."""
    return ListedIntent(
        intent.id,
        words_of(intent.metadata).get("reference"),
        intent.status,
        intent.amount,
        intent.amount_capturable,
        intent.amount_received,
        intent.currency,
        moment_of(intent.created),
    )


def charge_of(charge: Any) -> ListedCharge:
    """From Stripe's Charge."""
    return ListedCharge(
        charge.id,
        id_of(charge.payment_intent),
        charge.status,
        charge.captured,
        charge.amount,
        charge.amount_captured,
        charge.amount_refunded,
        charge.currency,
        moment_of(charge.created),
        bool(charge.disputed),
    )


def refund_of(refund: Any) -> ListedRefund:
    """From Stripe's Refund."""
    return ListedRefund(
        refund.id,
        id_of(refund.payment_intent),
        id_of(refund.charge),
        refund.status or "",
        refund.amount,
        refund.currency,
        moment_of(refund.created),
        words_of(refund.metadata).get("movement"),
    )


class Lists:
    """Reads the lists, newest first, a page at a time. Made by the gateway, whose refusals it raises."""

    def __init__(self, client: Any, asked: Callable[[Callable[[], Any]], Any]) -> None:
        """`client` is Stripe's; `asked` makes one request of it."""
        self._client, self._asked = client, asked

    def sessions(self, since: datetime | None = None) -> Iterator[ListedSession]:
        """Every hosted page made since."""
        return self._all(self._client.checkout.sessions.list, session_of, since)

    def intents(self, since: datetime | None = None) -> Iterator[ListedIntent]:
        """Every intent made since."""
        return self._all(self._client.payment_intents.list, intent_of, since)

    def charges(self, since: datetime | None = None, intent_id: str | None = None) -> Iterator[ListedCharge]:
        """Every charge made since, or those of one intent."""
        return self._all(self._client.charges.list, charge_of, since, intent_id)

    def refunds(self, since: datetime | None = None, intent_id: str | None = None) -> Iterator[ListedRefund]:
        """Every refund made since, or those of one intent."""
        return self._all(self._client.refunds.list, refund_of, since, intent_id)

    def session(self, session_id: str) -> ListedSession:
        """One hosted page, as the list would say it now."""
        return session_of(self._asked(lambda: self._client.checkout.sessions.retrieve(session_id)))

    def intent(self, intent_id: str) -> ListedIntent:
        """One intent, as the list would say it now."""
        return intent_of(self._asked(lambda: self._client.payment_intents.retrieve(intent_id)))

    def _all(
        self,
        ask: Callable[[Any], Any],
        read: Callable[[Any], T],
        since: datetime | None,
        intent_id: str | None = None,
    ) -> Iterator[T]:
        params: dict[str, Any] = {"limit": PAGE}
        params |= {"created": {"gte": int(since.timestamp())}} if since else {}
        params |= {"payment_intent": intent_id} if intent_id else {}
        more = True
        while more:
            page = self._asked(lambda: ask(params))
            yield from map(read, page.data)
            more = page.has_more and bool(page.data)
            params["starting_after"] = page.data[-1].id if page.data else None
