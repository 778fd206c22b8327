"""What of the nightly comparison with the payment service somebody has to know."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from shop.outbox.watching import alarm
from shop.reconciliation.models import ReconcileRun

OVERDUE = timedelta(days=2)
_LAST = select(func.max(ReconcileRun.id)).where(ReconcileRun.finished_at.is_not(None)).scalar_subquery()


@alarm("payments_differ", "Orders and the payment service don’t match: see the payments page")
def payments_differ(at: datetime) -> Select[Any]:
    return select(ReconcileRun.id).where(ReconcileRun.id == _LAST, ReconcileRun.difference_count > 0)


@alarm("payments_not_compared", "The last reconciliation failed, or none has finished in two days")
def payments_not_compared(at: datetime) -> Select[Any]:
    """The last comparison failed, or none has finished for two days."""
    late = ReconcileRun.finished_at < at - OVERDUE
    return select(ReconcileRun.id).where(ReconcileRun.id == _LAST, late | ReconcileRun.error.is_not(None))
