"""Bulkheads: what waits for others has a fixed number of a process's threads, and never takes the rest.

Three compartments stand around the application: `public` makes pages for visitors without a session, `own`
pages for those with one, `writes` takes what is sent. Kept pages are answered before they get here; files
and health pass without a place. Across `own` and `writes`, calls to the payment service have a smaller
compartment of theirs, so that the rest goes on while that service is slow. Sizes are in `limits`.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, has_request_context, request

from shop.config import Settings
from shop.errors import Busy
from shop.limits import Places, Sizes

PASS_BY = ("/static/", "/healthz", "/readyz", "/robots.txt")
"""What waits for nobody, and what has a deadline of its own."""
FULL = "formulary.full"
"""Set in the WSGI environment of a request that got no place: it is refused before anything looks at it."""

Environ = dict[str, Any]


class Full(Busy):
    """Every place is taken, and none became free in time. Nothing was begun."""

    code = "full"


class Compartment:
    """Places for so many at once, and a bounded line of those who wait for one."""

    def __init__(self, places: Places, seconds: float) -> None:
        self._seconds = seconds
        self._total = threading.Semaphore(places.total)
        self._at_once = threading.Semaphore(places.at_once)

    def enter(self) -> bool:
        """Take a place, waiting for one if the line has room. False when it has none, or waited in vain."""
        if not self._total.acquire(blocking=False):
            return False
        if self._at_once.acquire(timeout=self._seconds):
            return True
        self._total.release()
        return False

    def leave(self) -> None:
        self._at_once.release()
        self._total.release()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for what is inside. Raises Full."""
        if not self.enter():
            raise Full("The store is busy right now.", "Nothing was changed. Try again in a few seconds.")
        try:
            yield
        finally:
            self.leave()


class Bulkhead:
    """WSGI middleware: each request has a place in its compartment, or is marked as refused."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        sizes: Sizes,
        seconds: float,
        cookies: Iterable[str],
    ) -> None:
        self._app = app
        self.public = Compartment(sizes.public, seconds)
        self.own = Compartment(sizes.own, seconds)
        self.writes = Compartment(sizes.writes, seconds)
        self._cookies = tuple(f"{name}=" for name in cookies)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        compartment = self._compartment(environ)
        if compartment is None:
            return self._app(environ, start_response)
        if not compartment.enter():
            environ[FULL] = True
            return self._app(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:  # the answer is made; sending it waits for nobody but the visitor
            compartment.leave()

    def _compartment(self, environ: Environ) -> Compartment | None:
        if environ["PATH_INFO"].startswith(PASS_BY):
            return None
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.writes
        cookie = environ.get("HTTP_COOKIE", "")
        return self.own if cookie and any(name in cookie for name in self._cookies) else self.public


@contextmanager
def payment_place() -> Iterator[None]:
    """A place among the web requests that call the payment service; jobs need none. Raises Full."""
    if not has_request_context():
        yield
        return
    compartment: Compartment = current_app.extensions["payment_places"]
    with compartment.place():
        yield


def init_app(app: Flask, settings: Settings) -> None:
    """To be called before anything else adds a hook: what got no place is refused first of all."""
    sizes, deadlines = settings.sizes, settings.deadlines
    app.before_request(_refuse_when_full)
    app.extensions["payment_places"] = Compartment(sizes.payments, deadlines.payments)
    app.wsgi_app = Bulkhead(  # type: ignore[method-assign]
        app.wsgi_app,
        sizes,
        deadlines.slot,
        (app.config["SESSION_COOKIE_NAME"], app.config.get("REMEMBER_COOKIE_NAME", "remember_token")),
    )


def _refuse_when_full() -> None:
    if request.environ.get(FULL):
        raise Full("The store is busy right now.", "Nothing was changed. Try again in a few seconds.")
