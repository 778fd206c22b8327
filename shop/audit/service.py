"""Writing the audit record: rows of the transaction that made the change, sealed a moment later by `sealing`.

Nothing is locked here, so no transaction waits for another one's record.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db

_PENDING = "audit_pending"


def record(
    what: Event,
    *,
    at: datetime,
    subject: tuple[str, int | str],
    actor_id: int | None = None,
    **detail: str | int | None,
) -> None:
    """Note that `what` happened to `subject`, in the transaction that made it happen.

    `detail` holds codes, counts, ids and what the catalogue says of a medicine; never health data, names of
    persons or what they wrote.
    """
    db.session.info.setdefault(_PENDING, []).append(
        {
            "at": at,
            "event": what.value,
            "actor_id": actor_id,
            "subject_type": subject[0],
            "subject_id": str(subject[1]),
            "detail": detail,
        }
    )


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    pending: list[dict[str, Any]] = session.info.pop(_PENDING, [])
    if pending:
        session.flush()  # everything else first
        session.connection().execute(insert(AuditRecord.__table__), pending)  # type: ignore[arg-type]


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)
