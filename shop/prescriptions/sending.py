"""From a customer's form to a prescription: files accepted, written, submitted; refusals said beside them.

The one path for every page with an upload form. It opens its own transactions, after the files were looked
at: that takes seconds and runs in another process.
"""

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, TypeVar, cast

from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField

from shop.database import transaction
from shop.errors import DomainError
from shop.prescriptions import documents, queries, service
from shop.prescriptions.documents import SentFile, VaultedFile
from shop.prescriptions.forms import AnswerForm, PrescriptionForm
from shop.prescriptions.rules import MOST_DOCUMENTS
from shop.prescriptions.upload_refusals import NoFileSent, UploadRefused
from shop.prescriptions.uploads import accept

Kept = TypeVar("Kept")


def send(form: PrescriptionForm, user_id: int, at: datetime) -> str | None:
    """Send what the form holds; its reference, or None when the form now says what is wrong.

    When only one thing was wrong, the files that were good are kept as drafts and need not be chosen again.
    """
    if form.remove.data:
        with transaction():
            documents.remove_draft(user_id, form.remove.data, at)
        return None
    sound = form.validate()
    files = _accepted(form.documents)
    if not files and not form.documents.errors and not queries.drafts(user_id):
        _say(form.documents, NoFileSent())
    if sound and not form.documents.errors:
        reference = _stored(
            form, files, lambda kept: service.submit(user_id, kept, form.note.data or "", at).reference
        )
        if reference:
            return reference
    if files:
        _stored(form, files, lambda kept: documents.keep_drafts(user_id, kept, at))
    return None


def send_answer(form: AnswerForm, reference: str, user_id: int, at: datetime) -> bool:
    """Answer a pharmacist's question. False when the form now says what is wrong; then nothing was kept."""
    sound = form.validate()
    files = _accepted(form.documents)
    if not files and not form.documents.errors and not form.text.data:
        form.text.errors = ["Write an answer, or choose a file to send."]
        return False
    if not sound or form.documents.errors:
        return False
    with documents.vaulted(files) as kept, transaction():
        service.answer(reference, user_id, kept, form.text.data or "", at)
    return True


def _accepted(field: MultipleFileField) -> list[SentFile]:
    """The good files of a field; what is wrong with the others is said beside it."""
    sent = [file for file in field.data or [] if isinstance(file, FileStorage) and file.filename]
    good: list[SentFile] = []
    for file in sent[:MOST_DOCUMENTS]:
        name = file.filename or ""
        try:
            accepted = accept(cast(BinaryIO, file.stream), name)
        except UploadRefused as refusal:
            _say(field, refusal, name if len(sent) > 1 else "")
        else:
            good.append(SentFile(name, file.stream.tell(), accepted))
    if len(sent) > MOST_DOCUMENTS:
        _say(field, documents.TooManyDocuments())
    return good


def _stored(
    form: PrescriptionForm, files: list[SentFile], write: Callable[[list[VaultedFile]], Kept]
) -> Kept | None:
    """Do `write` in a transaction with the files in the vault; a refusal is said beside the files."""
    try:
        with documents.vaulted(files) as kept, transaction():
            return write(kept)
    except DomainError as refusal:
        _say(form.documents, refusal)
        return None


def _say(field: MultipleFileField, refusal: DomainError, filename: str = "") -> None:
    lead = f"{filename}: " if filename else ""
    field.errors = [*field.errors, f"{lead}{refusal.message} {refusal.todo}"]
