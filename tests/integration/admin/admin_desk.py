"""An admin at the desk: pages are fetched, forms are sent with the token their page carries."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from flask import g

from shop.addresses import PostalAddress
from shop.clock import now
from shop.database import transaction
from shop.orders import service as orders
from shop.orders.service import NewLine
from shop.stock import holds
from tests.csrf import csrf_token
from tests.factories import MAIL

SPECIMEN_ROAD = PostalAddress(
    "Ada Specimen", "7 Sample Road", "", "Springfield", "NY", "10001", "US", "555-0100"
)


class Desk:
    """What an admin sees; keeps the last answer in `page`."""

    def __init__(self, client) -> None:
        self.client = client
        self.page = None

    def open(self, address: str, status: int = 200) -> str:
        g.pop("_login_user", None)  # requests of a test share its context; those of a browser do not
        self.page = self.client.get(address)
        assert self.page.status_code == status, self.page.text
        return self.words()

    def send(self, address: str, **fields) -> str:
        """POST with a token, follow the redirect, and return what then stands there."""
        self.page = self.client.post(address, data={"csrf_token": csrf_token(self.client), **fields})
        if self.page.status_code == 303:
            self.page = self.client.get(self.page.location)
        return self.words()

    def words(self) -> str:
        """The page's main part and flashes without markup, spaces made single."""
        body = self.page.text.split("</header>", 1)[-1]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def invalid(self) -> set[str]:
        """The ids of the fields that are marked as invalid, each with its error beside it."""
        tags = re.findall(r"<(?:input|select|fieldset)\b[^>]*>", self.page.text)
        marked = {re.search(r'\bid="([^"]+)"', tag)[1] for tag in tags if 'aria-invalid="true"' in tag}
        assert all(f'id="{name}-e"' in self.page.text for name in marked)
        return marked

    def rows(self) -> list[list[str]]:
        """The cells of the page's tables, row by row."""
        found = re.findall(r"<tr[ >].*?</tr>", self.page.text.split("<tbody>", 1)[-1], re.DOTALL)
        return [
            [
                " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
                for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            ]
            for row in found
        ]

    @property
    def queries(self) -> int:
        return int(self.page.headers["X-Query-Count"])


def make_order(user_id: int, *wanted: tuple[int, int], stage: str = "paid", days_ago: int = 0) -> str:
    """An over-the-counter order of (variant, units), with its lots kept; returns its number."""
    at = now() - timedelta(days=days_ago)
    with transaction():
        lines = [
            NewLine(variant, "Loratadine tablet 10 mg", "pill", Decimal("0.12"), units, False, None)
            for variant, units in wanted
        ]
        order = orders.create(user_id, lines, SPECIMEN_ROAD, MAIL, "USD", at + timedelta(minutes=35), at)
        for line in order.lines:
            holds.hold(line.id, line.variant_id, line.quantity, now().date(), at)
        line_ids, number, order_id = [line.id for line in order.lines], order.number, order.id
        if stage == "canceled":
            orders.cancel(order_id, at)
            holds.release(line_ids, at)
        if stage in ("placed", "paid"):
            orders.place(order_id, at)
        if stage == "paid":
            orders.mark_paid(order_id, at)
    return number


@pytest.fixture
def admin(make_user) -> int:
    return make_user("admin", name="Robin Example")


@pytest.fixture
def desk(context, admin, sign_in) -> Desk:
    return Desk(sign_in(admin))
