"""One moment of a running database, read and copied: SQLite's online backup, PostgreSQL's pg_dump.

Both look through one read transaction, so counts, names of documents and the copy are of the same moment,
and nobody who writes waits for it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from shop.backup import postgresql
from shop.backup.manifest import BackupRefused

PAGES_A_STEP = 2000
Progress = Callable[[str], None]


class Moment:
    """The database as it was when this was opened. `connection` reads it; `write` copies it to a file."""

    def __init__(self, connection: Connection, snapshot: str = "") -> None:
        self.connection = connection
        self.kind = connection.dialect.name
        self._snapshot = snapshot

    def revision(self) -> str:
        """The migration the database is at. Refuses one that has none: there is no store in it."""
        if inspect(self.connection).has_table("alembic_version"):
            found = self.connection.scalar(text("SELECT version_num FROM alembic_version"))
            if found:
                return str(found)
        raise BackupRefused("There is no store in this database yet, so there is nothing to back up.")

    def size(self) -> int:
        """Bytes the copy takes at most."""
        if self.kind == "sqlite":
            pages = self.connection.scalar(text("PRAGMA page_count")) or 0
            return int(pages * (self.connection.scalar(text("PRAGMA page_size")) or 0))
        return int(self.connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return count_rows(self.connection)

    def write(self, path: Path, progress: Progress) -> None:
        if self.kind == "sqlite":
            _copy_sqlite(self.connection, path, progress)
        else:
            postgresql.dump(self.connection.engine.url, self._snapshot, path)


@contextmanager
def at_one_moment(engine: Engine) -> Iterator[Moment]:
    """Open the database for reading at one moment."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "postgresql":
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                connection.execute(text(f"SET LOCAL {limit} = 0"))  # a dump may take its time
            yield Moment(connection, connection.scalars(text("SELECT pg_export_snapshot()")).one())
        else:
            # the first read fixes the moment: no busy writer can make the copy begin again
            connection.execute(text("SELECT count(*) FROM sqlite_master"))
            yield Moment(connection)


def count_rows(connection: Connection) -> dict[str, int]:
    """Exact row counts by table, in alphabetical order, as this connection's transaction sees them."""
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()  # noqa: S608
        for name in sorted(inspect(connection).get_table_names())
    }


def _copy_sqlite(connection: Connection, path: Path, progress: Progress) -> None:
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    quarters = 0

    def report(_status: int, left: int, total: int) -> None:
        nonlocal quarters
        if total and (done := 4 * (total - left) // total) > quarters:
            quarters = done
            progress(f"database: {done * 25}% of {total:,} pages")

    with closing(sqlite3.connect(path)) as target:
        source.backup(target, pages=PAGES_A_STEP, progress=report, sleep=0)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
