"""What keeps the audit record sealed and whole: a chore each second, an alarm, a check."""

from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, select

from shop.audit.models import AuditRecord
from shop.audit.proof import broken_links
from shop.audit.sealing import overdue_records, seal_audit
from shop.database import db
from shop.maintenance.checks import MOST_NAMED, Result, result, verifies
from shop.outbox.chores import periodically
from shop.outbox.watching import alarm


@periodically(seconds=1)
def seal_records() -> None:
    """Give new records their place in the chain."""
    seal_audit()


@alarm("audit_not_sealed", "Audit records have waited too long to be sealed: check the worker’s log")
def not_sealed(at: datetime) -> Select[Any]:
    """Records that are older than `AUDIT_SEAL_MINUTES` and not in the chain yet."""
    return overdue_records(at)


@verifies("audit: the chain of records is whole")
def chain() -> Result:
    """No record was edited, added or removed outside of `record`."""
    count = db.session.scalar(select(func.count()).select_from(AuditRecord)) or 0
    return result(count, (f"record {broken}" for broken in islice(broken_links(), MOST_NAMED)))
