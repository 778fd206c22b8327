"""What becomes of an account's prescriptions when it is deleted.

What a pharmacist decided on stays whole: it is the pharmacy's record of a professional decision, which states
require it to keep for years (general knowledge: how long differs by state). What was only sent goes.
"""

from datetime import datetime

from sqlalchemy import delete, select, update

from shop.database import db
from shop.prescriptions import states
from shop.prescriptions.document_models import PrescriptionDocument, UploadAllowance, UploadUse
from shop.prescriptions.models import (
    DeclinedItem,
    Message,
    Prescription,
    PrescriptionFill,
    PrescriptionItem,
)
from shop.prescriptions.uploads import documents


def erase(user_id: int, at: datetime) -> None:
    """Empty every prescription that no pharmacist decided on, and erase its files, and drafts. Flushes."""
    mine = Prescription.user_id == user_id, Prescription.status.not_in(states.DECIDED)
    ids = select(Prescription.id).where(*mine).scalar_subquery()
    theirs = PrescriptionDocument.prescription_id.in_(ids) | PrescriptionDocument.prescription_id.is_(None)
    documents.forget(PrescriptionDocument.user_id == user_id, theirs, at=at)
    items = select(PrescriptionItem.id).where(PrescriptionItem.prescription_id.in_(ids)).scalar_subquery()
    db.session.execute(delete(PrescriptionFill).where(PrescriptionFill.item_id.in_(items)))
    for table in (PrescriptionItem, DeclinedItem, Message):
        db.session.execute(delete(table).where(table.prescription_id.in_(ids)))
    empty = dict.fromkeys(_PERSONAL, None) | dict.fromkeys(("customer_note", "pharmacist_note"), "")
    db.session.execute(
        update(Prescription).where(*mine).values(**empty).execution_options(synchronize_session=False)
    )
    for kept_for_limits in (UploadUse, UploadAllowance):
        db.session.execute(delete(kept_for_limits).where(kept_for_limits.user_id == user_id))


_PERSONAL = (
    "received_from",
    "original_number",
    "confirmed_with",
    "transferred_to",
    "patient_name",
    "patient_birth_date",
    "prescriber_name",
    "prescriber_npi",
    "prescriber_license",
    "prescriber_id",
    "issued_on",
    "fill_from",
    "expires_on",
)
