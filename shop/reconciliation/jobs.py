"""The nightly comparison: one job a day, asked for by whichever worker comes first; and its alarms."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select

from shop.clock import at_time, business_date, now
from shop.database import transaction
from shop.outbox.chores import periodically
from shop.outbox.kinds import handles
from shop.outbox.service import enqueue
from shop.outbox.watching import alarm
from shop.payments.gateway import Gateway
from shop.reconciliation import service
from shop.reconciliation.models import ReconcileRun

KIND = "reconcile_payments"
AT_NIGHT = time(4)  # on the store's clock: quiet, and after every hour that a clock change skips or repeats
OVERDUE = timedelta(days=2)
_LAST = select(func.max(ReconcileRun.id)).where(ReconcileRun.finished_at.is_not(None)).scalar_subquery()


@handles(KIND)
def reconcile_payments(payload: dict[str, Any], at: datetime) -> None:
    """Compare every order. Twice is no harm: each comparison is a row of its own."""
    gateway: Gateway = current_app.extensions["gateway"]
    service.run(gateway.lists)


@periodically(3600)
def ask_for_tonights_comparison() -> None:
    """Today's job, not before its hour; asking again changes nothing."""
    at = now()
    with transaction():
        ask_for_comparison(at)


def ask_for_comparison(at: datetime) -> None:
    """One comparison for the business date at `at`, not before its hour. In a transaction."""
    day = business_date(at)
    enqueue(KIND, f"reconcile:{day}", {}, at=at, run_after=at_time(day, AT_NIGHT))


def ask_now(at: datetime) -> None:
    """A comparison as soon as a worker is free; asked twice within a minute, once. In a transaction."""
    enqueue(KIND, f"reconcile:{at:%Y-%m-%dT%H:%M}", {}, at=at)


@alarm("payments_differ", "Orders and the payment service don’t match: see the payments page")
def payments_differ(at: datetime) -> Select[Any]:
    return select(ReconcileRun.id).where(ReconcileRun.id == _LAST, ReconcileRun.difference_count > 0)


@alarm("payments_not_compared", "The last reconciliation failed, or none has finished in two days")
def payments_not_compared(at: datetime) -> Select[Any]:
    """The last comparison failed, or none has finished for two days."""
    late = ReconcileRun.finished_at < at - OVERDUE
    return select(ReconcileRun.id).where(ReconcileRun.id == _LAST, late | ReconcileRun.error.is_not(None))
