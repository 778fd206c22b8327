"""What meets an order that is in its parcel: a recall of its lot, and the end of its prescription."""

import pytest
from sqlalchemy import select

from shop.clock import now
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.prescriptions.models import Prescription
from shop.prescriptions.reasons import Reason
from shop.prescriptions.verification import taking_back
from shop.stock import service as stock
from shop.stock.models import Hold, Lot
from tests.factories import make_lot
from tests.integration.checkout.records import status_of
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.mending.test_packing import post

pytestmark = pytest.mark.usefixtures("context")


def held_lots(number: str) -> list[int]:
    db.session.rollback()
    lines = [line.id for line in orders.by_number(number).lines]
    held = select(Hold.lot_id).where(Hold.order_line_id.in_(lines), Hold.state == "held")
    return list(db.session.scalars(held.order_by(Hold.lot_id)))


def test_what_is_in_the_parcel_does_not_become_another_lot_by_a_click(
    staff: Customer, placed: str, baclofen: int
) -> None:
    before = held_lots(placed)
    post(staff, placed, "pack")
    recalled = db.session.scalars(select(Lot.id).where(Lot.variant_id == baclofen)).one()
    other = make_lot(baclofen)
    with transaction():
        stock.quarantine(recalled, "recall_class_2", staff.user_id, now())
    page = staff.get(f"/admin/orders/{placed}").text
    assert ("data-unpack-first" in page, "/other-lots" in page) == (True, False)
    assert post(staff, placed, "other-lots").status_code == 303
    assert held_lots(placed) == before
    assert post(staff, placed, "ship", tracking="").status_code == 303
    assert status_of(placed) == "packed", "recalled units are still in the parcel"
    post(staff, placed, "unpack")
    post(staff, placed, "other-lots")
    assert held_lots(placed) == sorted({*before, other} - {recalled})


def test_a_parcel_whose_order_ended_by_itself_is_taken_apart(
    staff: Customer, counter: Counter, placed: str, make_user
) -> None:
    pharmacist = make_user("pharmacist", "marion@demo.example")
    post(staff, placed, "pack")
    reference = db.session.scalars(select(Prescription.reference)).one()
    with transaction():
        taking_back.revoke(reference, pharmacist, Reason.APPROVED_IN_ERROR, "", now())
    assert post(staff, placed, "ship", tracking="").status_code == 303
    assert status_of(placed) == "packed"
    assert "data-in-parcel" not in staff.get(f"/admin/orders/{placed}").text
    counter.work(minutes=2)
    assert (status_of(placed), held_lots(placed)) == ("canceled", [])
    assert "data-in-parcel" in staff.get(f"/admin/orders/{placed}").text
