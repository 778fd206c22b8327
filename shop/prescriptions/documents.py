"""Documents of prescriptions: their files in the vault and their rows, drafts, and reading a page of one.

Files are written before the transaction that names them and taken back when it fails; a job erases them after
the commit that forgets them. So a row never names a missing file, and no file outlives its row for long.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.errors import DomainError, NotFound
from shop.outbox.service import enqueue
from shop.prescriptions import rules, states
from shop.prescriptions.models import DocumentPage, Prescription, PrescriptionDocument
from shop.prescriptions.uploads import AcceptedDocument
from shop.prescriptions.vault import Vault

DRAFT_LIFE = timedelta(hours=24)
LONGEST_FILENAME = 120


class TooManyDocuments(DomainError):
    """More files than one prescription has."""

    status = 422
    code = "too_many_documents"

    def __init__(self) -> None:
        super().__init__(
            f"A prescription takes at most {rules.MOST_DOCUMENTS} files.",
            "Remove one that is not needed, or send the pages as one PDF.",
        )


@dataclass(frozen=True)
class SentFile:
    """A file that was accepted: its name and size in bytes as sent, its pages re-encoded."""

    filename: str
    size_bytes: int
    accepted: AcceptedDocument


@dataclass(frozen=True)
class VaultedFile:
    """A sent file whose pages are in the vault: `pages` are (file id, media type, width, height)."""

    filename: str
    size_bytes: int
    pages: tuple[tuple[str, str, int, int], ...]


@contextmanager
def vaulted(files: Iterable[SentFile]) -> Iterator[list[VaultedFile]]:
    """Write the pages into the vault; if what is done with them fails, they are gone again.

    Enter this first and the transaction inside: `with vaulted(files) as kept, transaction(): …`.
    """
    vault, written, kept = vault_here(), [], []
    try:
        for file in files:
            pages = []
            for page in file.accepted.pages:
                file_id = uuid4().hex
                written.append(file_id)
                vault.store(file_id, page.data)
                pages.append((file_id, page.media_type, page.width, page.height))
            kept.append(VaultedFile(file.filename[-LONGEST_FILENAME:], file.size_bytes, tuple(pages)))
        yield kept
    except BaseException:
        for file_id in written:
            vault.delete(file_id)
        raise


def vault_here() -> Vault:
    """The vault of the running application."""
    vault = current_app.extensions["vault"]
    assert isinstance(vault, Vault)
    return vault


def add(user_id: int, files: Iterable[VaultedFile], prescription_id: int | None, at: datetime) -> list[int]:
    """Rows of vaulted files, of a prescription or (None) as drafts that are forgotten after DRAFT_LIFE."""
    ids = []
    for file in files:
        document = PrescriptionDocument(
            reference=uuid4().hex, user_id=user_id, prescription_id=prescription_id, filename=file.filename,
            size_bytes=file.size_bytes, uploaded_at=at,
            pages=[
                DocumentPage(number=number, file_id=file_id, media_type=kind, width=width, height=height)
                for number, (file_id, kind, width, height) in enumerate(file.pages, start=1)
            ],
        )  # fmt: skip
        db.session.add(document)
        db.session.flush()
        ids.append(document.id)
    return ids


def keep_drafts(user_id: int, files: list[VaultedFile], at: datetime) -> None:
    """Keep good files of a form that had an error elsewhere. Raises TooManyDocuments."""
    mine = select(func.count()).where(_is_draft_of(user_id))
    if (db.session.scalar(mine) or 0) + len(files) > rules.MOST_DOCUMENTS:
        raise TooManyDocuments
    for document_id in add(user_id, files, None, at):
        enqueue(
            "forget_draft", f"forget_draft:{document_id}", {"document_id": document_id},
            at=at, run_after=at + DRAFT_LIFE,
        )  # fmt: skip


def attach_drafts(user_id: int, prescription_id: int) -> int:
    """Make the customer's drafts part of their prescription; how many."""
    return rows_changed(
        update(PrescriptionDocument).where(_is_draft_of(user_id)).values(prescription_id=prescription_id)
    )


def remove_draft(user_id: int, reference: str, at: datetime) -> bool:
    """Forget a draft its owner does not want. False when there is none such."""
    return _forget(_is_draft_of(user_id), PrescriptionDocument.reference == reference, at=at)


def forget_draft(document_id: int, at: datetime) -> bool:
    """Forget a draft that was never sent. False when it became part of a prescription, or is gone."""
    draft = PrescriptionDocument.prescription_id.is_(None)
    return _forget(PrescriptionDocument.id == document_id, draft, at=at)


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
        question = question.where(Prescription.status != states.Status.WITHDRAWN)
    else:
        question = question.where(PrescriptionDocument.user_id == reader_id)
    found = db.session.execute(question).one_or_none()
    if found is None:
        raise NotFound("There is no such document.", "Look at your prescriptions.")
    page: DocumentPage = found[0]
    audit.record(
        Event.PRESCRIPTION_DOCUMENT_READ, at=at, subject=("prescription_document", page.document_id),
        actor_id=reader_id, page=number,
    )  # fmt: skip
    return page


def _is_draft_of(user_id: int) -> ColumnElement[bool]:
    return (PrescriptionDocument.user_id == user_id) & PrescriptionDocument.prescription_id.is_(None)


def _forget(*where: ColumnElement[bool], at: datetime) -> bool:
    document = db.session.scalar(select(PrescriptionDocument).where(*where).with_for_update())
    if document is None:
        return False
    file_ids = [page.file_id for page in document.pages]
    enqueue("erase_files", f"erase_files:{document.id}", {"file_ids": file_ids}, at=at)
    rows_changed(delete(DocumentPage).where(DocumentPage.document_id == document.id))
    rows_changed(delete(PrescriptionDocument).where(PrescriptionDocument.id == document.id))
    return True
