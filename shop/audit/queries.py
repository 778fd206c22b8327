"""Reading the audit record for those it is about: the latest records of one subject."""

from sqlalchemy import select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db


def latest(subject: tuple[str, int | str], what: Event, most: int) -> list[AuditRecord]:
    """At most so many records of an event about a subject, the latest first."""
    rows = select(AuditRecord).where(
        AuditRecord.subject_type == subject[0],
        AuditRecord.subject_id == str(subject[1]),
        AuditRecord.event.in_(what.names),
    )
    return list(db.session.scalars(rows.order_by(AuditRecord.id.desc()).limit(most)))
