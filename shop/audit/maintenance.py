"""What must be true of the audit record."""

from itertools import islice

from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.audit.proof import broken_links
from shop.database import db
from shop.maintenance.checks import MOST_NAMED, Result, result, verifies


@verifies("audit: the chain of records is whole")
def chain() -> Result:
    """No record was edited, added or removed outside of `record`."""
    count = db.session.scalar(select(func.count()).select_from(AuditRecord)) or 0
    return result(count, (f"record {broken}" for broken in islice(broken_links(), MOST_NAMED)))
