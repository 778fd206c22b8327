"""What the payments room raises an alarm for: money that was asked for and does not move."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal, select

from shop.outbox.watching import alarm
from shop.payments.models import Payment, PaymentMovement
from shop.payments.states import MovementKind, MovementState, PaymentStatus

CAPTURE_OVERDUE = timedelta(minutes=15)
RETURN_OVERDUE = timedelta(hours=1)
AUTHORIZATION_ENDS_SOON = timedelta(days=6, hours=12)
"""A bank holds the money for seven days (docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""


@alarm("captures_overdue", "A capture was requested more than 15 minutes ago and has not finished")
def captures_overdue(at: datetime) -> Select[Any]:
    return _requested_before(at - CAPTURE_OVERDUE, MovementKind.CAPTURE)


@alarm("returns_overdue", "A void or refund was requested more than an hour ago and has not finished")
def returns_overdue(at: datetime) -> Select[Any]:
    return _requested_before(at - RETURN_OVERDUE, MovementKind.VOID, MovementKind.REFUND)


@alarm("authorizations_ending", "An authorized payment is about to lapse and was not captured")
def authorizations_ending(at: datetime) -> Select[Any]:
    # spelled out in the statement, or SQLite could not see that the partial index holds all of them
    authorized = Payment.state == literal(PaymentStatus.AUTHORIZED.value, literal_execute=True)
    return select(Payment.id).where(authorized, Payment.authorized_at < at - AUTHORIZATION_ENDS_SOON)


def _requested_before(then: datetime, *kinds: MovementKind) -> Select[Any]:
    requested = PaymentMovement.state == literal(MovementState.REQUESTED.value, literal_execute=True)
    return select(PaymentMovement.id).where(
        requested, PaymentMovement.kind.in_(kinds), PaymentMovement.requested_at < then
    )
