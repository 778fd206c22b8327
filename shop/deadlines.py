"""Deadlines on every connection to the database, by who uses it: a request, a command, a migration, a look.

A web request gives up quickly; the worker and commands may take hours over one statement. Which of them uses
a connection is decided when it is taken from the pool, so that one process may hold several kinds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from shop.limits import Deadlines


class Kind(Enum):
    """Who uses a connection."""

    WEB = "web"
    COMMAND = "command"  # the worker too
    MIGRATION = "migration"
    LOOK = "look"  # a question whose answer is not worth waiting for


_kind: ContextVar[Kind | None] = ContextVar("kind", default=None)


@contextmanager
def deadlines_of(kind: Kind) -> Iterator[None]:
    """What is taken from the pool inside has the deadlines of `kind`."""
    token = _kind.set(kind)
    try:
        yield
    finally:
        _kind.reset(token)


def connect_arguments(url: str, deadlines: Deadlines) -> dict[str, Any]:
    """For connections to PostgreSQL: how long to wait for one, and when a silent server counts as gone."""
    if not url.startswith("postgresql"):
        return {}
    return {
        "connect_timeout": deadlines.connect,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "application_name": "formulary",
    }


def keep(engine: Engine, deadlines: Deadlines) -> None:
    """Set the deadlines of every connection of `engine` whenever it changes hands."""
    on_sqlite = engine.dialect.name == "sqlite"

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _proxy: Any) -> None:
        kind = _kind_now()
        if record.info.get("kind") is kind:
            return
        record.info.pop("kind", None)
        seconds = _seconds(kind, deadlines)
        if on_sqlite:
            connection.execute(f"PRAGMA busy_timeout = {seconds['lock_timeout'] * 1000}")
        else:
            try:
                _tell_postgresql(connection, seconds)
            except engine.dialect.loaded_dbapi.Error as gone:
                raise DisconnectionError from gone  # the pool takes another
        record.info["kind"] = kind


def lock_seconds(deadlines: Deadlines) -> int:
    """How long whoever asks now may wait for a lock."""
    return _seconds(_kind_now(), deadlines)["lock_timeout"]


def _kind_now() -> Kind:
    return _kind.get() or (Kind.WEB if has_request_context() else Kind.COMMAND)


def _seconds(kind: Kind, deadlines: Deadlines) -> dict[str, int]:
    """PostgreSQL's names for them; 0 is none. SQLite knows only the first."""
    lock, statement, idle = {
        Kind.WEB: (deadlines.lock, deadlines.statement, deadlines.idle),
        Kind.COMMAND: (deadlines.command_lock, 0, deadlines.command_idle),
        Kind.MIGRATION: (deadlines.migration_lock, 0, 0),
        Kind.LOOK: (deadlines.look, deadlines.look, deadlines.idle),
    }[kind]
    return {
        "lock_timeout": lock,
        "statement_timeout": statement,
        "idle_in_transaction_session_timeout": idle,
    }


def _tell_postgresql(connection: Any, seconds: dict[str, int]) -> None:
    settings = ", ".join(f"set_config('{name}', '{value}s', false)" for name, value in seconds.items())
    connection.autocommit = True  # a rollback would undo what is set inside a transaction
    connection.execute(f"SELECT {settings}")
    connection.autocommit = False
