"""Writing many rows at once: COPY into PostgreSQL, batches into SQLite.

Values pass through the columns' types either way.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update

from shop.database import db

AT_ONCE = 5_000


def new_ids(table: Table, count: int) -> Iterator[int]:
    """As many unused ids; the caller holds the transaction in which they are used."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
        return iter(connection.execute(drawn, {"name": table.name, "n": count}).scalars().all())
    highest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    return iter(range(highest + 1, highest + 1 + count))


def insert_rows(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert rows whose values stand in the order of `columns`; how many there were."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        return _copy(table, columns, rows)
    count, remaining = 0, iter(rows)
    while batch := [dict(zip(columns, row, strict=True)) for row in islice(remaining, AT_ONCE)]:
        connection.execute(insert(table), batch)
        count += len(batch)
    return count


def update_rows(table: Table, changes: dict[int, dict[str, Any]]) -> None:
    """Set some columns of some rows, by id; rows that change the same columns go together."""
    together: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, values in changes.items():
        together.setdefault(tuple(sorted(values)), []).append({"row_id": key} | values)
    for rows in together.values():
        db.session.connection().execute(update(table).where(table.c.id == bindparam("row_id")), rows)


def _copy(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    connection = db.session.connection()
    dialect = connection.dialect
    bind = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    cursor = connection.connection.cursor()
    count = 0
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [prepare(value) if prepare else value for prepare, value in zip(bind, row, strict=True)]
            )
            count += 1
    return count
