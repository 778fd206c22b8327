"""The web server: granian takes connections and reads requests, the bridge hands whole ones to threads.

Each process accepts connections of its own and runs the application in `threads` threads. Granian replaces a
process that has died.
"""

import multiprocessing
import resource
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from shop.server.bridge import Admit, Application, Bridge
from shop.server.supervisor import end_with_parent

if TYPE_CHECKING:
    from flask import Flask

    from shop.config import Settings

HEADER_SECONDS = 15
"""For the head of a request, and for silence before the first and between two."""
CONNECTIONS = 4096
"""In each process; about 15 kB each. Beyond, new ones wait until others have timed out."""
STOP_SECONDS = 8
"""For the requests that run when the server is asked to stop."""


def serve_store(app: "Flask", settings: "Settings", host: str) -> None:
    """Serve the store until SIGTERM or SIGINT."""
    from shop.web import admit_body

    serve(
        app,
        host,
        settings.port,
        settings.web_workers,
        settings.web_threads,
        admit=lambda environ: admit_body(app, environ),
    )


def serve(
    app: Application,
    host: str,
    port: int,
    workers: int,
    threads: int,
    admit: Admit = lambda _environ: (0, ""),
) -> None:
    """Serve any WSGI application. Raises SystemExit when its processes die again and again."""
    _allow_connections()
    multiprocessing.set_start_method("fork", force=True)  # what is loaded by now is shared by all

    def begin() -> Callable[..., object]:
        """Called in each process: the threads are made there."""
        end_with_parent(signal.SIGKILL)  # by SIGTERM it would wait for every body that is still under way
        return Bridge(app, threads, admit)

    Server(
        "formulary",  # only its name: `begin` makes the application
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGINL,
        loop=Loops.asyncio,
        http=HTTPModes.http1,  # with HTTP/2 allowed, a connection that says nothing would have no timeout
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=128 * 1024),
        websockets=False,
        backpressure=CONNECTIONS,
        backlog=1024,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve(target_loader=begin, wrap_loader=False)


def _allow_connections() -> None:
    """As many open files as the connections need, if the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS * 2
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
