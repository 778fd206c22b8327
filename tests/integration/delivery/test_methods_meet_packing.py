"""Delivery methods where they meet packing, refunds, and orders that wait for a pharmacist."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.changes import changing
from shop.checkout import jobs
from shop.clock import now, today
from shop.database import db, transaction
from shop.delivery import service
from shop.delivery.calendar import promised
from shop.delivery.rules import Method, Step, Zone
from shop.orders import queries as orders
from shop.orders.models import Order, OrderLine
from shop.prescriptions.models import PrescriptionItem
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import books
from tests.integration.checkout.store_counter import Counter, Customer, approve
from tests.integration.delivery.test_address_asks_again import move
from tests.integration.delivery.test_choosing_a_method import order_of, pay

pytestmark = pytest.mark.usefixtures("context", "methods")


def seen(staff: Customer, number: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', staff.get(f"/admin/orders/{number}").text)
    assert found
    return found[1]


def lines_of(number: str) -> list[OrderLine]:
    db.session.rollback()
    return orders.by_number(number).lines


def test_what_was_packed_for_another_method_is_packed_again(
    ada: Customer, counter: Counter, naproxen: int, staff: Customer
) -> None:
    ada.put_in_basket(naproxen, 50)
    number = pay(ada, counter, method="fast")
    before = seen(staff, number)
    assert move(ada, number, method="standard").status_code == 303  # the same address
    assert order_of(number).delivery_code == "standard"
    staff.post(f"/admin/orders/{number}/pack", seen=before)
    assert order_of(number).status == "placed"
    staff.post(f"/admin/orders/{number}/pack", seen=seen(staff, number))
    assert order_of(number).status == "packed"


def test_an_order_packed_at_once_is_promised_its_day_too(
    ada: Customer, counter: Counter, baclofen: int, staff: Customer
) -> None:
    item_id = approve(ada.user_id, baclofen)
    with transaction():
        db.session.get(PrescriptionItem, item_id).prescription.origin = "photo"
    ada.put_in_basket(baclofen, 60)
    number = pay(ada, counter)
    with transaction():
        db.session.get(PrescriptionItem, item_id).prescription.origin = "paper"
    staff.post(f"/admin/orders/{number}/pack")  # before anything looked at it again
    assert (order_of(number).status, order_of(number).promised_on) == ("packed", None)
    jobs.promise_released()
    assert order_of(number).promised_on == promised(today(), 2, 3, "US")


def test_orders_that_wait_for_long_keep_no_other_from_its_turn(
    new_customer, counter: Counter, naproxen: int
) -> None:
    numbers = []
    for name in ("Bo Sample", "Cy Sample"):
        customer = new_customer()
        customer.put_in_basket(naproxen, 50)
        numbers.append(pay(customer, counter, recipient=name))
    with transaction() as session:
        session.execute(update(Order).values(promised_on=None))
    turns = {one for _ in range(60) for one in orders.unpromised(1)}
    assert turns == {order_of(number).id for number in numbers}


def test_nobody_takes_free_delivery_for_what_they_take_out_again(
    ada: Customer, counter: Counter, naproxen: int, staff: Customer
) -> None:
    for strength in ("10 mg", "20 mg"):
        variant_id = make_variant("Specimenol", strength, "0.75", rx=False, quantities=(60,))
        make_lot(variant_id)
        ada.put_in_basket(variant_id, 60)
    ada.put_in_basket(naproxen, 50)
    number = pay(ada, counter)
    lines = [line.id for line in lines_of(number)]
    assert order_of(number).delivery_cents == 0
    ada.post(f"/orders/{number}/lines/{lines[0]}/remove")
    assert len(lines_of(number)) == 3
    ada.post(f"/orders/{number}/lines/{lines[2]}/remove")  # $90.00 are left
    assert len(lines_of(number)) == 2
    staff.post(f"/admin/orders/{number}/lines/{lines[0]}/remove")
    assert [line.id for line in lines_of(number)] == [lines[1]]


def test_two_changes_within_a_second_both_give_back(ada: Customer, counter: Counter, baclofen: int) -> None:
    with transaction():
        service.add(Method("slow", "Slow", 2, (Zone(frozenset(), 3, (Step(None, 100),)),)), None, now())
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number = pay(ada, counter, method="fast")
    counter.charge(number)
    order, at = order_of(number), now().replace(microsecond=100_000)
    for method, moment in (("standard", at), ("slow", at + timedelta(milliseconds=200))):
        with transaction():
            changing.change_address(order.id, order.address, "US", ada.user_id, moment, method)
    assert books(number) == (3160, 4350, 1190)
