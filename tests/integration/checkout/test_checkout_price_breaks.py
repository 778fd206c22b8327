"""A larger quantity may cost less a unit: the basket, checkout and the order charge the same."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.checkout.rules import SALE_WORDS
from shop.database import db, transaction
from shop.orders.models import OrderLine
from shop.pricing import service
from shop.pricing.rules import Rule
from tests.factories import make_lot
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.store_counter import ADDRESS, Customer, hidden_fields
from tests.integration.pricing.ruled_prices import make_by_rule

D = Decimal
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def ada(new_customer) -> Customer:
    return new_customer()


@pytest.fixture
def naproxen(context) -> int:
    """By the store's rule $0.162 from 30, $0.122 from 60, $0.108 from 90."""
    variant_id = make_by_rule("20 mg", name="Naproxen", rx=False)  # of which 180 are within what is sold
    make_lot(variant_id)
    set_store_rule("0.35")
    return variant_id


def set_store_rule(mark_up: str) -> None:
    with transaction():
        service.set_rule(None, Rule(D(mark_up), D("2.40")), None, AT)


@pytest.mark.parametrize(
    ("quantity", "unit", "line"),
    [(30, "$0.162", "$4.86"), (60, "$0.122", "$7.32"), (90, "$0.108", "$9.72"), (180, "$0.108", "$19.44")],
)
def test_the_basket_charges_the_price_of_the_quantity_in_it(ada, naproxen, quantity, unit, line):
    ada.put_in_basket(naproxen, quantity)
    page = ada.get("/basket").text
    assert f"{quantity} × {unit}" in page
    assert f"<b>{line}</b>" in page


def test_checkout_and_the_order_ask_what_the_basket_said(ada, naproxen):
    ada.put_in_basket(naproxen, 90)
    page = ada.get("/checkout").text
    assert 'data-total="1462"' in page  # 90 × $0.108 and delivery
    number, _url = ada.order()
    order = latest_order(ada.user_id)
    assert (order.number, order.total_cents) == (number, 972 + 490)
    line = db.session.scalars(select(OrderLine)).one()
    assert (line.unit_price, line.total_cents) == (D("0.108"), 972)
    assert "90 × $0.108" in ada.get(f"/orders/{number}").text


def test_an_order_keeps_its_price_when_the_rule_changes(ada, naproxen):
    ada.put_in_basket(naproxen, 60)
    number, _url = ada.order()
    set_store_rule("3")
    assert "60 × $0.122" in ada.get(f"/orders/{number}").text
    assert latest_order(ada.user_id).total_cents == 732 + 490
    line = db.session.scalars(select(OrderLine)).one()
    assert (line.unit_price, line.total_cents) == (D("0.122"), 732)


def test_a_rule_that_changes_during_checkout_is_shown_before_anything_is_charged(ada, naproxen):
    ada.put_in_basket(naproxen, 90)
    page = ada.get("/checkout").text
    set_store_rule("1")
    answer = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page))
    assert answer.status_code == 409
    assert 'data-refused="total_changed"' in answer.text
    assert 'data-total="1822"' in answer.text  # 90 × $0.148 and delivery
    assert db.session.scalars(select(OrderLine)).all() == []


def test_a_strength_that_lost_its_price_cannot_be_ordered(ada, naproxen):
    ada.put_in_basket(naproxen, 90)
    page = ada.get("/checkout").text
    with transaction():
        service.remove_rule(None, None, AT)
    assert SALE_WORDS["no_price"] in ada.get("/basket").text
    assert ada.client.post("/checkout", data=ADDRESS | hidden_fields(page)).status_code != 303
    assert db.session.scalars(select(OrderLine)).all() == []
