"""The nightly comparison: one job a day, asked for by whichever worker comes first."""

from datetime import datetime, time
from typing import Any

from flask import current_app

from shop.clock import now
from shop.database import transaction
from shop.outbox.chores import periodically
from shop.outbox.service import enqueue
from shop.outbox.worker import handles
from shop.payments.gateway import Gateway
from shop.reconciliation import service

KIND = "reconcile_payments"
AT_NIGHT = time(8)  # UTC: three or four in the morning in New York, midnight or one in Los Angeles


@handles(KIND)
def reconcile_payments(payload: dict[str, Any], at: datetime) -> None:
    """Compare every order. Twice is no harm: each comparison is a row of its own."""
    gateway: Gateway = current_app.extensions["gateway"]
    service.run(gateway.lists)


@periodically(3600)
def ask_for_tonights_comparison() -> None:
    """Today's job, not before its hour; asking again changes nothing."""
    moment = now()
    tonight = datetime.combine(moment.date(), AT_NIGHT, moment.tzinfo)
    with transaction():
        enqueue(KIND, f"reconcile:{tonight:%Y-%m-%d}", {}, at=moment, run_after=tonight)


def ask_now(at: datetime) -> None:
    """A comparison as soon as a worker is free; asked twice within a minute, once. In a transaction."""
    enqueue(KIND, f"reconcile:{at:%Y-%m-%dT%H:%M}", {}, at=at)
