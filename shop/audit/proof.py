"""Proving that nobody changed the audit record: walking the chain from its first record to its signed end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from shop.audit import sealing
from shop.audit.chain import GENESIS, digest, is_signed
from shop.audit.models import AuditHead, AuditRecord
from shop.database import db

_record = AuditRecord.__table__.c


@dataclass(frozen=True)
class Proof:
    """What a walk found. `broken` is the id of the first record that does not follow; `head` LENGTH:HASH."""

    records: int
    broken: int | None
    unsealed: int
    overdue: int
    head: str

    @property
    def good(self) -> bool:
        return self.broken is None and not self.overdue


def prove(at: datetime) -> Proof:
    """Walk the whole chain, as of one moment."""
    broken = next(broken_links(), None)
    unsealed = select(func.count()).where(_record.position.is_(None), _record.hash.is_(None))
    head = db.session.get_one(AuditHead, 1, populate_existing=True)
    return Proof(
        db.session.scalar(select(func.count()).select_from(AuditRecord)) or 0,
        broken,
        db.session.scalar(unsealed) or 0,
        sealing.overdue(at),
        f"{head.length}:{head.hash}",
    )


def broken_links() -> Iterator[int]:
    """Ids of records whose hash does not follow from the one before; none when the record is whole.

    A missing tail shows too: the head says how many records there were, with which hash they ended, and the
    store's key has signed it.
    """
    _one_moment()
    head = db.session.get(AuditHead, 1, populate_existing=True)
    previous, count, signed = GENESIS, 0, GENESIS
    for row in _chained():
        count += 1
        misplaced = row.position not in (None, count)
        if misplaced or row.previous_hash != previous or row.hash != digest(row, previous):
            yield row.id
        previous, count = row.hash, row.position or count
        if head and count == head.signed_length:
            signed = previous
    if head is None or (head.hash, head.length) != (previous, count):
        yield count + 1
    elif signed != head.signed_hash or not is_signed(head.signed_length, head.signed_hash, head.signature):
        yield count


def _chained() -> Iterator[Row[Any]]:
    """By position; then what a release before 0008 has chained and nobody has numbered yet."""
    rows = select(AuditRecord.__table__).execution_options(yield_per=500)
    yield from db.session.execute(rows.where(_record.position.is_not(None)).order_by(_record.position))
    chained = (_record.position.is_(None), func.coalesce(_record.hash, "") != "")
    yield from db.session.execute(rows.where(*chained).order_by(_record.id))


def _one_moment() -> None:
    """Read all that follows as of now, while others go on sealing. SQLite's reads always do."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
