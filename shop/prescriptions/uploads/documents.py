"""Documents of prescriptions as rows: added for kept files, drafts, read, forgotten.

Their bytes are `files`, opening them is `rendering`. A job erases files after the commit that forgets rows.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.errors import DomainError, NotFound
from shop.outbox.service import enqueue
from shop.prescriptions import rules
from shop.prescriptions.document_models import DocumentPage, PrescriptionDocument
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import FileState, PrescriptionStatus
from shop.prescriptions.uploads.files import KeptFile

DRAFT_LIFE = timedelta(hours=24)
IS_USABLE = PrescriptionDocument.state != FileState.REFUSED


class TooManyDocuments(DomainError):
    """More files than one prescription has."""

    status = 422
    code = "too_many_documents"

    def __init__(self) -> None:
        super().__init__(
            f"A prescription can have at most {rules.MOST_DOCUMENTS} files.",
            "Remove one, or send the pages as one PDF.",
        )


def add(
    user_id: int, files: Iterable[KeptFile], prescription_id: int | None, at: datetime
) -> list[PrescriptionDocument]:
    """Rows of kept files, and the jobs that open them; without a prescription, drafts (see DRAFT_LIFE)."""
    return [_added(user_id, file, prescription_id, at) for file in files]


def _added(user_id: int, file: KeptFile, prescription_id: int | None, at: datetime) -> PrescriptionDocument:
    document = PrescriptionDocument(
        reference=uuid4().hex,
        user_id=user_id,
        prescription_id=prescription_id,
        filename=file.filename,
        size_bytes=file.size_bytes,
        uploaded_at=at,
        raw_file_id=file.file_id,
    )
    db.session.add(document)
    db.session.flush()
    # jobs are named by the reference: SQLite gives the number of a row that was deleted to the next one
    payload = {"document_id": document.id, "use_id": file.use_id}
    enqueue("render_document", f"render_document:{document.reference}", payload, at=at)
    return document


def keep_drafts(user_id: int, files: list[KeptFile], at: datetime) -> int:
    """Keep good files of a form that had an error elsewhere; how many. Raises TooManyDocuments."""
    mine = select(func.count()).where(_is_draft_of(user_id), IS_USABLE)
    if (db.session.scalar(mine) or 0) + len(files) > rules.MOST_DOCUMENTS:
        raise TooManyDocuments
    for document in add(user_id, files, None, at):
        enqueue(
            "forget_draft",
            f"forget_draft:{document.reference}",
            {"document_id": document.id},
            at=at,
            run_after=at + DRAFT_LIFE,
        )
    return len(files)


def attach_drafts(user_id: int, prescription_id: int, at: datetime) -> int:
    """Make the customer's drafts part of their prescription; how many. Refused ones are forgotten."""
    forget(_is_draft_of(user_id), ~IS_USABLE, at=at)
    return rows_changed(
        update(PrescriptionDocument).where(_is_draft_of(user_id)).values(prescription_id=prescription_id)
    )


def remove_draft(user_id: int, reference: str, at: datetime) -> bool:
    """Forget a draft its owner does not want. False when there is none such."""
    return forget(_is_draft_of(user_id), PrescriptionDocument.reference == reference, at=at) > 0


def forget_draft(document_id: int, at: datetime) -> bool:
    """Forget a draft that was never sent in its DRAFT_LIFE. False when it was, or is gone.

    Its age is looked at, since SQLite may have given its number to a newer one.
    """
    draft = PrescriptionDocument.prescription_id.is_(None)
    old = PrescriptionDocument.uploaded_at <= at - DRAFT_LIFE
    return forget(PrescriptionDocument.id == document_id, draft, old, at=at) > 0


def open_page(reference: str, number: int, reader_id: int, as_pharmacist: bool, at: datetime) -> DocumentPage:
    """The page of a document that its owner, or a pharmacist, is about to see; leaves an audit record.

    Pharmacists see what was sent to them and not withdrawn. Raises NotFound for everything else.
    """
    question = select(DocumentPage, PrescriptionDocument).join(
        PrescriptionDocument, PrescriptionDocument.id == DocumentPage.document_id
    )
    question = question.where(PrescriptionDocument.reference == reference, DocumentPage.number == number)
    if as_pharmacist:
        question = question.join(Prescription, Prescription.id == PrescriptionDocument.prescription_id)
        question = question.where(Prescription.status != PrescriptionStatus.WITHDRAWN)
    else:
        question = question.where(PrescriptionDocument.user_id == reader_id)
    found = db.session.execute(question).one_or_none()
    if found is None:
        raise NotFound("We couldn’t find this document.", "Go back to your prescriptions.")
    page: DocumentPage = found[0]
    audit.record(
        Event.PRESCRIPTION_DOCUMENT_READ,
        at=at,
        subject=("prescription_document", page.document_id),
        actor_id=reader_id,
        page=number,
    )
    return page


def _is_draft_of(user_id: int) -> ColumnElement[bool]:
    return (PrescriptionDocument.user_id == user_id) & PrescriptionDocument.prescription_id.is_(None)


def forget(*where: ColumnElement[bool], at: datetime) -> int:
    """Remove documents with their pages, and ask for their files to be erased; how many there were."""
    documents = db.session.scalars(select(PrescriptionDocument).where(*where).with_for_update()).all()
    for document in documents:
        file_ids = [page.file_id for page in document.pages]
        file_ids += [document.raw_file_id] if document.raw_file_id else []
        enqueue("erase_files", f"erase_files:{document.reference}", {"file_ids": file_ids}, at=at)
        rows_changed(delete(DocumentPage).where(DocumentPage.document_id == document.id))
        rows_changed(delete(PrescriptionDocument).where(PrescriptionDocument.id == document.id))
    return len(documents)
