"""Rows of an older schema: inserted by the columns it has, and read back."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
Rows = list[tuple[str, dict[str, Any]]]
RENAMED = {"authorised": "authorized", "authorised_at": "authorized_at"}
"""Columns of the first store, and their names since migration 0036."""


def insert(connection: sa.Connection, old: sa.MetaData, some: Rows) -> None:
    """Insert rows as code of the schema `old` would: its columns, all of those that have no default."""
    for name, row in some:
        table = old.tables[name]
        row = {one if one in table.columns else RENAMED[one]: value for one, value in row.items()}
        needed = [
            column
            for column in table.columns
            if not column.nullable and column.server_default is None and column.name not in row
        ]
        connection.execute(table.insert().values(row | {column.name: _some(column) for column in needed}))


def _some(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    return {bool: False, int: 0, str: "", datetime: AT, date: AT.date(), dict: {}}[kind]


def audit_rows(connection: sa.Connection, old: sa.MetaData, orders: list[int]) -> None:
    """Records of the orders at the end of the chain, as the first release wrote them."""
    record, head = old.tables["audit_record"], old.tables["audit_head"]
    previous, length = connection.execute(sa.select(head.c.hash, head.c.length)).one()
    for order_id in orders:
        content = [previous, AT.isoformat(), "order:placed", None, "order", str(order_id), {}]
        mine = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        connection.execute(
            record.insert().values(
                at=AT,
                event="order:placed",
                subject_type="order",
                subject_id=str(order_id),
                detail={},
                previous_hash=previous,
                hash=mine,
            )
        )
        previous, length = mine, length + 1
    connection.execute(head.update().values(hash=previous, length=length))


def reflected(connection: sa.Connection) -> sa.MetaData:
    """The tables as they are now: what code of this revision reads and writes."""
    found = sa.MetaData()
    found.reflect(connection)
    return found


def contents(connection: sa.Connection, old: sa.MetaData) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Every row of every table, read by the columns of `old`."""
    for table in old.sorted_tables:
        if table.name != "alembic_version":
            found = connection.execute(sa.select(*table.columns))
            yield table.name, sorted((tuple(row) for row in found), key=repr)
