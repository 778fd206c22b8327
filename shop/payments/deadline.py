"""One deadline for everything a call does over HTTP: connecting, sending, every read, every retry.

The timeout of `requests` is per socket read, so a server that sends a byte a second is never late for it.
Here each read may take only what is left until the deadline. Only resolving the host's name is not covered;
the system's resolver has its own limits (resolv.conf: `timeout`, `attempts`).
"""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_SECONDS = 2.0
"""For one address of the host; it may have several, and they are tried one after another."""
_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


class DeadlinePassed(requests.RequestException):
    """No time is left. Not a `requests.Timeout`: the client would try again."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything inside ends within `seconds`. An outer deadline stays in force."""
    if _ends.get() is not None:
        yield
        return
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def seconds_left() -> float:
    """Until the deadline. Raises DeadlinePassed when nothing is left."""
    ends = _ends.get()
    if ends is None:
        raise RuntimeError("a request outside of `within`")
    left = ends - time.monotonic()
    if left <= 0:
        raise DeadlinePassed("the deadline has passed")
    return left


class DeadlineSession(requests.Session):
    """A session whose requests keep the deadline of `within`. Safe to share between threads."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        left = seconds_left()
        options["timeout"] = (min(left, CONNECT_SECONDS), left)
        try:
            return super().request(method, url, *args, **options)
        except requests.RequestException:
            seconds_left()  # when the time is over, this is what the caller has to know
            raise


class _Reader(io.RawIOBase):
    """A socket's reading end that waits no longer than the deadline, however often it is asked."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        try:
            self._sock.settimeout(seconds_left())
        except DeadlinePassed:
            raise TimeoutError from None  # what urllib3 expects of a socket
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Reader(sock, self.fp.detach()))


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _keep_deadline(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        _keep_deadline(manager)
        return manager


def _keep_deadline(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
