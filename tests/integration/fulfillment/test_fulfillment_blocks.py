"""What checkout allowed and the facts forbid since: not charged, not shipped, and said beforehand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from shop.catalogue.models import Ingredient, Product, Variant
from shop.clock import now, today
from shop.database import db, transaction
from shop.fulfillment.blocking import blocks_of
from shop.fulfillment.service import NotToBeSent, check_shippable, ship_order
from shop.orders import queries as orders
from shop.orders.models import Order, OrderLine
from shop.prescriptions.models import Prescription
from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import payments_of, status_of, taken
from tests.integration.checkout.store_counter import Counter, Customer, approve
from tests.rows import named

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def admin(make_user) -> int:
    return make_user("admin")


def charged(customer: Customer, counter: Counter, variant_id: int, units: int, **fields: str) -> str:
    """A paid order of one medicine; its number."""
    customer.put_in_basket(variant_id, units)
    number, url = customer.order(**fields)
    customer.get(counter.return_path(counter.pay(url)))
    counter.charge(number)
    db.session.rollback()
    return number


@pytest.fixture
def baclofen(ada: Customer, counter: Counter) -> str:
    variant_id = make_variant()
    make_lot(variant_id)
    approve(ada.user_id, variant_id)
    return charged(ada, counter, variant_id, 60)


def over_the_counter(name: str, strength: str, pack: int) -> int:
    variant_id = make_variant(name, strength, "0.10", rx=False, quantities=(pack,))
    make_lot(variant_id, 5000)
    return variant_id


def change(table: Any, **values: object) -> None:
    with transaction() as session:
        session.execute(update(table).values(**values))


def codes(number: str) -> list[str]:
    db.session.rollback()
    found = orders.by_number(number)
    return [block.code for block in blocks_of([found], today(), settings().market)[found.id]]


def stays(number: str, admin: int, sign_in, code: str) -> None:
    """Nothing ships and nothing is charged; queue and page name the reason and offer no button."""
    assert codes(number) == [code]
    with pytest.raises(NotToBeSent) as refused, transaction():
        ship_order(number, "", admin, now())
    assert (refused.value.block.code, bool(refused.value.todo)) == (code, True)
    with pytest.raises(NotToBeSent), transaction():
        check_shippable(number, "", now())
    assert status_of(number) == "placed"
    desk = Customer(sign_in(admin), admin)
    for page in ("/admin/orders", f"/admin/orders/{number}"):
        text = desk.get(page).text
        assert f'data-block="{code}"' in text
        assert f'action="/admin/orders/{number}/ship"' not in text
    desk.post(f"/admin/orders/{number}/ship", tracking="")
    assert status_of(number) == "placed"


FORBIDDEN_SINCE: list[tuple[Any, dict[str, object], str]] = [
    (Ingredient, {"is_controlled": True}, "controlled"),
    (Product, {"safety_code": "cold", "safety_reason": "it must stay cold"}, "not_by_mail"),
    (Product, {"safety_code": None}, "not_by_mail"),
    (Product, {"not_by_mail": "it breaks on the way"}, "not_by_mail"),
    (Product, {"listed_at": None}, "not_listed"),
    (Product, {"withdrawn_on": 0, "listed_at": None}, "withdrawn"),
    (Variant, {"withdrawn_on": 0}, "withdrawn"),
    (Variant, {"markets": ["ZA"]}, "other_market"),
    (Order, {"region": "AK", "postal_code": "99501"}, "state_not_served"),
    (Order, {"postal_code": "94103"}, "not_deliverable"),
    (Prescription, {"expires_on": -1}, "prescription_expired"),
    (Prescription, {"origin": "photo"}, "prescription_is_a_copy"),
    (Prescription, {"origin": "photo", "expires_on": -1}, "prescription_expired"),
]


def test_what_the_facts_forbid_since_it_was_ordered(baclofen: str, admin: int, sign_in) -> None:
    item = orders.by_number(baclofen).lines[0].prescription_item_id
    for table, values, code in FORBIDDEN_SINCE:
        assert codes(baclofen) == [], (table, values)
        days = {name: today() + timedelta(days=n) for name, n in values.items() if type(n) is int}
        before = as_it_is(table, *values)
        change(table, **(values | days))
        with named(table, values):
            stays(baclofen, admin, sign_in, code)
        assert taken(item) == 60, (table, values)
        change(table, **before)
    assert codes(baclofen) == []


def as_it_is(table: Any, *names: str) -> dict[str, object]:
    """These columns of the table's only row."""
    row = db.session.execute(select(*(getattr(table, name) for name in names))).one()
    return dict(row._mapping)


