"""Clients that hold connections without getting on: silent, half-sent, trickling, never finishing."""

import contextlib
import http.client
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.running_store import PATIENCE

UNVERIFIED = ssl._create_unverified_context()
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


class SlowClients:
    """Raw connections to one server, all closed at the end of the `with`."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._at, self._tls = (parts.hostname, parts.port), parts.scheme == "https"
        self._open: list[socket.socket] = []
        self._done = threading.Event()
        self._trickler: threading.Thread | None = None

    def __enter__(self) -> "SlowClients":
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._trickler:
            self._trickler.join()
        for connection in self._open:
            connection.close()

    def silent(self, count: int) -> list[socket.socket]:
        """Connections that say nothing."""
        return [self._send(b"") for _ in range(count)]

    def half_heads(self, count: int) -> list[socket.socket]:
        """The first lines of a request, without an end."""
        return [self._send(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n") for _ in range(count)]

    def half_bodies(
        self, count: int, path: str = "/sign-in", length: int = 1000, cookie: str = ""
    ) -> list[socket.socket]:
        """A form of `length` bytes of which only the first three arrive."""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{FORM}Content-Length: {length}\r\n"
        if cookie:
            head += f"Cookie: {cookie}\r\n"
        return [self._send(head.encode() + b"\r\na=1") for _ in range(count)]

    def trickling(self, count: int, path: str = "/sign-in") -> None:
        """Forms of which a byte arrives each second."""
        forms = self.half_bodies(count, path)

        def trickle() -> None:
            while not self._done.wait(1):
                for form in forms:
                    with contextlib.suppress(OSError):
                        form.send(b"x")

        self._trickler = threading.Thread(target=trickle)
        self._trickler.start()

    def flooding(self, count: int, path: str, length: int = 60_000_000) -> None:
        """Large bodies: as much as the server's buffers take at once, and then nothing more."""
        for connection in self.half_bodies(count, path, length):
            connection.setblocking(False)
            with contextlib.suppress(OSError):
                while True:
                    connection.send(b"x" * 65536)

    def _send(self, start: bytes) -> socket.socket:
        connection = socket.create_connection(self._at, PATIENCE)
        if start and self._tls:
            connection = UNVERIFIED.wrap_socket(connection)
        self._open.append(connection)
        connection.sendall(start)
        return connection


def closed_within(connections: list[socket.socket], seconds: float) -> bool:
    """Whether the server has ended all of these by then."""
    waiting, deadline = set(connections), time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        for connection in select.select(list(waiting), [], [], 0.5)[0]:
            try:
                gone = connection.recv(65536) == b""
            except OSError:
                gone = True
            if gone:
                waiting.discard(connection)
    return not waiting


def connect(address: str, limit: float = PATIENCE) -> http.client.HTTPConnection:
    """A new connection; a certificate is taken for what it says."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.netloc, timeout=limit, context=UNVERIFIED)
    return http.client.HTTPConnection(parts.netloc, timeout=limit)


class Probe:
    """Asks for pages in turn, each on a new connection, and keeps what went wrong."""

    def __init__(
        self, address: str, paths: tuple[str, ...] = ("/healthz", "/medicines"), limit: float = 20
    ) -> None:
        self._address, self._paths, self._limit = address, paths, limit
        self._done = threading.Event()
        self.answered = 0
        self.wrong: list[str] = []

    @contextlib.contextmanager
    def running(self) -> Iterator["Probe"]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._done.set()
            thread.join()

    def wait_for(self, count: int) -> None:
        """Until so many more were answered, or patience ends."""
        wanted, deadline = self.answered + count, time.monotonic() + PATIENCE
        while self.answered < wanted and not self.wrong and time.monotonic() < deadline:
            time.sleep(0.05)

    def _run(self) -> None:
        turn = 0
        while not self._done.wait(0.05):
            path = self._paths[turn % len(self._paths)]
            turn += 1
            connection = connect(self._address, self._limit)
            try:
                connection.request("GET", path)
                status = connection.getresponse().status
                if status == 200:
                    self.answered += 1
                else:
                    self.wrong.append(f"{path}: {status}")
            except OSError as error:
                self.wrong.append(f"{path}: {type(error).__name__}")
            finally:
                connection.close()
