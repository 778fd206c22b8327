"""Writing many rows at once: COPY into PostgreSQL, batches into SQLite.

Values pass through the columns' types either way.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
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


def insert_rows(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows whose values are in the order of `columns`.

    Goes past the object mapper, whose bookkeeping would cost more than the writing.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    bind = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    bound = (
        tuple(prepare(value) if prepare else value for prepare, value in zip(bind, row, strict=True))
        for row in rows
    )
    if dialect.name == "postgresql":
        _copy(table, columns, bound)
        return
    statement = insert(table).compile(dialect=dialect, column_keys=columns)
    in_its_order = itemgetter(*(columns.index(name) for name in statement.positiontup or ()))
    while batch := [in_its_order(row) for row in islice(bound, AT_ONCE)]:
        connection.exec_driver_sql(str(statement), batch)


def _copy(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def update_rows(table: Table, changes: dict[int, dict[str, Any]]) -> None:
    """Set some columns of some rows, by id; rows that change the same columns go together."""
    together: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, values in changes.items():
        together.setdefault(tuple(sorted(values)), []).append({"row_id": key} | values)
    for rows in together.values():
        db.session.connection().execute(update(table).where(table.c.id == bindparam("row_id")), rows)


def refresh_statistics(*tables: Table) -> None:
    """Let PostgreSQL's planner know of what was written: its own turn comes a minute later.

    Until then it takes these tables for empty, and a join of them for hours. SQLite plans without statistics.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(text(f"ANALYZE {table.name}"))
