"""A visitor who orders without an account, and what reaches their mailbox."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from shop.accounts import guest_links
from shop.accounts.models import User
from shop.database import db
from shop.orders import queries as orders
from shop.orders.models import Order
from tests.integration.accounts.conftest import mails  # noqa: F401
from tests.integration.checkout.store_counter import (  # noqa: F401
    ADDRESS,
    Counter,
    Customer,
    ada,
    baclofen,
    counter,
    hidden_fields,
    naproxen,
    new_customer,
    store_sandbox,
)

ONCE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
"""For what no database does otherwise."""
EMAIL = "gil@demo.example"
PAGE = "/checkout/guest"


@dataclass
class Guest(Customer):
    """A visitor at the page for guests."""

    def check_out(self, **changes: str):
        page = self.client.get(PAGE)
        assert page.status_code in (200, 422), page.location
        return self._sent(PAGE, ADDRESS | {"email": EMAIL} | hidden_fields(page.text) | changes)

    def order(self, **changes: str) -> tuple[str, str]:
        answer = self.check_out(**changes)
        assert answer.status_code == 303, answer.text
        db.session.rollback()
        newest = select(Order.number).order_by(Order.id.desc()).limit(1)
        return db.session.scalars(newest).one(), answer.headers["Location"]


@pytest.fixture
def new_guest(counter: Counter):  # noqa: F811
    """`new_guest()` is a browser that nobody has used yet."""
    return lambda: Guest(counter.app.test_client())


@pytest.fixture
def guest(new_guest) -> Guest:
    return new_guest()


@pytest.fixture
def placed(guest: Guest, counter: Counter, naproxen: int) -> str:  # noqa: F811
    """50 naproxen, paid for."""
    guest.put_in_basket(naproxen, 50)
    number, url = guest.order()
    assert guest.get(counter.return_path(counter.pay(url))).location == f"/orders/{number}"
    return number


def order_of(number: str) -> Order:
    db.session.rollback()
    found = orders.by_number(number)
    assert found is not None
    return found


def texts(mail) -> str:
    return "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


def link_in(mail) -> str:
    """Where the mail's link leads, inside the site."""
    found = re.search(r"https?://[^/\s]+(/guest-order/\S+)", mail.get_body(("plain",)).get_content())
    assert found
    return found[1]


def link_to(number: str) -> str:
    """What a mail about a guest's order holds now."""
    return guest_links.order_path(db.session.get_one(User, order_of(number).user_id), number)


def key_of(number: str) -> str:
    found = guest_links.key_of(order_of(number).user_id)
    assert found
    return found
