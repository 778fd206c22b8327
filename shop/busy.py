"""Which errors of the database mean "busy or away, try again", and which are ours.

A pure table: the database says what is wrong by a code, never by its words, which differ by language and
quote rows. Everything that is not in the table is a defect and stays one.
Sources: postgresql.org/docs/current/errcodes-appendix.html, sqlite.org/rescode.html.
"""

import sqlite3
from enum import Enum

import psycopg
from sqlalchemy import exc


class Trouble(Enum):
    """What the database is at, and how many seconds a client should wait before it asks again."""

    LOCKED = "locked", 3
    SLOW = "slow", 5
    CONFLICT = "conflict", 1
    CROWDED = "crowded", 5
    AWAY = "away", 10
    DISK = "disk", 60

    def __init__(self, code: str, retry_after: int) -> None:
        self.code = code
        self.retry_after = retry_after


POSTGRESQL = {
    "55P03": Trouble.LOCKED,  # lock_not_available: lock_timeout
    "57014": Trouble.SLOW,  # query_canceled: statement_timeout, or somebody canceled it
    "25P04": Trouble.SLOW,  # transaction_timeout
    "40P01": Trouble.CONFLICT,  # deadlock_detected
    "40001": Trouble.CONFLICT,  # serialization_failure
    "53300": Trouble.CROWDED,  # too_many_connections
    "25P03": Trouble.AWAY,  # idle_in_transaction_session_timeout: it ended the connection
    "57P01": Trouble.AWAY,  # admin_shutdown, also pg_terminate_backend
    "57P02": Trouble.AWAY,  # crash_shutdown
    "57P03": Trouble.AWAY,  # cannot_connect_now: starting up
    "57P05": Trouble.AWAY,  # idle_session_timeout
    "25006": Trouble.DISK,  # read_only_sql_transaction: a standby, or set read-only because it is full
    "53100": Trouble.DISK,  # disk_full
    "53200": Trouble.CROWDED,  # out_of_memory
    "58030": Trouble.DISK,  # io_error
}
POSTGRESQL_CLASSES = {"08": Trouble.AWAY}  # connection exceptions
SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_PROTOCOL: Trouble.LOCKED,  # the race for WAL's locks was lost too often
    sqlite3.SQLITE_INTERRUPT: Trouble.SLOW,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_FULL: Trouble.DISK,
    sqlite3.SQLITE_READONLY: Trouble.DISK,
    sqlite3.SQLITE_IOERR: Trouble.DISK,
}
INVALID_AFTER_DISCONNECT = "8s2b"
"""SQLAlchemy's code for asking on after the connection was lost."""


def busy_of(error: BaseException) -> Trouble | None:
    """Why the database could not do it just now, or None when that is not what went wrong."""
    if isinstance(error, exc.TimeoutError):
        return Trouble.CROWDED
    if isinstance(error, exc.PendingRollbackError):
        return Trouble.AWAY if error.code == INVALID_AFTER_DISCONNECT else None
    if isinstance(error, exc.DisconnectionError):
        return Trouble.AWAY
    if isinstance(error, exc.DBAPIError) and error.orig is not None:
        known = _of_driver(error.orig)
        return known or (Trouble.AWAY if error.connection_invalidated else None)
    return _of_driver(error)


def _of_driver(error: BaseException) -> Trouble | None:
    if isinstance(error, sqlite3.Error):
        return SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # without the extended code
    if isinstance(error, psycopg.Error):
        if error.sqlstate:
            return POSTGRESQL.get(error.sqlstate) or POSTGRESQL_CLASSES.get(error.sqlstate[:2])
        return Trouble.AWAY if isinstance(error, psycopg.OperationalError) else None  # no answer, no code
    return None
