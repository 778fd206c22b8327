"""Sealing: committed records get their place in the hash chain, in batches, by whoever comes first.

Only sealers wait for each other (at the chain's head, one row); nobody who writes a record does.
See docs/adr/0009-audit-chain.md.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, text, update
from sqlalchemy.orm import Session

from shop.audit.chain import digest, is_signed, signature
from shop.audit.models import AuditHead, AuditRecord
from shop.database import db, transaction
from shop.web import settings

AT_ONCE = 500
NUMBERED_AT_ONCE = 5000

_record = AuditRecord.__table__.c
_UNSEALED = _record.position.is_(None)
_SEAL = (
    update(AuditRecord.__table__)  # type: ignore[arg-type]
    .where(_record.id == bindparam("record"))
    .values(position=bindparam("place"), previous_hash=bindparam("before"), hash=bindparam("after"))
)
# `hash IS NOT NULL` would lead SQLite through the index of all hashes, for a minute at millions of records
_NUMBER = text(
    "UPDATE audit_record SET position = numbered.place FROM ("
    " SELECT id, :last + row_number() OVER (ORDER BY id) AS place FROM ("
    "  SELECT id FROM audit_record WHERE position IS NULL AND coalesce(hash, '') <> ''"
    "  ORDER BY id LIMIT :most"
    ") AS these) AS numbered WHERE audit_record.id = numbered.id"
)


class ChainNotTrusted(Exception):
    """The chain's end is not what the store's key signed: sealing on would sign a forgery."""


def seal_audit() -> int:
    """Seal every record that is committed by now; how many that were. Opens transactions of its own.

    Two at once are safe. Raises ChainNotTrusted, and seals nothing, when the chain's end was tampered with.
    """
    sealed = 0
    while db.session.scalar(select(AuditRecord.id).where(_UNSEALED).limit(1)) is not None:
        with transaction() as session:
            done = _seal_some(session)
        sealed += done
        if not done:  # another sealer was quicker
            break
    db.session.rollback()
    return sealed


def overdue(at: datetime) -> int:
    """An alarm: how many records have waited for their seal longer than `audit_seal_minutes`. 0 is well."""
    return db.session.scalar(select(func.count()).select_from(overdue_records(at).subquery())) or 0


def overdue_records(at: datetime) -> Select[*tuple[Any, ...]]:
    """The same as a question for ids, for whoever watches alarms."""
    limit = at - timedelta(minutes=settings().audit_seal_minutes)
    return select(AuditRecord.id).where(_UNSEALED, _record.at < limit)


def _seal_some(session: Session) -> int:
    head = session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    if not is_signed(head.signed_length, head.signed_hash, head.signature):
        raise ChainNotTrusted("the signature of the audit record's end is missing or wrong")
    if numbered := _number_chained(session, head.length):
        return numbered
    _check_end(session, head)
    rows = session.execute(
        select(AuditRecord.__table__).where(_UNSEALED).order_by(_record.id).limit(AT_ONCE)
    ).all()
    if any(row.hash is not None for row in rows):
        raise ChainNotTrusted("a record was chained that the head does not know of")
    seals, previous = [], head.hash
    for place, row in enumerate(rows, start=head.length + 1):
        after = digest(row, previous)
        seals.append({"record": row.id, "place": place, "before": previous, "after": after})
        previous = after
    if seals:
        session.connection().execute(_SEAL, seals)
    head.hash, head.length = previous, head.length + len(seals)
    head.signed_hash, head.signed_length = head.hash, head.length
    head.signature = signature(head.length, head.hash)
    return len(seals)


def _number_chained(session: Session, length: int) -> int:
    """Give what older releases have chained by themselves its position; how many rows that were.

    They chained under the lock of the head, one after another, so their ids are in the chain's order.
    """
    last = session.scalar(select(func.max(_record.position)).where(_record.position.is_not(None))) or 0
    if last == length:
        return 0
    done = session.connection().execute(_NUMBER, {"last": last, "most": NUMBERED_AT_ONCE}).rowcount
    if not done or last + done > length:
        raise ChainNotTrusted("there are more or fewer chained records than the head knows of")
    return done


def _check_end(session: Session, head: AuditHead) -> None:
    """The signed record and the last one have to be where the head says they are."""
    for length, end in ((head.signed_length, head.signed_hash), (head.length, head.hash)):
        if length and session.scalar(select(_record.hash).where(_record.position == length)) != end:
            raise ChainNotTrusted(f"record {length} of the audit record is not the one the head names")
