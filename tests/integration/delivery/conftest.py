"""A store with two methods, its customers, and the admin who edits them."""

import pytest

from shop.clock import now
from shop.database import transaction
from shop.delivery import service
from shop.delivery.rules import Method, Step, Zone
from tests.integration.checkout.store_counter import (  # noqa: F401
    Counter,
    Customer,
    ada,
    baclofen,
    counter,
    naproxen,
    new_customer,
    store_sandbox,
)

STANDARD = Method(
    "standard",
    "Standard mail",
    2,
    (
        Zone(frozenset({"CA"}), 5, (Step(None, 890),)),
        Zone(frozenset(), 3, (Step(200, 490), Step(None, 690)), free_from_cents=7500),
    ),
)
FAST = Method("fast", "Fast", 1, (Zone(frozenset({"NY", "CA"}), 1, (Step(None, 1290),)),))


@pytest.fixture
def methods(context) -> tuple[Method, ...]:
    with transaction():
        for one in (STANDARD, FAST):
            service.add(one, None, now())
    return STANDARD, FAST


@pytest.fixture
def staff(counter: Counter, make_user, sign_in) -> Customer:  # noqa: F811
    admin = make_user("admin", name="Robin Example")
    return Customer(sign_in(admin), admin)
