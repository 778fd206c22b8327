"""Which columns name files of the vault: declared by the rooms whose tables they are.

A file that none of them names is an orphan. A backup holds every file that its copy of the database names.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Connection, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from shop.database import db, portions

_columns: list[Column[Any]] = []


def names_vault_files(attribute: InstrumentedAttribute[Any]) -> None:
    """Declare a column that holds a vault file's id, or nothing."""
    column = attribute.property.columns[0]
    if column not in _columns:
        _columns.append(column)


def all_named(connection: Connection) -> set[str]:
    """Every file id that a row names. A database older than this code may lack some of the columns."""
    found: set[str] = set()
    for column in _columns:
        if _is_in(connection, column):
            found.update(connection.scalars(select(column).where(column.is_not(None))))
    return found


def named(file_ids: Collection[str]) -> set[str]:
    """Those of the ids that a committed row names now."""
    db.session.rollback()
    found: set[str] = set()
    for some in portions(file_ids):
        for column in _columns:
            found.update(db.session.scalars(select(column).where(column.in_(some))))
    db.session.rollback()
    return found


def _is_in(connection: Connection, column: Column[Any]) -> bool:
    inspector = inspect(connection)
    name = column.table.name
    return inspector.has_table(name) and column.name in {one["name"] for one in inspector.get_columns(name)}
