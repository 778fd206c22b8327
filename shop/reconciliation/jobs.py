"""The nightly comparison: one job a day, asked for by whichever worker comes first."""

from datetime import datetime, time
from typing import Any

from flask import current_app

from shop.clock import at_time, business_date, now
from shop.database import transaction
from shop.outbox.chores import periodically
from shop.outbox.kinds import handles
from shop.outbox.service import enqueue
from shop.payments.gateway import Gateway
from shop.reconciliation import service

KIND = "reconcile_payments"
AT_NIGHT = time(4)  # on the store's clock: quiet, and after every hour that a clock change skips or repeats


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
