"""From the server's event loop to the application's threads, and back.

A request is read whole before a thread is taken for it, and its answer is sent when the thread is free again.
A client that is silent or slow, sending or receiving, occupies a connection and some memory, never a thread.
Speaks ASGI to the server and WSGI to the application; any server and any application will do.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from shop.server import bodies
from shop.web import REFUSAL

Result = TypeVar("Result")
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Admit = Callable[[Environ], tuple[int, str]]
"""How many bytes of body may be sent with this request, and by whom: asked before a large one is read."""
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)


class Answer:
    """What the application answered."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.body = status, body
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


PLAIN = ("Content-Type", "text/plain")
TOO_SLOW = Answer(408, [PLAIN, ("Connection", "close")], b"The request did not arrive.\n")
FAILED = Answer(500, [PLAIN], b"Something went wrong on our side.\n")


class Bridge:
    """The ASGI application that a server process runs."""

    def __init__(self, app: Application, threads: int, admit: Admit) -> None:
        self._app, self._admit = app, admit
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._room = bodies.Room()

    async def __call__(self, scope: dict[str, Any], receive: bodies.Receive, send: Send) -> None:
        environ = environ_of(scope)
        length = _length(environ)
        try:
            if length == 0:
                answer = await self._in_thread(self._answer, environ)
            elif length is None or length <= bodies.SMALL_BYTES:
                answer = await self._with_small_body(environ, length, receive)
            else:
                answer = await self._with_large_body(environ, length, receive)
        except bodies.NotSent:
            answer = TOO_SLOW
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _with_small_body(self, environ: Environ, length: int | None, receive: bodies.Receive) -> Answer:
        try:
            body = await bodies.read(receive, length, bodies.SMALL_BYTES)
        except bodies.TooLong:
            return await self._refuse(environ, receive, 413)
        return await self._in_thread(self._answer, _with(environ, body))

    async def _with_large_body(self, environ: Environ, length: int, receive: bodies.Receive) -> Answer:
        most, sender = await self._in_thread(self._admitted, environ)
        if length > most:
            return await self._refuse(environ, receive, 413)
        try:
            with self._room.reserve(sender) as take:
                body = await bodies.read(receive, length, most, take)
                return await self._in_thread(self._answer, _with(environ, body))
        except bodies.NoRoom:
            return await self._refuse(environ, receive, 503)

    async def _refuse(self, environ: Environ, receive: bodies.Receive, status: int) -> Answer:
        """Let the application refuse, without the body: it may have reasons of its own (404, 303, 403)."""
        answer = await self._in_thread(self._answer, {**environ, REFUSAL: status})
        await bodies.discard(receive)
        return answer

    async def _in_thread(self, work: Callable[[Environ], Result], environ: Environ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, environ)

    def _admitted(self, environ: Environ) -> tuple[int, str]:
        try:
            return self._admit(dict(environ))
        except Exception as error:  # the database is away, say: the application itself answers what is wrong
            log.warning("could not decide who may send a large body: %s", type(error).__name__)
            return 0, ""

    def _answer(self, environ: Environ) -> Answer:
        """Run the application to its end. The answer is collected: no thread waits for a slow reader."""
        started: list[Any] = []
        body: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], None]:
            started[:] = (int(status[:3]), headers)
            return body.append

        try:
            parts = self._app(environ, start)
            try:
                body.extend(parts)
            finally:
                if hasattr(parts, "close"):
                    parts.close()
            return Answer(started[0], started[1], b"".join(body))
        except Exception as error:  # Flask answers its own errors; this is one outside of it
            log.error("the application failed: %s", type(error).__name__)
            return FAILED


def environ_of(scope: dict[str, Any]) -> Environ:
    """The request as WSGI names it, with an empty body."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input": BytesIO(),
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").upper(), raw_value.decode("latin-1")
        if "_" in name:  # would be taken for the one with a hyphen, which a proxy may have set
            continue
        key = name.replace("-", "_")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = "HTTP_" + key
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ


def _length(environ: Environ) -> int | None:
    """0 without a body, None for a chunked one, which does not say; its header ends here."""
    if environ.pop("HTTP_TRANSFER_ENCODING", None):
        environ.pop("CONTENT_LENGTH", None)
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)  # the server has refused what is no number


def _with(environ: Environ, body: BytesIO) -> Environ:
    return {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(body.getbuffer().nbytes)}
