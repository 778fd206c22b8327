"""Over-the-counter limits, ages and states, on every way to an order."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from shop.catalogue.models import Variant
from shop.clock import now
from shop.database import db, transaction
from shop.orders.models import Order
from shop.payments.models import Payment
from tests.factories import make_lot, make_variant
from tests.integration.checkout.refused_orders import by_hand, nothing_happened
from tests.integration.checkout.store_counter import (
    ADDRESS,
    Customer,
    approve,
    hidden_fields,
    latest_order,
    moment,
)

ZIPS = {"AK": "99501", "AL": "35203", "CA": "94103", "NY": "10001", "OH": "43004", "PR": "00901"}
ZIPS |= {"TX": "78701", "ZZ": "10001", "": "10001"}
IN = {state: {"region": state, "postal_code": code} for state, code in ZIPS.items()}
pytestmark = pytest.mark.usefixtures("context", "counter")


@pytest.fixture
def acetaminophen(context) -> int:
    return over_the_counter("Acetaminophen", "500 mg", (10, 24, 50))


@pytest.fixture
def cough_syrup(context) -> int:
    return over_the_counter("Dextromethorphan hydrobromide", "15 mg", (20,))


def over_the_counter(name: str, strength: str, quantities: tuple[int, ...], price: str = "0.10") -> int:
    variant_id = make_variant(name, strength, price, rx=False, quantities=quantities)
    make_lot(variant_id, 5000)
    return variant_id


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
    assert "30 days" in answer.text
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


@pytest.mark.parametrize(("region", "status"), [("AL", 409), ("NY", 303)])
def test_what_one_state_bars_is_sent_to_the_others(ada: Customer, region: str, status: int) -> None:
    gabapentin = make_variant("Gabapentin", "300 mg")
    make_lot(gabapentin)
    approve(ada.user_id, gabapentin)
    ada.put_in_basket(gabapentin, 60)
    answer = ada.check_out(**IN[region])
    assert answer.status_code == status
    assert ("controlled substance there" in answer.text) is (status == 409)
    assert nothing_happened() is (status == 409)


def test_who_lives_where_it_is_barred_may_choose_another_address(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 24)
    page = ada.check_out(**IN["AL"]).text  # with its tax
    ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | IN["AL"])
    gabapentin = make_variant("Gabapentin", "300 mg")
    make_lot(gabapentin)
    approve(ada.user_id, gabapentin)
    ada.put_in_basket(gabapentin, 60)
    assert "controlled substance there" in ada.get("/basket").text
    page = ada.get("/checkout")
    assert page.status_code == 200
    assert "controlled substance there" in page.text
    there = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page.text) | IN["NY"])
    assert there.status_code == 200, "the tax of Alabama is no longer part of it"
    assert ada.client.post("/checkout", data=ADDRESS | hidden_fields(there.text)).status_code == 303


@pytest.mark.parametrize(("region", "said"), [("AL", True), ("NY", False)])
def test_the_total_of_a_state_that_bars_it_says_so_at_once(ada: Customer, region: str, said: bool) -> None:
    gabapentin = make_variant("Gabapentin", "300 mg")
    make_lot(gabapentin)
    approve(ada.user_id, gabapentin)
    ada.put_in_basket(gabapentin, 60)
    hidden = hidden_fields(ada.get("/checkout").text)
    page = ada.client.post("/checkout", data=hidden | {"address": "new", "region": region, "update": "1"})
    assert (page.status_code, 'role="alert"' in page.text) == (200, said)


# --- Where it is sent, and its tax ---


@pytest.mark.parametrize(
    ("region", "status"), [("ZZ", 422), ("", 422), ("AK", 422), ("PR", 422), ("TX", 303)]
)
def test_an_address_elsewhere_is_refused(ada: Customer, acetaminophen: int, region: str, status: int) -> None:
    ada.put_in_basket(acetaminophen, 24)
    assert ada.check_out(**IN[region]).status_code == status
    assert nothing_happened() is (status != 303)


def test_a_kept_address_elsewhere_is_refused(ada: Customer, acetaminophen: int) -> None:
    from shop.accounts.address_book import keep_address

    with transaction():
        keep_address(
            ada.user_id,
            recipient="Ada Specimen",
            line1="1 Old Road",
            city="Nowhere",
            region="ZZ",
            postal_code="10001",
            country="US",
            at=now(),
        )
    ada.put_in_basket(acetaminophen, 24)
    page = ada.get("/checkout").text
    fields = hidden_fields(page)
    kept = page.split('name="address" value="')[1].split('"')[0]
    sent = ada.client.post("/checkout", data=fields | {"address": kept}, follow_redirects=True)
    assert sent.status_code == 422
    assert nothing_happened()


def test_sales_tax_is_shown_before_it_is_charged_and_stored(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 50)
    first = ada.check_out(**IN["CA"])
    assert first.status_code == 200, "the state changes the total, so it is shown first: a step, no error"
    assert 'role="alert"' not in first.text
    assert "Sales tax, CA" in first.text
    assert 'id="total" tabindex="-1" autofocus' in first.text
    for typed in ("Ada Specimen", "12 Example Street", "Springfield", "(555) 555-0100"):
        assert f'value="{typed}"' in first.text
    assert '<option selected value="CA">' in first.text
    assert nothing_happened()
    again = ada.client.post("/checkout", data=ADDRESS | hidden_fields(first.text) | IN["CA"])
    assert again.status_code == 303
    order = latest_order(ada.user_id)
    assert (order.subtotal_cents, order.delivery_cents, order.tax_cents) == (500, 490, 36)  # 7.25 %: 36.25
    assert order.total_cents == 1026
    asked = db.session.scalars(select(Payment.amount_cents).where(Payment.order_id == order.id)).one()
    assert asked == 1026
    assert "Sales tax, CA" in ada.get(f"/orders/{order.number}").text
    assert "Sales tax, CA" in ada.get("/basket").text, "the address used last says the state"


def test_a_price_that_changed_meanwhile_is_no_step(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 50)
    page = ada.get("/checkout").text
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == acetaminophen).values(price=Decimal("0.20")))
    answer = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | IN["CA"])
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert nothing_happened()


@pytest.mark.parametrize("forged", ["", "-1", "36.0", "x", "99999999999999999999"])
def test_a_forged_tax_orders_nothing(ada: Customer, acetaminophen: int, forged: str) -> None:
    ada.put_in_basket(acetaminophen, 50)
    assert ada.check_out(**IN["CA"], tax_cents=forged).status_code in (200, 409)
    assert nothing_happened()


@pytest.mark.parametrize(("region", "total"), [("CA", 1026), ("NY", 990)])
def test_the_total_of_a_state_is_asked_for_without_ordering(
    ada: Customer, acetaminophen: int, region: str, total: int
) -> None:
    ada.put_in_basket(acetaminophen, 50)
    hidden = hidden_fields(ada.get("/checkout").text)
    page = ada.client.post("/checkout", data=hidden | {"address": "new", "region": region, "update": "1"})
    assert (page.status_code, f'data-total="{total}"' in page.text) == (200, True)
    assert 'class="error"' not in page.text, "nothing that is still missing is an error yet"
    assert nothing_happened()


def test_a_prescription_owes_no_tax_beside_what_does(
    ada: Customer, acetaminophen: int, baclofen: int
) -> None:
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(acetaminophen, 50)
    page = ada.check_out(**IN["OH"]).text
    ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | IN["OH"])
    order = latest_order(ada.user_id)
    assert (order.subtotal_cents, order.tax_cents) == (3060 + 500, 29)  # 5.75 % of $5.00: 28.75


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
