"""The customer's side of a prescription: sent, answered, given other files or withdrawn.

What pharmacists decide stands in `verification.decisions`, quantities in `ledger.quantities`. Emails say that
there is news, never which.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select, update

from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError
from shop.patients import service as patients
from shop.prescriptions import rules, states, steps
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import Message, Prescription
from shop.prescriptions.states import FileState, Origin, PrescriptionStatus, Step
from shop.prescriptions.steps import AlreadyDecided
from shop.prescriptions.uploads import documents, rendering
from shop.prescriptions.uploads.files import KeptFile


class TooManyOpen(DomainError):
    """As many undecided prescriptions as one customer may have."""

    status = 422
    code = "too_many_open"

    def __init__(self) -> None:
        super().__init__(
            f"{rules.MOST_OPEN} of your prescriptions are still waiting for a decision.",
            "Wait until some are decided, or withdraw one.",
        )


class EnteredByPharmacy(DomainError):
    """Staff entered it, so they discard it."""

    code = "entered_by_pharmacy"

    def __init__(self) -> None:
        super().__init__(
            "The pharmacy entered this prescription; it wasn’t withdrawn.",
            "Call us, and we’ll discard it.",
        )


class NoFileLeft(DomainError):
    """A prescription without a file that can be read is none."""

    status = 422
    code = "no_file_left"

    def __init__(self) -> None:
        super().__init__(
            "This was the only file, so we can’t go on without it.",
            "Send another file, or withdraw the prescription.",
        )


class NoFilesTaken(DomainError):
    """What the pharmacy entered itself rests on what it holds, never on a photo that follows."""

    status = 422
    code = "no_files_taken"

    def __init__(self) -> None:
        super().__init__(
            "This prescription was entered by the pharmacy, so it takes no files.",
            "Answer in words, or send the photo as a prescription of its own.",
        )


def submit(
    user_id: int, files: Iterable[KeptFile], note: str, at: datetime, patient_id: int | None = None
) -> Prescription:
    """A prescription of these files and the customer's drafts, queued for pharmacists. Raises TooManyOpen.

    `patient_id` is whom it is for, a patient of this account whom the caller has locked.
    """
    _check_room(user_id)
    prescription = Prescription(
        reference=uuid4().hex,
        user_id=user_id,
        patient_id=patient_id,
        status=PrescriptionStatus.WAITING,
        submitted_at=at,
        customer_note=note,
    )
    db.session.add(prescription)
    db.session.flush()
    count = documents.attach_drafts(user_id, prescription.id, at)
    count += len(documents.add(user_id, files, prescription.id, at))
    if not 1 <= count <= rules.MOST_DOCUMENTS:
        raise documents.TooManyDocuments
    steps.record(Event.PRESCRIPTION_SUBMITTED, prescription, user_id, at, documents=count)
    rendering.announce(prescription.id, "", at)
    return prescription


def _check_room(user_id: int) -> None:
    open_ones = select(func.count()).where(
        Prescription.user_id == user_id,
        Prescription.status.in_(states.OPEN),
        Prescription.entered_by.is_(None),
    )
    if (db.session.scalar(open_ones) or 0) >= rules.MOST_OPEN:
        raise TooManyOpen


def answer(reference: str, user_id: int, files: Iterable[KeptFile], text: str, at: datetime) -> Prescription:
    """The customer's answer to a question, with more documents or none. Back to the pharmacists.

    Raises NoFilesTaken for documents of one that staff entered.
    """
    prescription = steps.own(reference, user_id)
    steps.change(prescription, Step.ANSWER)
    added = _add(prescription, files, at)
    if text:
        db.session.add(Message(prescription_id=prescription.id, author_id=user_id, text=text, at=at))
        db.session.flush()
    steps.record(Event.PRESCRIPTION_ANSWERED, prescription, user_id, at, documents=added)
    return prescription


def replace_refused(reference: str, user_id: int, files: Iterable[KeptFile], at: datetime) -> None:
    """Other files instead of those that could not be opened. Raises AlreadyDecided, TooManyDocuments."""
    prescription = _with_refused(reference, user_id)
    documents.forget(*_refused_of(prescription), at=at)
    added = _add(prescription, files, at)
    if not added or _files_of(prescription) > rules.MOST_DOCUMENTS:
        raise documents.TooManyDocuments
    steps.record(Event.PRESCRIPTION_FILES_SENT, prescription, user_id, at, documents=added)


def drop_refused(reference: str, user_id: int, at: datetime) -> None:
    """Go on without the files that could not be opened. Raises AlreadyDecided, NoFileLeft."""
    prescription = _with_refused(reference, user_id)
    documents.forget(*_refused_of(prescription), at=at)
    if not _files_of(prescription):
        raise NoFileLeft
    rendering.announce(prescription.id, "", at)


def _add(prescription: Prescription, files: Iterable[KeptFile], at: datetime) -> int:
    """More files of a prescription; how many. They are copies, and the prescriber did not confirm these.

    An approval that was undone may have left another origin: the original seen then is not of these.
    """
    added = len(documents.add(prescription.user_id, files, prescription.id, at))
    if added:
        if prescription.entered_by is not None:
            raise NoFilesTaken
        steps.forget_confirmation(prescription)
        mine = update(Prescription).where(Prescription.id == prescription.id)
        db.session.execute(mine.values(origin=Origin.PHOTO))
    return added


def _with_refused(reference: str, user_id: int) -> Prescription:
    """The customer's own open prescription, locked, with a file that could not be opened."""
    prescription = steps.own(reference, user_id)
    lock = select(Prescription.status).where(Prescription.id == prescription.id).with_for_update()
    refused = select(PrescriptionDocument.id).where(*_refused_of(prescription)).limit(1)
    if db.session.scalars(lock).one() not in states.OPEN or db.session.scalar(refused) is None:
        raise AlreadyDecided
    return prescription


def _refused_of(prescription: Prescription) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    mine = PrescriptionDocument.prescription_id == prescription.id
    return mine, PrescriptionDocument.state == FileState.REFUSED


def _files_of(prescription: Prescription) -> int:
    mine = PrescriptionDocument.prescription_id == prescription.id
    return db.session.scalar(select(func.count()).where(mine)) or 0


def withdraw(reference: str, user_id: int, at: datetime) -> None:
    """The customer takes back what they sent, before the decision.

    Raises AlreadyDecided, EnteredByPharmacy.
    """
    prescription = steps.own(reference, user_id)
    if prescription.entered_by is not None:
        raise EnteredByPharmacy
    steps.change(prescription, Step.WITHDRAW)
    steps.record(Event.PRESCRIPTION_WITHDRAWN, prescription, user_id, at)


def put_back(reference: str, user_id: int, at: datetime) -> None:
    """The customer withdrew it by mistake: it waits for a pharmacist again, in its old place.

    Raises AlreadyDecided, EnteredByPharmacy, TooManyOpen, and NotFound for a patient who was removed since.
    """
    prescription = steps.own(reference, user_id)
    if prescription.entered_by is not None:
        raise EnteredByPharmacy
    if prescription.patient_id is not None:
        patients.locked_by_id(user_id, prescription.patient_id)
    _check_room(user_id)
    steps.change(prescription, Step.PUT_BACK, reason=None, pharmacist_note="")
    steps.record(Event.PRESCRIPTION_PUT_BACK, prescription, user_id, at)
