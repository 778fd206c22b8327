"""The migration that adds sales tax and persons to orders that are there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.clock import now
from shop.database import db, transaction
from shop.orders import persons
from shop.orders.models import Order
from shop.orders.person_models import OrderPerson
from tests.integration.interleaving import bought
from tests.integration.interleaving.bought import ADDRESS
from tests.migrating import downgrade, upgrade


@pytest.fixture
def orders(context) -> tuple[int, int]:
    """One of today, and one of last year."""
    shelf = bought.on_shelf(units=200)
    new, old = bought.unpaid(shelf).order_id, bought.unpaid(shelf).order_id
    with transaction() as session:
        year_ago = now() - timedelta(days=365)
        session.execute(update(Order).where(Order.id == old).values(created_at=year_ago))
        session.execute(
            update(Order)
            .where(Order.id == new)
            .values(tax_cents=25, total_cents=Order.total_cents + 25, age_declared=18)
        )
    return new, old


def test_orders_of_the_last_month_are_found_by_their_person(orders):
    new, _ = orders
    before = total_of(new)
    downgrade(revision="0012")
    upgrade()
    found = db.session.execute(select(OrderPerson.order_id, OrderPerson.key)).all()
    assert {row.order_id for row in found} == {new}
    assert not persons.keys_of(ADDRESS).isdisjoint(row.key for row in found)
    assert total_of(new) == before, "what was charged stays the total"
    assert db.session.scalars(select(Order.tax_cents)).all() == [0, 0]
    assert db.session.scalars(select(Order.age_declared)).all() == [None, None]


def total_of(order_id: int) -> int:
    order = db.session.get_one(Order, order_id)
    assert order.total_cents == order.subtotal_cents + order.delivery_cents + order.tax_cents
    return order.total_cents


def test_an_order_keeps_no_address_but_its_own(orders):
    keys = db.session.scalars(select(OrderPerson.key)).all()
    assert all(len(key) == 64 and int(key, 16) for key in keys)
    assert persons.keys_of(ADDRESS) == persons.keys_of(replace(ADDRESS, line1="12 EXAMPLE ST."))
    assert persons.keys_of(ADDRESS) != persons.keys_of(replace(ADDRESS, line1="13 Example Street"))
