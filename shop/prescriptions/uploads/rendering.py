"""Opening a document that was sent, by the worker: pages into the vault, or a coded refusal.

May run twice, at once or after a crash: whoever finishes first wins, the other takes its pages back. Opening
happens between two transactions and in neither. What was sent is erased in the end, whatever it was.
Rows are locked in one order: document, prescription.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, transaction
from shop.outbox.service import enqueue
from shop.prescriptions import looks, states, steps
from shop.prescriptions.document_models import DocumentPage, PageBand, PrescriptionDocument
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import FileState, PrescriptionStatus
from shop.prescriptions.uploads import budget
from shop.prescriptions.uploads.files import store_contents
from shop.prescriptions.uploads.opening import AcceptedPage, RendererBroken, open_document
from shop.prescriptions.uploads.refusals import FileDamaged, UploadRefused
from shop.vault.current import current_vault
from shop.web import settings

MOST_TRIES = 3
"""A document that ended its worker so many times is refused, or it would end every worker there is."""


class _FinishedByAnother(Exception):
    """The document is gone or was finished meanwhile; our pages of it are taken back."""


def render(document_id: int, use_id: int, at: datetime) -> None:
    """Open the document and finish it. Nothing happens where it is finished or gone already."""
    with transaction():
        raw_file_id = _begin(document_id, at)
    if raw_file_id is None:
        return
    data = current_vault().read(raw_file_id)
    try:
        opened = open_document(data, settings().upload_cpu_seconds_per_file)
    except RendererBroken:
        with transaction():
            _begin_again(document_id)
        raise
    try:
        with store_contents(page.data for page in opened.pages) as file_ids, transaction():
            budget.settle(use_id, opened.cpu_ms)
            if opened.refusal:
                refuse(document_id, opened.refusal, at)
            elif not accept(document_id, opened.pages, file_ids, at):
                raise _FinishedByAnother
    except _FinishedByAnother:
        return


def accept(document_id: int, pages: Sequence[AcceptedPage], file_ids: Sequence[str], at: datetime) -> bool:
    """Give the document its pages, which are in the vault. False when it is not being opened any more."""
    document = _end(document_id, FileState.READY, at)
    if document is None:
        return False
    rows = [
        DocumentPage(
            document_id=document_id,
            number=number,
            file_id=file_id,
            media_type=page.media_type,
            width=page.width,
            height=page.height,
            mark=page.mark,
        )
        for number, (page, file_id) in enumerate(zip(pages, file_ids, strict=True), start=1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(
        PageBand(page_id=row.id, band=band, value=value)
        for row in rows
        if row.mark
        for band, value in enumerate(looks.bands(row.mark))
    )
    db.session.flush()
    announce(document.prescription_id, f":{document.reference}", at)
    return True


def refuse(document_id: int, refusal: UploadRefused, at: datetime) -> None:
    """Say by a code why it was not taken, unless it is not being opened any more."""
    document = _end(document_id, FileState.REFUSED, at, refusal.code)
    if document is None:
        return
    audit.record(
        Event.PRESCRIPTION_FILE_REFUSED,
        at=at,
        subject=("prescription_document", document_id),
        actor_id=None,
        code=refusal.code,
    )
    announce(document.prescription_id, f":{document.reference}", at)


def announce(prescription_id: int | None, nth: str, at: datetime) -> None:
    """When the last file of an open prescription is settled, write to the customer what came of it."""
    if prescription_id is None:
        return
    prescription = db.session.scalars(
        select(Prescription)
        .where(Prescription.id == prescription_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    files = select(PrescriptionDocument.state).where(PrescriptionDocument.prescription_id == prescription_id)
    found = set(db.session.scalars(files))
    if FileState.PROCESSING in found or prescription.status not in states.OPEN:
        return
    if FileState.REFUSED in found:
        steps.notify("file_refused", prescription, at, nth)
    elif prescription.status == PrescriptionStatus.WAITING:
        steps.notify("received", prescription, at)


def _being_opened(document_id: int) -> PrescriptionDocument | None:
    return db.session.scalar(
        select(PrescriptionDocument)
        .where(PrescriptionDocument.id == document_id, PrescriptionDocument.state == FileState.PROCESSING)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _begin(document_id: int, at: datetime) -> str | None:
    """Count a try; the vault's id of what was sent, or None where there is nothing to open."""
    document = _being_opened(document_id)
    if document is None:
        return None
    if document.opened_times >= MOST_TRIES:
        refuse(document_id, FileDamaged(), at)
        return None
    document.opened_times += 1
    db.session.flush()
    return document.raw_file_id


def _begin_again(document_id: int) -> None:
    """The last try does not count: the installation was at fault, and the job will be tried again."""
    db.session.execute(
        update(PrescriptionDocument)
        .where(PrescriptionDocument.id == document_id)
        .values(opened_times=PrescriptionDocument.opened_times - 1)
    )


def _end(
    document_id: int, state: FileState, at: datetime, refusal: str | None = None
) -> PrescriptionDocument | None:
    """Settle the document's state and ask that what was sent be erased. None where that was done before."""
    document = _being_opened(document_id)
    if document is None:
        return None
    enqueue("erase_files", f"erase_raw:{document.reference}", {"file_ids": [document.raw_file_id]}, at=at)
    document.state, document.refusal, document.raw_file_id = state, refusal, None
    db.session.flush()
    return document
