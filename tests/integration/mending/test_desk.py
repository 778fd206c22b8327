"""Notes, tracking numbers and mails sent again, from the staff's page of an order."""

import pytest
from sqlalchemy import select, text

from shop.audit.models import AuditRecord
from shop.database import db
from tests.integration.checkout.paid_orders import mails
from tests.integration.checkout.store_counter import Customer

pytestmark = pytest.mark.usefixtures("context")
NOTE = "prefers the morning, takes it with food"


def post(staff: Customer, number: str, what: str, **fields: str):
    page = f"/admin/orders/{number}"
    return staff.post(f"{page}/{what}", **fields)


def test_a_note_is_sealed_and_only_for_staff(ada: Customer, staff: Customer, placed: str) -> None:
    assert post(staff, placed, "note", text=NOTE).status_code == 303
    assert post(staff, placed, "note", text=" ").status_code == 422
    assert post(staff, placed, "note", text="x" * 501).status_code == 422
    assert NOTE in staff.get(f"/admin/orders/{placed}").text
    assert NOTE not in ada.get(f"/orders/{placed}").text
    db.session.rollback()
    stored = db.session.scalars(text("SELECT text FROM order_staff_entry")).all()
    assert len(stored) == 1
    assert NOTE not in stored[0]
    assert NOTE not in str(db.session.scalars(select(AuditRecord.detail)).all())


def test_a_tracking_number_is_added_and_corrected_after_shipping(
    ada: Customer, staff: Customer, shipped: str
) -> None:
    for number in ("1Z555SAMPLE", "1Z555SPECIMEN", "1Z555SPECIMEN"):
        assert post(staff, shipped, "tracking", tracking=number).status_code == 303
    assert post(staff, shipped, "tracking", tracking="x" * 81).status_code == 422
    assert "1Z555SPECIMEN" in ada.get(f"/orders/{shipped}").text
    assert mails("order_tracking") == 2
    assert "1Z555SAMPLE → 1Z555SPECIMEN" in staff.get(f"/admin/orders/{shipped}").text


def test_only_what_shipped_has_a_tracking_number(ada: Customer, staff: Customer, placed: str) -> None:
    assert post(staff, placed, "tracking", tracking="1Z555SAMPLE").status_code == 303
    assert "1Z555SAMPLE" not in ada.get(f"/orders/{placed}").text
    assert mails("order_tracking") == 0


def test_the_last_mail_is_sent_again_but_not_at_once_once_more(staff: Customer, shipped: str) -> None:
    for _ in range(2):
        assert post(staff, shipped, "resend").status_code == 303
    assert mails("order_shipped") == 2  # the first one, and once again
