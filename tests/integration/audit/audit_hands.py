"""What people with the database's password could do, and what a release before 0008 does beside this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, select, text

from shop.audit.chain import GENESIS, digest
from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.audit.proof import broken_links
from shop.audit.service import record
from shop.database import db, transaction

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@contextmanager
def past_the_triggers() -> Iterator[Connection]:
    """A connection that can change the record, as somebody with the database's password could."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_record DISABLE TRIGGER USER"))
            yield connection
            connection.execute(text("ALTER TABLE audit_record ENABLE TRIGGER USER"))
            return
        triggers = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_record'")
        ).all()
        for trigger in triggers:
            connection.execute(text(f"DROP TRIGGER {trigger.name}"))
        yield connection
        for trigger in triggers:
            connection.execute(text(trigger.sql))


def write(count: int, first: int = 1, at: datetime = AT) -> None:
    """Records of orders placed, a transaction each."""
    for number in range(first, first + count):
        with transaction():
            record(Event.ORDER_PLACED, at=at, subject=("order", number), lines=number)


def write_as_before(number: int, at: datetime = AT) -> None:
    """A record as a release before 0008 writes it: chained at once, under the lock of the head."""
    with db.engine.connect().execution_options(begin_immediate=True) as connection, connection.begin():
        connection.execute(text("UPDATE audit_head SET length = length + 1 WHERE id = 1"))
        previous = connection.scalar(text("SELECT hash FROM audit_head WHERE id = 1"))
        hashed = digest(recorded(number, at), previous)
        connection.execute(
            text(
                "INSERT INTO audit_record"
                " (at, event, subject_type, subject_id, detail, previous_hash, hash)"
                " VALUES (:at, 'order:placed', 'order', :number, '{}', :previous, :hash)"
            ),
            {
                "at": at if connection.dialect.name == "postgresql" else at.strftime("%Y-%m-%d %H:%M:%S.%f"),
                "number": str(number),
                "previous": previous,
                "hash": hashed,
            },
        )
        connection.execute(text("UPDATE audit_head SET hash = :hash WHERE id = 1"), {"hash": hashed})


def recorded(number: int, at: datetime = AT) -> Any:
    return SimpleNamespace(
        at=at, event="order:placed", actor_id=None, subject_type="order", subject_id=str(number), detail={}
    )


def rewrite_chain(connection: Connection) -> None:
    """All hashes anew, the head's too: what anybody can do who can write, but has no key."""
    previous, count = GENESIS, 0
    rows = connection.execute(text("SELECT id, subject_id FROM audit_record ORDER BY position")).all()
    connection.execute(text("UPDATE audit_record SET hash = NULL, previous_hash = NULL"))
    for row in rows:
        detail = {"lines": int(row.subject_id)}
        faked = recorded(int(row.subject_id))
        faked.detail, count = detail, count + 1
        values = {"before": previous, "after": digest(faked, previous), "id": row.id, "place": count}
        connection.execute(
            text(
                "UPDATE audit_record SET position = :place, previous_hash = :before, hash = :after"
                " WHERE id = :id"
            ),
            values,
        )
        previous = values["after"]
    connection.execute(
        text("UPDATE audit_head SET length = :length, hash = :end"), {"length": count, "end": previous}
    )


def broken() -> list[int]:
    links = list(broken_links())
    db.session.rollback()
    return links


def positions() -> list[int | None]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRecord.position).order_by(AuditRecord.id)))
