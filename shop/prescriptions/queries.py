"""Reading prescriptions: a customer's list, one with all its parts, drafts, units left.

The pharmacists' queue stands in `verification.queue`, what covers a medicine today in `ledger.coverage`.
Ownership is in the query: what is not yours is not found.
"""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from shop.database import db
from shop.paging import Page, within
from shop.prescriptions import rules
from shop.prescriptions.models import Message, Prescription, PrescriptionDocument, PrescriptionItem
from shop.prescriptions.states import FileState, PrescriptionStatus

PER_PAGE = 10
MOST_APPROVED = 200
"""Prescriptions of one patient that are listed at once."""


def own_page(
    user_id: int, number: int, patient_id: int | None = None, variant_ids: Collection[int] | None = None
) -> Page[Prescription]:
    """A customer's prescriptions, newest first, with items and documents.

    Of one patient, or with one of these medicines, where the caller names them.
    """
    mine = [Prescription.user_id == user_id]
    if patient_id is not None:
        mine.append(Prescription.patient_id == patient_id)
    if variant_ids is not None:
        mine.append(Prescription.items.any(PrescriptionItem.variant_id.in_(variant_ids)))
    total = db.session.scalar(select(func.count(Prescription.id)).where(*mine)) or 0
    number = within(number, PER_PAGE, total)
    rows = db.session.scalars(
        select(Prescription)
        .where(*mine)
        .options(selectinload(Prescription.items), selectinload(Prescription.documents))
        .order_by(Prescription.submitted_at.desc(), Prescription.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return Page(list(rows), number, PER_PAGE, total)


def approved_of(user_id: int, patient_id: int) -> list[Prescription]:
    """The approved prescriptions of an account's patient with their items, the newest MOST_APPROVED first."""
    rows = db.session.scalars(
        select(Prescription)
        .where(Prescription.user_id == user_id, Prescription.patient_id == patient_id)
        .where(Prescription.status == PrescriptionStatus.APPROVED, Prescription.expires_on.is_not(None))
        .options(selectinload(Prescription.items))
        .order_by(Prescription.decided_at.desc(), Prescription.id.desc())
        .limit(MOST_APPROVED)
    )
    return list(rows)


def own_variants(user_id: int) -> list[int]:
    """The medicines on a customer's decided prescriptions, as ids of variants."""
    mine = select(PrescriptionItem.variant_id).join(Prescription).where(Prescription.user_id == user_id)
    return list(db.session.scalars(mine.distinct()))


def own(user_id: int, reference: str) -> Prescription | None:
    """A customer's prescription; None when it does not exist or is somebody else's."""
    return one(Prescription.reference == reference, Prescription.user_id == user_id)


def by_reference(reference: str) -> Prescription | None:
    """Any prescription, for pharmacists."""
    return one(Prescription.reference == reference)


def one(*where: ColumnElement[bool]) -> Prescription | None:
    """One prescription with its items, documents and their pages."""
    pages = selectinload(Prescription.documents).selectinload(PrescriptionDocument.pages)
    return db.session.scalar(
        select(Prescription)
        .where(*where)
        .options(selectinload(Prescription.items), pages)
        .execution_options(populate_existing=True)
    )


def messages(prescription_id: int) -> list[Message]:
    """What pharmacist and customer wrote to each other about one prescription, in order."""
    about = select(Message).where(Message.prescription_id == prescription_id)
    return list(db.session.scalars(about.order_by(Message.at, Message.id)))


def drafts(user_id: int) -> list[PrescriptionDocument]:
    """Documents kept from a form that had an error, oldest first."""
    mine = select(PrescriptionDocument).where(
        PrescriptionDocument.user_id == user_id, PrescriptionDocument.prescription_id.is_(None)
    )
    return list(db.session.scalars(mine.order_by(PrescriptionDocument.id)))


def has_usable_drafts(user_id: int) -> bool:
    """Whether a draft is there that was not refused: it may be sent as it is."""
    return any(draft.state != FileState.REFUSED for draft in drafts(user_id))


def units_left(patient_id: int | None, variant_ids: Iterable[int], today: date) -> dict[int, int]:
    """Units left on a patient's approved, unexpired prescriptions, by variant; only where there are some."""
    rows = db.session.execute(
        select(PrescriptionItem.variant_id, PrescriptionItem.authorized, PrescriptionItem.taken)
        .join(Prescription)
        .where(Prescription.patient_id == patient_id, Prescription.status == PrescriptionStatus.APPROVED)
        .where(Prescription.expires_on >= today, PrescriptionItem.variant_id.in_(set(variant_ids)))
    )
    left: dict[int, int] = {}
    for row in rows:
        left[row.variant_id] = left.get(row.variant_id, 0) + rules.remaining(row.authorized, row.taken)
    return {variant_id: units for variant_id, units in left.items() if units}
