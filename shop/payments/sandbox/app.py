"""The sandbox as one small Flask app: its store, its clock, its courier and its two faces (/v1 and /pay)."""

import atexit
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response

from shop.payments.sandbox import sessions
from shop.payments.sandbox.api import api
from shop.payments.sandbox.events import RETRY_AFTER, Courier
from shop.payments.sandbox.pages import pages
from shop.payments.sandbox.store import Store


@dataclass(frozen=True)
class Sandbox:
    """What a request needs: `app.extensions["sandbox"]`."""

    store: Store
    clock: Callable[[], float]
    courier: Courier

    def close(self) -> None:
        """Stop delivering and let go of the file."""
        self.courier.stop()
        self.store.close()


def create_sandbox(
    webhook_url: str,
    webhook_secret: str,
    state_path: str | Path | None = None,
    *,
    clock: Callable[[], float] = time.time,
    retry_after: Sequence[float] = RETRY_AFTER,
) -> Flask:
    """The app, its courier already running. Without `state_path` everything is forgotten at the end.

    `clock` gives seconds since 1970 and decides about expiry; signatures and retries use the real time.
    """
    store = Store(state_path)

    def let_time_pass() -> None:
        with store.transaction():
            sessions.let_time_pass(store, clock())

    courier = Courier(store, webhook_url, webhook_secret, let_time_pass, retry_after)
    sandbox = Sandbox(store, clock, courier)

    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.extensions["sandbox"] = sandbox
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.before_request(let_time_pass)

    @app.after_request
    def release_webhooks_afterwards(response: Response) -> Response:
        response.call_on_close(courier.release)
        return response

    courier.start()
    atexit.register(courier.stop)
    return app
