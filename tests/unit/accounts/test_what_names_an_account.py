"""Who adds a column that names an account, or seals what a person said, says what a deletion does to it."""

import importlib

from shop.config import ROOT
from shop.database import Base
from shop.vault.current import SealedText

GOES, STAYS, STAFF = "goes with the account", "stays", "names staff"

DECIDED = {  # docs/account.md says why what stays does
    "account_deletion.user_id": STAYS,
    "address.user_id": GOES,
    "audit_record.actor_id": STAYS,
    "basket.guest_id": GOES,
    "basket.user_id": GOES,
    "declined_item.as_written": STAYS,
    "declined_item.note": STAYS,
    "fact_change.requested_by": STAFF,
    "fact_change.decided_by": STAFF,
    "lot_assignment.actor_id": STAFF,
    "lot_assignment.undone_by": STAFF,
    "muted_mail.user_id": GOES,
    "notice_acknowledgment.user_id": STAYS,
    "order.user_id": STAYS,  # name and address only where a medicine on prescription was sent
    "order_cancellation.actor_id": STAFF,
    "order_cancellation.note": GOES,
    "order_refund.actor_id": STAFF,
    "order_refund.note": GOES,  # these three where the order's name and address go
    "order_return.actor_id": STAFF,
    "order_return.note": GOES,
    "order_staff_entry.actor_id": STAFF,
    "order_staff_entry.text": GOES,
    "patient.birth_date": STAYS,  # these three of whom a decided prescription is for
    "patient.health": STAYS,
    "patient.name": STAYS,
    "patient.user_id": STAYS,
    "payment_movement.actor_id": STAYS,
    "prescriber.created_by": STAFF,
    "prescription.claimed_by": STAFF,
    "prescription.confirmed_by": STAFF,
    "prescription.confirmed_with": STAYS,  # these of a decided prescription
    "prescription.customer_note": STAYS,
    "prescription.decided_by": STAFF,
    "prescription.entered_by": STAFF,
    "prescription.patient_birth_date": STAYS,
    "prescription.patient_name": STAYS,
    "prescription.pharmacist_note": STAYS,
    "prescription.prescriber_name": STAYS,
    "prescription.received_from": STAYS,
    "prescription.revoked_by": STAFF,
    "prescription.transferred_by": STAFF,
    "prescription.transferred_to": STAYS,
    "prescription.user_id": STAYS,
    "prescription_document.filename": STAYS,
    "prescription_document.user_id": STAYS,
    "prescription_fill.opened_by": STAFF,
    "prescription_item.directions": STAYS,
    "prescription_item.indication": STAYS,
    "prescription_message.author_id": STAYS,
    "prescription_message.text": STAYS,
    "release_join.actor_id": STAFF,
    "review_alert.decided_by": STAFF,
    "review_alert.note": STAYS,  # as the decision it belongs to
    "review_alert.sentence": STAYS,
    "stated_size.actor_id": STAFF,
    "stock_movement.actor_id": STAFF,
    "stock_notice.user_id": GOES,
    "stock_return.actor_id": STAFF,
    "upload_allowance.user_id": GOES,
    "upload_use.user_id": GOES,
    "user_role.user_id": STAYS,
}


def test_every_column_has_been_decided_about():
    for path in (ROOT / "shop").glob("*/*models.py"):
        importlib.import_module(f"shop.{path.parent.name}.{path.stem}")
    columns = (column for table in Base.metadata.sorted_tables for column in table.columns)
    found = {
        f"{column.table.name}.{column.name}"
        for column in columns
        if isinstance(column.type, SealedText)
        or any(key.target_fullname == "user.id" for key in column.foreign_keys)
    }
    assert found == DECIDED.keys()
