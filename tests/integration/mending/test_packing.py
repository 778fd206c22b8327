"""Packed: the customer no longer cancels or changes it, staff do, and it can be unpacked until it ships."""

import re

import pytest
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.stock.models import Lot
from tests.integration.checkout.records import payments_of, status_of
from tests.integration.checkout.store_counter import ADDRESS, Counter, Customer
from tests.integration.mending.test_refunds import differences

pytestmark = pytest.mark.usefixtures("context")
HOME = {key: value for key, value in ADDRESS.items() if key != "address"}


def post(who: Customer, number: str, what: str, desk: bool = True, **fields: str):
    page = f"{'/admin' if desk else ''}/orders/{number}"
    answer = who.post(f"{page}/{what}", **fields)
    db.session.rollback()
    return answer


def acts() -> list[str]:
    kinds = ("order:packed", "order:unpacked")
    rows = select(AuditRecord.event).where(AuditRecord.event.in_(kinds)).order_by(AuditRecord.id)
    return list(db.session.scalars(rows))


def test_a_packed_order_is_the_staffs_until_it_ships(
    ada: Customer, staff: Customer, counter: Counter, placed: str
) -> None:
    assert f"/orders/{placed}/cancel" in ada.get(f"/orders/{placed}").text
    assert post(staff, placed, "unpack").status_code == 303  # it isn't packed: said, and nothing happens
    for _ in range(2):  # the second click finds it packed
        assert post(staff, placed, "pack").status_code == 303
    assert (status_of(placed), payments_of(placed), acts()) == ("packed", ["authorized"], ["order:packed"])

    page = ada.get(f"/orders/{placed}").text
    assert re.findall(r'data-entry="(\w+)"', page) == ["created", "placed", "packed", "ship", "arrive"]
    for gone in (f"/orders/{placed}/cancel", "/remove", f"/orders/{placed}/address"):
        assert gone not in page
    line_id = orders.by_number(placed).lines[1].id
    for what in ("cancel", f"lines/{line_id}/remove"):
        assert post(ada, placed, what, desk=False).status_code == 303
    moved = ada.post(f"/orders/{placed}/address", **(HOME | {"line1": "9 Example Street"}))
    assert moved.status_code == 303
    assert post(staff, placed, f"lines/{line_id}/remove").status_code == 303
    order = orders.by_number(placed)
    assert (order.status, len(order.lines), order.line1) == ("packed", 2, HOME["line1"])

    listed = staff.get("/admin/orders?tray=packed").text
    assert placed in listed
    assert placed not in staff.get("/admin/orders").text
    assert post(staff, placed, "unpack").status_code == 303
    assert f"/orders/{placed}/cancel" in ada.get(f"/orders/{placed}").text
    assert "data-packed" not in staff.get(f"/admin/orders/{placed}").text

    assert post(staff, placed, "pack").status_code == 303
    assert post(staff, placed, "ship", tracking="").status_code == 303
    assert (status_of(placed), payments_of(placed)) == ("shipped", ["captured"])
    assert post(staff, placed, "unpack").status_code == 303
    assert (status_of(placed), differences(counter, placed)) == ("shipped", set())
    assert acts() == ["order:packed", "order:unpacked", "order:packed"]


def test_staff_cancel_what_is_packed(ada: Customer, staff: Customer, counter: Counter, placed: str) -> None:
    post(staff, placed, "pack")
    page = f"/admin/orders/{placed}/cancel"
    assert staff.get(page).status_code == 200
    assert staff.post(page, reason="customer_asked").status_code == 303
    assert (status_of(placed), payments_of(placed)) == ("canceled", ["releasing"])
    assert re.findall(r'data-entry="(\w+)"', ada.get(f"/orders/{placed}").text)[-1] == "canceled"


def test_what_could_not_ship_or_was_changed_is_not_packed(
    ada: Customer, staff: Customer, placed: str
) -> None:
    seen = re.search(r'name="seen" value="(\w+)"', staff.get(f"/admin/orders/{placed}").text)
    line_id = orders.by_number(placed).lines[1].id
    assert post(ada, placed, f"lines/{line_id}/remove", desk=False).status_code == 303
    assert post(staff, placed, "pack", seen=seen.group(1)).status_code == 303
    assert status_of(placed) == "placed"  # another parcel than the page that was open

    with transaction():
        db.session.execute(update(Lot).values(status="quarantined"))
    assert post(staff, placed, "pack").status_code == 303
    assert (status_of(placed), acts()) == ("placed", [])
    assert f"/admin/orders/{placed}/pack" not in staff.get(f"/admin/orders/{placed}").text
