"""Reading prescriptions: a customer's list, one with all its parts, drafts, units left.

The pharmacists' queue stands in `verification.queue`, what covers a medicine today in `ledger.coverage`.
Ownership is in the query: what is not yours is not found.
"""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from shop.catalogue import substitutes
from shop.database import db
from shop.paging import Page, within
from shop.prescriptions import rules
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import Message, Prescription, PrescriptionItem
from shop.prescriptions.rx_numbers import RxNumber, rx_number
from shop.prescriptions.states import FileState, PrescriptionStatus

PER_PAGE = 10
_LINES = selectinload(Prescription.items), selectinload(Prescription.declined)
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
        .options(*_LINES, selectinload(Prescription.documents))
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
        select(Prescription).where(*where).options(*_LINES, pages).execution_options(populate_existing=True)
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


def rx_numbers(item_ids: Iterable[int]) -> dict[int, str]:
    """By item, its Rx number; in one question."""
    wanted = set(item_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(PrescriptionItem.id, PrescriptionItem.prescription_id, PrescriptionItem.line).where(
            PrescriptionItem.id.in_(wanted)
        )
    )
    return {row.id: rx_number(row.prescription_id, row.line) for row in rows}


def references_of(item_ids: Iterable[int]) -> dict[int, str]:
    """By item, the reference of its prescription; in one question."""
    wanted = set(item_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(PrescriptionItem.id, Prescription.reference)
        .join(Prescription)
        .where(PrescriptionItem.id.in_(wanted))
    )
    return {row.id: row.reference for row in rows}


def prescriptions_of(item_ids: Iterable[int]) -> list[int]:
    """The ids of the prescriptions with these items."""
    rows = select(PrescriptionItem.prescription_id).where(PrescriptionItem.id.in_(set(item_ids))).distinct()
    return list(db.session.scalars(rows.order_by(PrescriptionItem.prescription_id)))


def numbered(prescription_ids: Iterable[int], user_id: int | None = None) -> dict[str, str]:
    """By reference, the number of each prescription that was not withdrawn; of one account, or of any."""
    where = [Prescription.id.in_(set(prescription_ids)), Prescription.status != PrescriptionStatus.WITHDRAWN]
    if user_id is not None:
        where.append(Prescription.user_id == user_id)
    rows = db.session.execute(
        select(Prescription.reference, Prescription.id).where(*where).order_by(Prescription.id)
    )
    return {row.reference: rx_number(row.id) for row in rows}


def items_numbered(number: RxNumber) -> list[int]:
    """The ids of the items that an Rx number means: one, or all of a prescription."""
    mine = PrescriptionItem.prescription_id == number.prescription_id
    question = select(PrescriptionItem.id).where(mine)
    if number.line is not None:
        question = question.where(PrescriptionItem.line == number.line)
    return list(db.session.scalars(question.order_by(PrescriptionItem.line)))


def units_left(patient_id: int | None, variant_ids: Iterable[int], today: date) -> dict[int, int]:
    """Units left on a patient's approved, unexpired prescriptions, by variant; only where there are some.

    What was prescribed as another product of the same medicine counts too: the two are one supply.
    """
    rows = db.session.execute(
        select(PrescriptionItem.variant_id, PrescriptionItem.authorized, PrescriptionItem.taken)
        .join(Prescription)
        .where(Prescription.patient_id == patient_id, Prescription.status == PrescriptionStatus.APPROVED)
        .where(Prescription.valid_on(today))
    ).all()
    wanted = set(variant_ids)
    products = substitutes.read({row.variant_id for row in rows} | wanted if rows else set())
    left: dict[int, int] = {}
    for row in rows:
        for one in wanted:
            if products.may_fill(row.variant_id, one, as_written=False):
                left[one] = left.get(one, 0) + rules.remaining(row.authorized, row.taken)
    return {variant_id: units for variant_id, units in left.items() if units}
