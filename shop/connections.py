"""How many connections to the database a process keeps, and whether all of the store's fit."""

from typing import Any

from sqlalchemy import Connection, text

from shop.config import Settings
from shop.deadlines import connect_arguments
from shop.errors import DomainError
from shop.limits import pool_size


class TooFewConnections(DomainError):
    """PostgreSQL allows fewer connections than the processes of this store can open."""

    code = "too_few_connections"


def engine_options(settings: Settings) -> dict[str, Any]:
    """The pool of one process: a connection for each thread that may work, checked before use."""
    url, deadlines = settings.database_url, settings.deadlines
    return {
        "pool_size": pool_size(settings.web_threads),
        "max_overflow": 0,
        "pool_timeout": deadlines.pool,
        "pool_pre_ping": url.startswith("postgresql"),
        "connect_args": connect_arguments(url, deadlines),
    }


def connections_needed(settings: Settings) -> int:
    """What the web processes and one worker open at most."""
    return (settings.web_workers + 1) * pool_size(settings.web_threads)


def too_few_connections(connection: Connection, settings: Settings) -> TooFewConnections | None:
    """What to change when they do not fit; None when they do, and on SQLite."""
    if connection.dialect.name != "postgresql":
        return None
    most, reserved = (
        int(connection.execute(text(f"SHOW {name}")).scalar_one())
        for name in ("max_connections", "superuser_reserved_connections")
    )
    needed, allowed = connections_needed(settings), most - reserved
    if needed <= allowed:
        return None
    return TooFewConnections(
        f"This store opens up to {needed} connections, and PostgreSQL allows {allowed}. "
        "Raise max_connections there, or lower WEB_WORKERS or WEB_THREADS here."
    )
