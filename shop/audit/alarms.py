"""What of the audit record somebody has to know."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select

from shop.audit.sealing import overdue_records
from shop.outbox.watching import alarm


@alarm("audit_not_sealed", "Audit records have waited too long to be sealed: check the worker’s log")
def not_sealed(at: datetime) -> Select[Any]:
    """Records that are older than `AUDIT_SEAL_MINUTES` and not in the chain yet."""
    return overdue_records(at)
