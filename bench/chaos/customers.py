"""Customers as the plan has them: basket, payment page, order, with all their habits."""

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.chaos.client import Answer, Browser, Notes, together
from bench.chaos.plan import Cancel, Card, Visit
from bench.chaos.sandbox import Sandbox
from bench.chaos.store import ROOT

TOTAL = re.compile(r'name="total_cents"[^>]*value="(\d+)"')
KEPT_ADDRESS = re.compile(r'name="address" value="(\d+)"')
NOTHING_NEW = re.compile(r'name="nothing_new" value="(\w+)"')
ORDER_PATH = re.compile(r"/orders/(F-[A-Z0-9-]+)")
ADDRESS = {
    "address": "new",
    "recipient": "Customer of Chaos",
    "line1": "1 Example Street",
    "line2": "",
    "city": "Springfield",
    "region": "NY",
    "of_age": "99",
    "postal_code": "10001",
    "phone": "(555) 555-0100",
}
SCAN = ROOT / "docs" / "sample-prescription.jpg"
TRIES_TO_PAY = 4


@dataclass
class Memory:
    """What a customer remembers, to be held against the store at the end."""

    shown_placed: set[str] = field(default_factory=set)  # order numbers
    asked_to_cancel: set[str] = field(default_factory=set)
    added: dict[str, tuple[float, float]] = field(default_factory=dict)  # ware: wall clock before and after
    visits: int = 0
    surprises: list[str] = field(
        default_factory=list
    )  # what the walk did not expect and could not go on from


class Customer:
    def __init__(
        self, who: dict[str, Any], facts: dict[str, Any], address: str, sandbox: Sandbox, notes: Notes
    ) -> None:
        self.id, self.email = int(who["id"]), str(who["email"])
        self.wares: dict[str, Any] = facts["wares"]
        self.browser = Browser(address, notes)
        self.browser.sign_in(self.email, facts["password"])
        self.sandbox = sandbox
        self.memory = Memory()

    def live(self, visits: tuple[Visit, ...], stop: threading.Event) -> None:
        """One visit after the other until told to stop; the one at hand is finished."""
        for visit in visits:
            if stop.wait(visit.pause):
                return
            try:
                self.visit(visit)
            except Exception as error:  # a walk that breaks is a finding, not the end of the run
                self.memory.surprises.append(f"{self.email}: {type(error).__name__}: {error}")
            self.memory.visits += 1

    def visit(self, visit: Visit) -> None:
        if visit.uploads and self.browser.patiently("GET", "/prescriptions").status == 200:
            name, content = SCAN.name, SCAN.read_bytes()
            self.browser.send_file("/prescriptions", "documents", name, content, confirmed="y", notice="y")
        if not all(self._take(ware, visit.size) for ware in visit.wares):
            return
        page = self.browser.patiently("GET", "/checkout")
        total = TOTAL.search(page.text)
        if page.status != 200 or total is None:
            self.browser.get("/basket")  # sold out, or the prescription is used up: that is the store's right
            self._empty(visit.wares)
            return
        kept = KEPT_ADDRESS.search(page.text)
        form = ADDRESS | {"address": kept[1] if kept else "new", "total_cents": total[1]}
        if nothing_new := NOTHING_NEW.search(page.text):  # each customer here has one patient
            form["nothing_new"] = nothing_new[1]
        form["recipient"] = self.email.partition("@")[0]  # of one person the limits would count them all
        answers = self.browser.at_once(visit.checkouts, "POST", "/checkout", **form)
        self._pay_and_return(visit, self._page_to_pay(answers))

    def _take(self, ware: str, size: int) -> bool:
        facts = self.wares[ware]
        quantity = facts["quantities"][min(size, len(facts["quantities"]) - 1)]
        before = time.time()
        answer = self.browser.patiently("POST", "/basket", variant=facts["variant"], quantity=quantity)
        if answer.status == 303:
            self.memory.added[ware] = (before, time.time())
        else:  # nobody knows whether it is in there
            self.memory.added.pop(ware, None)
        return answer.status == 303

    def _empty(self, wares: tuple[str, ...]) -> None:
        """Take everything out again, so that the next visit is not blocked by what is sold out."""
        page = self.browser.get("/basket")
        for line in set(re.findall(r'action="/basket/lines/(\d+)/remove"', page.text)):
            self.browser.patiently("POST", f"/basket/lines/{line}/remove")
        self.memory.added.clear()

    def _page_to_pay(self, answers: list[Answer]) -> str | None:
        """The payment page's address out of the answers; asked for again where only the order was shown."""
        for answer in answers:
            if answer.status == 303 and "/pay/" in answer.location:
                return answer.location
        for _ in range(TRIES_TO_PAY):
            number = self._unpaid(answers)
            if number is None:
                return None
            answer = self.browser.patiently("POST", f"/orders/{number}/pay")
            if answer.status == 303 and "/pay/" in answer.location:
                return answer.location
            time.sleep(1)
        return None

    def _unpaid(self, answers: list[Answer]) -> str | None:
        """The number of the order that waits for payment: as the checkout said, or in the list of orders."""
        for answer in answers:
            if found := ORDER_PATH.search(answer.location):
                return found[1]
        if all(answer.came and not answer.busy for answer in answers):
            return None  # refused, with a reason
        page = self.browser.patiently("GET", "/orders")  # did it order before it died?
        newest = ORDER_PATH.search(page.text)
        return newest[1] if newest else None

    # --- Paying, and what happens in the same moment ---

    def _pay_and_return(self, visit: Visit, page: str | None) -> None:
        if page is None:
            return
        session_id = urlsplit(page).path.rpartition("/")[2]
        number = self.sandbox.order_of(session_id)
        if visit.cancel is Cancel.UNPAID:
            self._cancel(number)
        back = ""
        for card in visit.cards:
            acts: list[Any] = [lambda card=card: self._type_card(page, card)] * visit.clicks
            if card is Card.GOOD and visit.cancel is Cancel.PAYING:
                acts.append(lambda: self._cancel(number))
            if card is Card.GOOD and visit.expires:
                acts.append(lambda: self.sandbox.expire(session_id))
            back = next((found for found in together(acts) if found), back)
        if back and visit.returns:
            self._come_back(back, visit.returns, number)
        if back and visit.cancel is Cancel.PLACED:
            self._cancel(number)
        if visit.returns or not back:
            self._look(number)

    def _type_card(self, page: str, card: Card) -> str:
        """The address the payment service sends the browser to; empty when it did not take the card."""
        for _ in range(3):
            answer = self.sandbox.pay(page, card)
            if answer is not None:
                return answer
            time.sleep(1)
        return ""

    def _come_back(self, address: str, count: int, number: str | None) -> None:
        parts = urlsplit(address)
        for answer in self.browser.at_once(count, "GET", f"{parts.path}?{parts.query}"):
            if answer.status == 303 and (found := ORDER_PATH.search(answer.location)):
                number = found[1]
        self._look(number)

    def _cancel(self, number: str | None) -> str:
        if number:
            self.memory.asked_to_cancel.add(number)
            self.browser.patiently("POST", f"/orders/{number}/cancel", tries=2)
        return ""

    def _look(self, number: str | None) -> None:
        """Read the order's page: a promise, if it shows the order as placed."""
        if number is None:
            return
        page = self.browser.patiently("GET", f"/orders/{number}")
        ended, unpaid = 'class="gone"' in page.text, f"/orders/{number}/pay" in page.text
        if page.status == 200 and not ended and not unpaid:
            self.memory.shown_placed.add(number)
