"""Writing the audit record, and proving that nobody changed it.

Records gather during a transaction and are chained just before it commits: the chain's end is the last row
any transaction locks, so two writers can wait for each other there but never in a circle.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from shop.audit.events import Event
from shop.audit.models import AuditHead, AuditRecord
from shop.database import db

GENESIS = "0" * 64
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

    `detail` holds codes, counts and ids; never health data, names or free text.
    """
    db.session.info.setdefault(_PENDING, []).append(
        AuditRecord(
            at=at, event=what.value, actor_id=actor_id,
            subject_type=subject[0], subject_id=str(subject[1]), detail=detail,
        )
    )  # fmt: skip


def broken_links() -> Iterator[int]:
    """Ids of records whose hash does not follow from the one before; none when the record is whole.

    A missing tail shows too: the head says how many records there were and with which hash they ended.
    """
    previous, count = GENESIS, 0
    for row in db.session.scalars(
        select(AuditRecord).order_by(AuditRecord.id).execution_options(yield_per=500)
    ):
        if row.previous_hash != previous or row.hash != _digest(row, previous):
            yield row.id
        previous, count = row.hash, count + 1
    head = db.session.get(AuditHead, 1)
    if (head.hash, head.length) != (previous, count) if head else count:
        yield count + 1


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    pending: list[AuditRecord] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()  # everything else first
    session.connection().execute(
        update(AuditHead).where(AuditHead.id == 1).values(length=AuditHead.length + len(pending))
    )  # the migration wrote the row; this locks it until the commit
    previous = session.scalars(select(AuditHead.hash).where(AuditHead.id == 1)).one()
    for row in pending:
        row.previous_hash = previous
        row.hash = previous = _digest(row, previous)
        session.add(row)
        session.flush()  # one by one: the order of ids is the order of the chain
    session.connection().execute(update(AuditHead).where(AuditHead.id == 1).values(hash=previous))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _digest(row: AuditRecord, previous: str) -> str:
    content: list[Any] = [
        previous, row.at.astimezone(UTC).isoformat(), row.event, row.actor_id,
        row.subject_type, row.subject_id, row.detail,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
