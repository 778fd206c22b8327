"""SQLite under many writers: how its connections are prepared, and how a write transaction begins.

See docs/adr/0001-transactions.md for why it begins its writes at once.
"""

from sqlite3 import SQLITE_BUSY
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

LOOK_AGAIN_SECONDS = 0.002  # for SQLite's one lock, while another process writes


def _begin_writing(connection: Any) -> None:
    """Take the file's one lock, or raise what says that it is held when the deadline is over.

    SQLite itself looks again after 1, 2, 5 … 100 ms, so who has waited longest looks least often. With two
    web workers and eight customers the slowest checkout took 0.7 s for it.
    """
    driver = connection.connection.driver_connection
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    deadline = monotonic() + patience / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                held = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY
                if not held or monotonic() > deadline:
                    raise
            sleep(LOOK_AGAIN_SECONDS)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience}")


def prepare(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `begin` below does
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        if immediate:
            _begin_writing(connection)
        else:  # takes no lock, so it cannot fail, and every page begins with it
            connection.connection.driver_connection.execute("BEGIN")
