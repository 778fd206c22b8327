"""The admin at the packing desk: takes an order off the list, opens it, ships it, sometimes clicks twice."""

import re
import threading
from typing import Any

from bench.chaos.client import Browser, Notes
from bench.chaos.plan import Round

NUMBER = re.compile(r'href="/admin/orders/(F-[A-Z0-9-]+)"')


class Admin:
    def __init__(self, facts: dict[str, Any], address: str, notes: Notes) -> None:
        self.browser = Browser(address, notes)
        self.browser.sign_in(facts["admin"]["email"], facts["admin"]["password"])
        self.surprises: list[str] = []

    def live(self, rounds: tuple[Round, ...], stop: threading.Event) -> None:
        for one in rounds:
            if stop.wait(one.pause):
                return
            try:
                self._round(one)
            except Exception as error:  # as for customers: a finding
                self.surprises.append(f"admin: {type(error).__name__}: {error}")

    def _round(self, one: Round) -> None:
        if one.looks_at:
            self.browser.get(one.looks_at)
        numbers = list(dict.fromkeys(NUMBER.findall(self.browser.get("/admin/orders").text)))
        if not numbers:
            return
        number = numbers[int(one.pick * len(numbers))]
        page = self.browser.get(f"/admin/orders/{number}")
        if f'action="/admin/orders/{number}/ship"' in page.text:
            self.browser.at_once(one.clicks, "POST", f"/admin/orders/{number}/ship", tracking="1Z-CHAOS")
