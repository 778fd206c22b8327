"""Customers who buy on prescription, one after another and many at once: the driver of `bench-checkout`.

A process of its own, so that its own cost on the machine can be told from the store's. It signs in first,
then reads one JSON line a round (`{"customers": 8, "seconds": 4, "variants": [1, 2]}`) and answers with one.
"""

import http.client
import json
import random
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

ADDRESS = {
    "address": "new",
    "recipient": "Ada Specimen",
    "line2": "",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "10001",
    "phone": "(555) 555-0100",
    "of_age": "99",
}
CARD = {"number": "4242424242424242", "expiry": "12/40", "cvc": "123", "name": "Ada Specimen"}
QUANTITY = 30
OWN = 5
"""Medicines a customer takes, about as many as people on prescriptions do."""
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')
NOTHING_NEW = re.compile(r'name="nothing_new" value="(\w+)"')
DURATION = re.compile(r"(app|payment);dur=([\d.]+)")


class Unexpected(Exception):
    """An answer that ends this attempt to buy something: `step` and status."""


@dataclass
class Answer:
    status: int
    location: str
    timing: dict[str, float]
    body: bytes


@dataclass
class Round:
    """What the customers of one round saw; times in milliseconds."""

    elapsed: float = 0
    failed: dict[str, int] = field(default_factory=dict)
    steps: list[dict[str, float]] = field(default_factory=list)  # of POST /checkout: seen, app, payment


class Customer:
    """One signed-in browser without scripts. Not shared between threads."""

    def __init__(self, base: str, house: int) -> None:
        self.base = urlsplit(base)
        self.address = ADDRESS | {"line1": f"{house} Example Street"}  # one person each: they share no limit
        self.cookies: dict[str, str] = {}
        self.connections: dict[str, http.client.HTTPConnection] = {}

    def ask(self, method: str, url: str, fields: dict[str, Any] | None = None) -> Answer:
        parts = urlsplit(url)
        host = parts.netloc or self.base.netloc
        headers = {"Host": host, "Origin": f"http://{host}"}
        if host == self.base.netloc and self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        response, content = self._send(host, method, path, body, headers)
        for cookie in response.headers.get_all("Set-Cookie", []) if host == self.base.netloc else []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        timing = {
            name: float(took) for name, took in DURATION.findall(response.getheader("Server-Timing", ""))
        }
        return Answer(response.status, response.getheader("Location", ""), timing, content)

    def _send(
        self, host: str, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        for fresh in (False, True):  # a server may have closed a connection that was kept
            if fresh or host not in self.connections:
                self.connections[host] = http.client.HTTPConnection(host, timeout=60)
            connection = self.connections[host]
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                return response, response.read()
            except (ConnectionError, http.client.HTTPException):
                connection.close()
                if fresh:
                    raise
        raise AssertionError

    def expect(self, step: str, answer: Answer, status: int) -> Answer:
        if answer.status != status:
            raise Unexpected(f"{step}: {answer.status}")
        return answer

    def sign_in(self, email: str, password: str) -> None:
        page = self.expect("sign-in page", self.ask("GET", "/sign-in"), 200)
        fields = hidden(page.body) | {"email": email, "password": password}
        answer = self.ask("POST", "/sign-in", fields)
        if answer.status not in (302, 303):
            raise Unexpected(f"sign-in: {answer.status}")

    def buy(self, variant: int) -> dict[str, float]:
        """From the basket to the order's page; the times of the checkout step."""
        self.expect("basket", self.ask("POST", "/basket", {"variant": variant, "quantity": QUANTITY}), 303)
        page = self.expect("checkout page", self.ask("GET", "/checkout"), 200)
        began = time.perf_counter()
        answer = self.ask("POST", "/checkout", self.address | hidden(page.body))
        seen = (time.perf_counter() - began) * 1000
        payment = self.expect("checkout", answer, 303).location
        if "/pay/" not in payment:
            raise Unexpected(f"checkout: led to /{urlsplit(payment).path.split('/')[1]}")
        self.expect("payment page", self.ask("GET", payment), 200)
        paid = self.expect("pay", self.ask("POST", payment, CARD), 303)
        order = self.expect("return", self.ask("GET", paid.location), 303)
        self.expect("order page", self.ask("GET", order.location), 200)
        return {"seen": seen} | answer.timing


def hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of a page, as a browser sends them back, and that nothing is new for the patient."""
    pairs = ((NAME.search(tag), VALUE.search(tag)) for tag in HIDDEN.findall(page.decode()))
    fields = {name[1]: unescape(value[1]) for name, value in pairs if name and value}
    nothing_new = NOTHING_NEW.search(page.decode())
    return fields | ({"nothing_new": nothing_new[1]} if nothing_new else {})


def own(place: int, variants: list[int]) -> list[int]:
    """Which of the store's medicines the customer at a place takes; the one there is, if it is one."""
    return [variants[(place * OWN + step) % len(variants)] for step in range(OWN)]


def run(customers: list[Customer], variants: list[int], seconds: float) -> Round:
    """Everybody buys until the time is up and finishes the order at hand; `elapsed` ends with the last."""
    seen, lock = Round(), threading.Lock()
    began = time.monotonic()
    end = began + seconds
    chance = random.Random(len(customers))

    def live(customer: Customer, wanted: list[int], luck: random.Random) -> None:
        while time.monotonic() < end:
            try:
                step, failed = customer.buy(luck.choice(wanted)), ""
            except (Unexpected, OSError, http.client.HTTPException) as trouble:
                failed = str(trouble) or type(trouble).__name__
            with lock:
                if failed:
                    seen.failed[failed] = seen.failed.get(failed, 0) + 1
                else:
                    seen.steps.append(step)

    threads = [
        threading.Thread(target=live, args=(customer, own(place, variants), random.Random(chance.random())))
        for place, customer in enumerate(customers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.elapsed = time.monotonic() - began
    return seen


def main() -> None:
    base, password, *emails = sys.argv[1:]
    customers = [Customer(base, house) for house, _ in enumerate(emails, start=1)]
    for customer, email in zip(customers, emails, strict=True):
        customer.sign_in(email, password)
    print("ready", flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        seen = run(customers[: wish["customers"]], wish["variants"], wish["seconds"])
        print(json.dumps(seen.__dict__), flush=True)


if __name__ == "__main__":
    main()
