"""What the database holds, kept to be put back: making an order anew takes longer. PostgreSQL only."""

from dataclasses import dataclass

from sqlalchemy import text

from shop.database import Base, db
from tests.conftest import KEPT, empty_database

SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0")


@dataclass(frozen=True)
class Kept:
    """The rows of every table that has any, as PostgreSQL copies them, and how far it has counted."""

    rows: dict[str, bytes]
    counted: dict[str, int]


def keep() -> Kept:
    """What is committed now."""
    names = [table.name for table in Base.metadata.sorted_tables]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    with db.engine.connect() as connection:
        full = connection.scalars(text(asked)).all()
        counted = {row.sequencename: row.last_value for row in connection.execute(SEQUENCES)}
        rows = {}
        with connection.connection.cursor() as cursor:
            for name in full:
                with cursor.copy(f'COPY "{name}" TO STDOUT') as copied:
                    rows[name] = b"".join(copied)
        return Kept(rows, counted)


def put_back(kept: Kept) -> None:
    """Everything as it was, whatever happened since; the sequences too, so that rows get the same ids."""
    empty_database()
    counted = (f"setval('{name}'::regclass, {number})" for name, number in kept.counted.items())
    with db.engine.begin() as connection:
        # as a replica it asks neither triggers nor foreign keys
        written_anew = (f'DELETE FROM "{name}"' for name in KEPT)
        ready = ["SET LOCAL session_replication_role = replica", *written_anew, "SELECT 1"]
        connection.execute(text(";".join(ready)))
        with connection.connection.cursor() as cursor:
            for name, rows in kept.rows.items():
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copied:
                    copied.write(rows)
            if kept.counted:
                cursor.execute(f"SELECT {', '.join(counted)}")
