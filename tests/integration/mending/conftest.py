"""An order of each kind, its customer, and an admin who mends it."""

import pytest

from shop.clock import now
from shop.database import transaction
from shop.fulfillment.service import ship_order
from tests.integration.checkout.store_counter import (  # noqa: F401
    Counter,
    Customer,
    ada,
    approve,
    baclofen,
    counter,
    naproxen,
    new_customer,
    store_sandbox,
)


@pytest.fixture
def staff(counter: Counter, make_user, sign_in) -> Customer:  # noqa: F811
    admin = make_user("admin", name="Robin Example")
    return Customer(sign_in(admin), admin)


@pytest.fixture
def placed(ada: Customer, counter: Counter, baclofen: int, naproxen: int) -> str:  # noqa: F811
    """60 baclofen on prescription for $30.60 and 50 naproxen for $3.95, delivered for $4.90; authorized."""
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    return number


@pytest.fixture
def shipped(placed: str, counter: Counter, staff: Customer) -> str:  # noqa: F811
    counter.charge(placed)
    with transaction():
        ship_order(placed, "", staff.user_id, now())
    return placed
