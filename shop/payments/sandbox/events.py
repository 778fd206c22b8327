"""What happened, told to the store: event objects, their signature, and the courier that delivers them."""

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from shop.payments.sandbox.shapes import whole
from shop.payments.sandbox.store import Body, Store, new_id

API_VERSION = "2026-10-28.endive"
RETRY_AFTER = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds to wait before each further attempt; after the last one the event is left in the list of events."""

TICK = 1.0
"""Seconds after which time is let pass again."""

log = logging.getLogger(__name__)


def announce(store: Store, kind: str, subject: Body, now: float) -> None:
    """Record that `subject` changed and hold the event for delivery; part of the caller's transaction."""
    event: Body = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": int(now),
        "livemode": False,
        "type": kind,
        "data": {"object": whole(subject)},
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
    }
    store.put(event)
    store.hold(event["id"])


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 of "timestamp.payload" (docs.stripe.com/webhooks)."""
    digest = hmac.new(secret.encode(), b"%d.%s" % (timestamp, payload), hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A redirect counts as a failed delivery, as it does at Stripe."""


class Courier(threading.Thread):
    """Delivers what is due, in order, until stopped; `tick` is called every second to let time pass."""

    def __init__(
        self,
        store: Store,
        url: str,
        secret: str,
        tick: Callable[[], None],
        retry_after: Sequence[float] = RETRY_AFTER,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"A webhook needs an http address, not {url}")
        super().__init__(name="webhook courier", daemon=True)
        self._store, self._url, self._secret = store, url, secret
        self._tick, self._retry_after = tick, retry_after
        self._wake, self._stopped = threading.Event(), threading.Event()
        # A proxy of the machine has no business between two processes on it.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    def release(self) -> None:
        """The response is out: what was held for it may go."""
        self._store.release(time.time())
        self._wake.set()

    def stop(self) -> None:
        """Finish the delivery at hand and end."""
        self._stopped.set()
        self._wake.set()
        if self.is_alive():
            self.join(timeout=15)

    def run(self) -> None:
        """Until stopped: let time pass, deliver what is due, sleep."""
        self._store.release(time.time())
        while not self._stopped.is_set():
            self._tick()
            for event_id, attempts in self._store.deliverable(time.time()):
                if self._stopped.is_set():
                    return
                self._deliver(event_id, attempts)
            again = self._store.next_due()
            self._wake.wait(TICK if again is None else min(max(again - time.time(), 0), TICK))
            self._wake.clear()

    def _deliver(self, event_id: str, attempts: int) -> None:
        event = self._store.get("event", event_id)
        problem = self._post(json.dumps(event).encode())
        if not problem:
            self._store.delivered(event_id)
        elif attempts < len(self._retry_after):
            self._store.postpone(event_id, time.time() + self._retry_after[attempts])
        else:
            log.warning("Webhook %s was not accepted after %d attempts: %s", event_id, attempts + 1, problem)
            self._store.delivered(event_id)

    def _post(self, payload: bytes) -> str:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, self._secret, int(time.time())),
        }
        try:
            request = urllib.request.Request(self._url, payload, headers, method="POST")  # noqa: S310 (http only, see __init__)
            with self._opener.open(request, timeout=10):
                return ""
        except (OSError, http.client.HTTPException) as error:  # HTTPError and URLError are OSErrors
            return str(error)
