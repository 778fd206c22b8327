"""The store as `make run` starts it, and each answer says how long it took: `Server-Timing: app, payment`.

`app` is the whole time in the application, `payment` the part of it spent waiting for the payment service.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

import shop

_spent = threading.local()


class Timed:
    """WSGI middleware around the whole application, its page cache included."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began, _spent.payment = time.perf_counter(), 0.0

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            took = time.perf_counter() - began
            said = f"app;dur={took * 1000:.2f}, payment;dur={_spent.payment * 1000:.2f}"
            return start_response(status, [*headers, ("Server-Timing", said)], *error)

        return self.app(environ, start)


class TimedGateway:
    """The payment gateway; time spent in any of its calls is added to the request's."""

    def __init__(self, gateway: object) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if not callable(found):
            return found

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return found(*args, **kwargs)
            finally:
                _spent.payment = getattr(_spent, "payment", 0.0) + time.perf_counter() - began

        return timed


def timed(app: Flask) -> Flask:
    """The same application, measured."""
    app.wsgi_app = Timed(app.wsgi_app)  # type: ignore[method-assign]
    app.extensions["gateway"] = TimedGateway(app.extensions["gateway"])
    return app


def main() -> int:
    create = shop.create_app
    shop.create_app = lambda settings=None: timed(create(settings))
    from shop import serve

    return serve.main()


if __name__ == "__main__":
    sys.exit(main())
