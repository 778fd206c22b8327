"""The two databases as a run needs them: an address, a lock held by somebody else, a backend that dies."""

import contextlib
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from bench.chaos.plan import Neighbor
from tests.postgresql_server import start_server

NAME = "formulary_chaos"
HELD = {
    Neighbor.STOCK_LOCKED: "lot",
    Neighbor.ORDERS_LOCKED: "order",
    Neighbor.AUDIT_LOCKED: "audit_head",
}


class Database(Protocol):
    url: str  # what DATABASE_URL says

    def hold(self, what: Neighbor) -> contextlib.AbstractContextManager[None]:
        """Hold a lock as a forgotten session would, for the length of the block."""

    def kill_backend(self, pick: float) -> bool:
        """SIGKILL one process that serves the store. False when there is none of ours."""

    def end_session(self, pick: float) -> bool:
        """End one of the store's connections. False when there is none."""

    def engine(self) -> Engine:
        """For reading what is there at the end, connection by connection."""

    def stop(self) -> None: ...


class Sqlite:
    """A file in the store's folder. It has no backends: killing its users is what it has to survive."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / "formulary.sqlite3"
        self.url = f"sqlite:///{self.path}"

    @contextmanager
    def hold(self, what: Neighbor) -> Iterator[None]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    def kill_backend(self, pick: float) -> bool:
        return False

    def end_session(self, pick: float) -> bool:
        return False

    def engine(self) -> Engine:
        return create_engine(self.url, poolclass=NullPool, connect_args={"timeout": 30})

    def stop(self) -> None:
        """A file needs no stopping."""


class Postgresql:
    """A server of the run's own from a wheel, or a database of its own on the server TEST_DATABASE_URL names.

    Only processes of the own server are killed; on somebody else's the connection is ended instead.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._postmaster: int | None = None
        self._server: Any = None
        if url := os.environ.get("TEST_DATABASE_URL"):
            self._admin = url
        else:
            self._admin = self._start()
        self._name = f"{NAME}_{os.getpid()}"
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name)))
        self._own = urlunsplit(urlsplit(self._admin)._replace(path=f"/{self._name}"))
        self.url = self._own

    def _start(self) -> str:
        self._folder = Path(tempfile.mkdtemp(prefix="formulary-chaos-pg-"))
        self._server = start_server(self._folder)
        self._postmaster = int((self._folder / "postmaster.pid").read_text().splitlines()[0])
        return str(self._server.get_uri())

    @contextmanager
    def hold(self, what: Neighbor) -> Iterator[None]:
        """An idle transaction that holds rows: of stock, of the newest orders, or the audit record's end."""
        with psycopg.connect(self._own) as connection:
            table = HELD[what]
            if connection.execute("SELECT to_regclass(%s)", [f'"{table}"']).fetchone() == (None,):
                table = "lot"  # the table of that name is gone: the rows everybody needs instead
            question = "SELECT id FROM {} ORDER BY id DESC LIMIT 200 FOR UPDATE"
            connection.execute(sql.SQL(question).format(sql.Identifier(table)))
            yield
            connection.rollback()

    def kill_backend(self, pick: float) -> bool:
        if self._postmaster is None:
            return self.end_session(pick)
        pid = self._backend(pick)
        if pid is None or _parent(pid) != self._postmaster:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def end_session(self, pick: float) -> bool:
        pid = self._backend(pick)
        if pid is None:
            return False
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        return True

    def _backend(self, pick: float) -> int | None:
        """One of the store's connections; a busy one if there is any, since an idle one risks nothing."""
        question = (
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' ORDER BY (state = 'idle'), pid"
        )
        try:
            with psycopg.connect(self._admin, autocommit=True) as connection:
                pids = [row[0] for row in connection.execute(question, [self._name])]
        except psycopg.OperationalError:  # the server is starting again
            return None
        return int(pids[int(pick * pick * len(pids))]) if pids else None

    def engine(self) -> Engine:
        return create_engine("postgresql+psycopg://" + self._own.partition("://")[2], poolclass=NullPool)

    def stop(self) -> None:
        if self._server is not None and self._folder is not None:
            self._server.cleanup()
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        with psycopg.connect(self._admin, autocommit=True) as connection:
            name = sql.Identifier(self._name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
