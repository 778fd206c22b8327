"""Over-the-counter limits, ages and states, on every way to an order."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from shop.database import db, transaction
from shop.orders.models import Order
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.refused_orders import by_hand, nothing_happened
from tests.integration.checkout.shelf import over_the_counter
from tests.integration.checkout.store_counter import Customer, approve, moment

pytestmark = pytest.mark.usefixtures("context", "counter")


@pytest.fixture
def cough_syrup(context) -> int:
    return over_the_counter("Dextromethorphan hydrobromide", "15 mg", (20,))


@pytest.mark.parametrize(
    ("name", "strength", "quantity"),
    [("Acetaminophen", "500 mg", 1000), ("Loperamide", "2 mg", 480), ("Diphenhydramine", "25 mg", 480)],
)
def test_what_one_order_took_is_refused_on_every_way(
    ada: Customer, name: str, strength: str, quantity: int
) -> None:
    variant_id = over_the_counter(name, strength, (10,))
    ada.put_in_basket(variant_id, quantity)
    basket = ada.get("/basket").text
    assert 'data-state="over_limit"' in basket
    assert 'aria-disabled="true"' in basket
    assert ada.client.get("/checkout").headers["Location"] == "/basket"
    assert by_hand(ada, of_age="99").status_code == 409
    assert nothing_happened()


def test_the_basket_says_the_most_before_it_is_too_much(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 24)
    assert re.search(r"\b80\b", ada.get("/basket").text)


def test_what_was_bought_before_counts(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 50)
    number, _ = ada.order()
    ada.client.post(f"/orders/{number}/cancel", data={"csrf_token": ada.token()})
    ada.put_in_basket(acetaminophen, 50)
    assert ada.check_out().status_code == 303, "a canceled order does not count"
    _place(latest_order(ada.user_id))
    ada.put_in_basket(acetaminophen, 30)
    assert ada.check_out().status_code == 303, "exactly what is allowed"


def test_more_in_thirty_days_is_refused_until_they_are_over(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 50)
    ada.order()
    order = latest_order(ada.user_id)
    _place(order)
    ada.put_in_basket(acetaminophen, 50)
    assert 'data-state="over_limit"' in ada.get("/basket").text
    assert by_hand(ada).status_code == 409
    assert db.session.scalar(select(func.count(Order.id))) == 1
    _ordered_at(order, moment(days=31))
    assert ada.check_out().status_code == 303


@pytest.mark.parametrize(
    "spelling",
    [
        {},
        {"recipient": "ADA B. SPÉCIMEN", "line1": "12 example st", "postal_code": "10001-0001"},
        {"line1": "12  Example  St.", "city": "Elsewhere"},
    ],
)
def test_another_account_of_the_same_person_counts(
    new_customer, acetaminophen: int, spelling: dict[str, str]
) -> None:
    first, second = new_customer(), new_customer()
    first.put_in_basket(acetaminophen, 50)
    first.order(postal_code="10001")
    second.put_in_basket(acetaminophen, 50)
    answer = second.check_out(**({"postal_code": "10001"} | spelling))
    assert answer.status_code == 409
    assert re.search(r'data-refused="basket_blocked".*?\b30\b.*?</div>', answer.text), "days"
    assert db.session.scalar(select(func.count(Order.id))) == 1


def test_somebody_else_at_another_address_may_buy_the_same(new_customer, acetaminophen: int) -> None:
    for name, line1 in (("Ada Specimen", "1 Road"), ("Bo Sample", "1 Road"), ("Ada Specimen", "2 Road")):
        one = new_customer()
        one.put_in_basket(acetaminophen, 50)
        assert one.check_out(recipient=name, line1=line1).status_code == 303


def test_a_prescription_is_no_purchase_over_the_counter(ada: Customer) -> None:
    variant_id = make_variant("Ibuprofen", "800 mg")
    make_lot(variant_id, 5000)
    approve(ada.user_id, variant_id, quantity=90)
    ada.put_in_basket(variant_id, 90)
    ada.order()


def test_an_age_is_declared_and_kept_with_the_order(ada: Customer, cough_syrup: int) -> None:
    ada.put_in_basket(cough_syrup, 20)
    page = ada.get("/checkout").text
    assert 'name="of_age" value="18"' in page
    assert re.search(r"data-age-for>Dextromethorphan [^<,]*15 mg<", page)
    for declared in ({}, {"of_age": ""}, {"of_age": "17"}, {"of_age": "y"}, {"of_age": "-18"}):
        assert ada.check_out(**declared).status_code == 422
    assert nothing_happened()
    assert ada.check_out(of_age="18").status_code == 303
    assert latest_order(ada.user_id).age_declared == 18


def test_no_age_is_asked_where_none_is_needed(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 24)
    assert "of_age" not in ada.get("/checkout").text
    ada.order(of_age="77")
    assert latest_order(ada.user_id).age_declared is None


def _place(order: Order) -> None:
    with transaction() as session:
        session.execute(
            update(Order).where(Order.id == order.id).values(status="placed", placed_at=order.created_at)
        )
    db.session.rollback()


def _ordered_at(order: Order, at) -> None:
    with transaction() as session:
        session.execute(
            update(Order)
            .where(Order.id == order.id)
            .values(created_at=at, holds_until=at + timedelta(hours=1))
        )
    db.session.rollback()


def test_the_basket_offers_no_more_than_one_order_may_hold(ada: Customer) -> None:
    naproxen = over_the_counter("Naproxen", "220 mg", (24, 50, 80))
    ada.put_in_basket(naproxen, 24)
    offered = re.findall(r'<option value="(\d+)"', ada.get("/basket").text)
    assert offered == ["24", "50"]
