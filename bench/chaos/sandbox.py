"""The payment service's side: its page with a card, its closing of a page, and what it knows at the end."""

import contextlib
import json
import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from bench.chaos.plan import Card

REFERENCE = re.compile(r"(F-[A-Z0-9]{4}-[A-Z0-9]{4})")
SECONDS = 30


class Sandbox:
    """`file` is the payment sandbox's own database; `address` where the store and its customers reach it."""

    def __init__(self, file: Path, address: str, key: Callable[[], str]) -> None:
        self.file, self.address, self._key = file, address, key

    def pay(self, page: str, card: Card) -> str | None:
        """Type a card into the page. The way back; "" when declined or closed, None without an answer."""
        typed = {"number": card.value, "expiry": "12/39", "cvc": "123", "name": "Customer of Chaos"}
        try:
            answer = requests.post(page, data=typed, timeout=SECONDS, allow_redirects=False)
        except requests.RequestException:
            return None
        if answer.status_code >= 500:
            return None
        return answer.headers.get("Location", "") if answer.status_code == 303 else ""

    def expire(self, session_id: str) -> str:
        """The service closes the page by itself, as it does when its time is over."""
        with contextlib.suppress(requests.RequestException):
            requests.post(
                f"{self.address}/v1/checkout/sessions/{session_id}/expire",
                headers={"Authorization": f"Bearer {self._key()}"},
                timeout=SECONDS,
            )
        return ""

    def order_of(self, session_id: str) -> str | None:
        """The number of the order a page is for."""
        bodies = self._read("SELECT body FROM object WHERE id = ?", session_id)
        found = REFERENCE.match(json.loads(bodies[0][0])["client_reference_id"] or "") if bodies else None
        return found[1] if found else None

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Everything of a kind, as the service keeps it."""
        return [json.loads(row[0]) for row in self._read("SELECT body FROM object WHERE kind = ?", kind)]

    def waiting_webhooks(self) -> int:
        return int(self._read("SELECT count(*) FROM delivery")[0][0])

    def send_webhooks_now(self) -> None:
        """As pressing "resend" on what is put off: a run is shorter than the service's patience."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as connection:
            connection.execute("UPDATE delivery SET due = ? WHERE due > ?", (time.time(), time.time()))
            connection.commit()

    def _read(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as connection:
            return connection.execute(question, values).fetchall()