def test_what_must_not_ship_is_said_to_its_customer_promised_for_no_day_and_not_charged(
    ada: Customer, counter: Counter
) -> None:
    variant_id = make_variant()
    make_lot(variant_id)
    approve(ada.user_id, variant_id)
    ada.put_in_basket(variant_id, 60)
    number, url = ada.order()
    change(Product, listed_at=None)  # while its customer was paying
    ada.get(counter.return_path(counter.pay(url)))
    page = ada.get(f"/orders/{number}").text
    assert "data-held-back" in page
    assert "data-promised" not in page
    counter.work(days=6, minutes=1)
    assert (status_of(number), payments_of(number)) == ("placed", ["authorized"])
    assert orders.by_number(number).promised_on is None
    change(Product, listed_at=now())
    assert "data-held-back" not in ada.get(f"/orders/{number}").text


@pytest.mark.parametrize("values", [{"price": None}, {"price_breaks": [[90, "0.40"]]}])
def test_a_price_that_changed_since_is_no_reason(baclofen: str, admin: int, values: dict) -> None:
    change(Variant, **values)
    with transaction():
        ship_order(baclofen, "", admin, now())
    assert status_of(baclofen) == "shipped"


def test_a_prescription_of_today_is_still_valid(baclofen: str, admin: int) -> None:
    change(Prescription, expires_on=today())
    assert codes(baclofen) == []


def test_what_was_sold_over_the_counter_and_needs_a_prescription_now(
    ada: Customer, counter: Counter, admin: int, sign_in
) -> None:
    number = charged(ada, counter, over_the_counter("Loratadine", "10 mg", 30), 30)
    change(Product, prescription_required=True)
    stays(number, admin, sign_in, "prescription_missing")


def test_an_age_that_is_asked_since(ada: Customer, counter: Counter, admin: int, sign_in) -> None:
    syrup = over_the_counter("Dextromethorphan", "15 mg", 20)
    number = charged(ada, counter, syrup, 20, of_age="18")
    assert codes(number) == []
    change(Order, age_declared=17)
    stays(number, admin, sign_in, "age_not_declared")


def test_more_than_one_person_may_buy_stays_and_the_earlier_order_ships(
    ada: Customer, new_customer, counter: Counter, admin: int, sign_in
) -> None:
    """Two accounts of one person whose names read differently: known as one only since."""
    tablets = over_the_counter("Acetaminophen", "500 mg", 50)
    first = charged(ada, counter, tablets, 50)
    second = charged(new_customer(), counter, tablets, 50, line1="99 Sample Road")
    assert (codes(first), codes(second)) == ([], [])
    one, other = (orders.by_number(number).id for number in (first, second))
    with transaction() as session:
        owner = session.get(Order, one).user_id
        session.execute(update(Order).where(Order.id == other).values(user_id=owner))
    stays(second, admin, sign_in, "otc_over_30_days")
    assert codes(first) == []
    with transaction():
        ship_order(first, "", admin, now())
    stays(second, admin, sign_in, "otc_over_30_days")
    with transaction() as session:
        month_ago = now() - timedelta(days=32)
        session.execute(update(Order).where(Order.id == one).values(created_at=month_ago))
    assert codes(second) == []


def test_more_in_one_order_than_is_allowed_since(
    ada: Customer, counter: Counter, admin: int, sign_in
) -> None:
    number = charged(ada, counter, over_the_counter("Loperamide", "2 mg", 24), 24, of_age="99")
    with transaction() as session:
        session.execute(update(OrderLine).values(variant_id=over_the_counter("Loperamide", "4 mg", 24)))
    stays(number, admin, sign_in, "otc_over_order")
