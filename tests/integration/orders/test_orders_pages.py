"""A customer's orders: their own, all of them, nobody else's."""

import re
from datetime import timedelta

import pytest

from shop.addresses import PostalAddress
from shop.clock import now
from shop.database import transaction
from shop.orders import queries, service
from shop.orders.service import NewLine
from tests.factories import MAIL
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.store_counter import Counter, Customer

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "NY", "10001", "US")


def placed_orders(user_id: int, variant_id: int, count: int) -> list[str]:
    numbers = []
    for minute in range(count):
        at = now() - timedelta(hours=5) + timedelta(minutes=minute)
        variant = NewLine(variant_id, "Naproxen tablet 220 mg", "pill", _price(), 50, False, None)
        with transaction():
            order = service.create(user_id, [variant], ADDRESS, MAIL, "USD", at + timedelta(minutes=35), at)
            assert service.place(order.id, at)
            numbers.append(order.number)
    return numbers


def _price():
    from decimal import Decimal

    return Decimal("0.079")


def test_without_orders_the_page_says_what_to_do(ada: Customer) -> None:
    page = ada.get("/orders").text
    assert 'data-state="empty"' in page
    assert 'href="/medicines"' in page


def test_orders_are_listed_newest_first_a_page_at_a_time(ada: Customer, naproxen: int) -> None:
    numbers = placed_orders(ada.user_id, naproxen, 23)
    first, second = ada.get("/orders").text, ada.get("/orders?page=2").text
    assert first.index(numbers[-1]) < first.index(numbers[-2])
    assert (numbers[-20] in first, numbers[-21] in first) == (True, False)
    assert all(number in second for number in numbers[:3])
    assert 'data-shown="1-20/23"' in first
    assert 'href="/orders?page=2"' in first
    for odd in ("0", "-1", "99", "x", "9" * 30):
        assert ada.get(f"/orders?page={odd}").status_code == 200


def test_the_list_costs_the_same_few_queries_however_many_orders(ada: Customer, naproxen: int) -> None:
    placed_orders(ada.user_id, naproxen, 2)
    few = ada.get("/orders").headers["X-Query-Count"]
    placed_orders(ada.user_id, naproxen, 10)
    assert ada.get("/orders").headers["X-Query-Count"] == few
    assert int(few) <= 8


def test_another_customers_order_is_unknown(
    ada: Customer, naproxen: int, new_customer, counter: Counter
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, _url = ada.order()
    bob = new_customer()
    bob.put_in_basket(naproxen, 50)
    assert bob.get(f"/orders/{number}").status_code == 404
    for step in ("pay", "cancel"):
        assert bob.post(f"/orders/{number}/{step}").status_code == 404
    assert number not in bob.get("/orders").text
    assert latest_order(ada.user_id).status == "awaiting_payment"
    assert ada.get("/orders/F-2222-2222").status_code == 404


@pytest.mark.parametrize("role", ["pharmacist", "admin"])
def test_staff_do_not_see_a_customers_order_page(
    ada: Customer, naproxen: int, role: str, make_user, sign_in
) -> None:
    number = placed_orders(ada.user_id, naproxen, 1)[0]
    staff = sign_in(make_user(role))
    assert staff.get(f"/orders/{number}").status_code == 403


def test_an_order_page_says_what_happened_what_is_and_what_comes(
    ada: Customer, naproxen: int, counter: Counter
) -> None:
    ada.put_in_basket(naproxen, 50)
    number, url = ada.order()
    page = ada.get(f"/orders/{number}").text
    assert entries(page) == ["created", "pay", "pack", "arrive"]
    for hook in ('data-status="awaiting_payment"', f'action="/orders/{number}/pay"', "$8.85"):
        assert hook in page
    ada.get(counter.return_path(counter.pay(url)))
    page = ada.get(f"/orders/{number}").text
    assert f'action="/orders/{number}/pay"' not in page
    assert f'action="/orders/{number}/cancel"' in page
    counter.charge(number)
    page = ada.get(f"/orders/{number}").text
    assert entries(page) == ["created", "placed", "paid", "pack", "arrive"]
    for hook in ('data-status="placed"', "12 Example Street", "50 × $0.079"):
        assert hook in page


def entries(page: str) -> list[str]:
    """The codes of an order's timeline."""
    return re.findall(r'data-entry="(\w+)"', page)


def test_each_step_is_taken_once_and_says_so(ada: Customer, naproxen: int) -> None:
    number = placed_orders(ada.user_id, naproxen, 1)[0]
    order_id = queries.by_number(number).id
    with transaction():
        assert not service.place(order_id, now())
        assert not service.expire(order_id, now())
        assert not service.ship(order_id, [], "", ada.user_id, now())  # not paid yet
        assert service.mark_paid(order_id, now())
        assert not service.mark_paid(order_id, now())
        assert service.ship(order_id, [], "", ada.user_id, now())
        assert not service.ship(order_id, [], "", ada.user_id, now())
        assert not service.cancel(order_id, now())
    assert [event.event for event in queries.by_number(number).events] == [
        "created",
        "placed",
        "paid",
        "shipped",
    ]


def test_an_order_is_found_by_its_number_or_its_medicine_and_never_anybody_elses(
    ada: Customer, naproxen: int, new_customer
) -> None:
    [number] = placed_orders(ada.user_id, naproxen, 1)

    def find(one: Customer, text: str):
        return one.post("/orders", q=text)

    assert find(ada, number.lower().replace("-", " ")).location == f"/orders/{number}"
    assert number in find(ada, "NAPRO 220").text
    for nothing in ("baclofen", "F-7K3M-92QX", "%", ""):
        assert ('data-state="nothing-found"' in find(ada, nothing).text) is bool(nothing)
    bob = new_customer()
    assert find(bob, number).status_code == 200
    assert number not in find(bob, "naproxen").text
