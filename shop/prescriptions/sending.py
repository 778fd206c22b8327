"""From a customer's form to a prescription: files looked at, charged, kept, submitted; refusals beside them.

The one path for every page with an upload form. Nothing is opened here: the worker does that (`rendering`).
It begins its own transactions: files are written to the vault between two of them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, TypeVar, cast

from flask import Response
from werkzeug.datastructures import FileStorage

from shop.database import transaction
from shop.errors import DomainError
from shop.patients import notice
from shop.patients import service as patients
from shop.patients.rules import Relation
from shop.prescriptions import queries, service
from shop.prescriptions.forms import AnswerForm, FilesForm, PrescriptionForm
from shop.prescriptions.rules import MOST_DOCUMENTS
from shop.prescriptions.uploads import budget, documents
from shop.prescriptions.uploads.budget import OverBudget
from shop.prescriptions.uploads.files import KeptFile, SentFile, keep_files
from shop.prescriptions.uploads.intake import check
from shop.prescriptions.uploads.refusals import NoFileSent, UploadRefused

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
    files = _taken_in(form, user_id, at)
    if not files and not form.documents.errors and not queries.has_usable_drafts(user_id):
        _add_error(form, NoFileSent())
    if sound and not form.documents.errors:
        reference = _written(form, files, lambda kept: _submitted(form, user_id, kept, at))
        if reference:
            return reference
    if files and not _written(form, files, lambda kept: documents.keep_drafts(user_id, kept, at)):
        _give_back(files)
    return None


def _submitted(form: PrescriptionForm, user_id: int, kept: list[KeptFile], at: datetime) -> str:
    """The prescription of the patient whom the form names; the first makes the account holder a patient."""
    notice.require(user_id, form.notice.data, at)
    if form.patients:
        patient_id = patients.locked(user_id, form.patient.data).id
    else:
        name, born = form.patient_name.data or "", form.patient_birth_date.data
        patient_id = patients.find_or_add(user_id, Relation.SELF, name, born, at)
    return service.submit(user_id, kept, form.note.data or "", at, patient_id).reference


def send_answer(form: AnswerForm, reference: str, user_id: int, at: datetime) -> bool:
    """Answer a pharmacist's question. False when the form now says what is wrong; then nothing was kept."""
    sound = form.validate()
    files = _taken_in(form, user_id, at)
    if not files and not form.documents.errors and not form.text.data:
        form.text.errors = ["Enter a reply, or choose a file."]
        return False
    if not sound or form.documents.errors:
        _give_back(files)
        return False
    with keep_files(files) as kept, transaction():
        notice.require(user_id, form.notice.data, at)
        service.answer(reference, user_id, kept, form.text.data or "", at)
    return True


def send_other_files(form: FilesForm, reference: str, user_id: int, at: datetime) -> bool:
    """Replace files that could not be opened. False when the form now says what is wrong."""
    sound = form.validate()
    files = _taken_in(form, user_id, at)
    if not files and not form.documents.errors:
        _add_error(form, NoFileSent())
    if not sound or form.documents.errors:
        _give_back(files)
        return False
    with keep_files(files) as kept, transaction():
        service.replace_refused(reference, user_id, kept, at)
    return True


def answered(response: Response, form: FilesForm) -> Response:
    """The page with a form that was not sent, under the status that says why."""
    if form.over_budget is not None:
        response.status_code = form.over_budget.status
        response.headers["Retry-After"] = str(form.over_budget.retry_after)
    elif form.errors:
        response.status_code = 422
    return response


def _taken_in(form: FilesForm, user_id: int, at: datetime) -> list[SentFile]:
    """The good files of a form, charged as all of its files are; what is wrong is said beside the field."""
    sent = [file for file in form.documents.data or [] if isinstance(file, FileStorage) and file.filename]
    looked_at = [(file, *_look(form, file, len(sent) > 1)) for file in sent[:MOST_DOCUMENTS]]
    if len(sent) > MOST_DOCUMENTS:
        _add_error(form, documents.TooManyDocuments())
    if not looked_at:
        return []
    try:
        with transaction():
            uses = budget.charge(user_id, [(size, good) for _, size, good in looked_at], at)
    except OverBudget as refusal:
        form.over_budget = refusal
        _add_error(form, refusal)
        return []
    return [
        SentFile(file.filename or "", size, cast(BinaryIO, file.stream), use_id)
        for (file, size, good), use_id in zip(looked_at, uses, strict=True)
        if good
    ]


def _look(form: FilesForm, file: FileStorage, one_of_several: bool) -> tuple[int, bool]:
    """A file's size in bytes and whether it may be opened; if not, the form says why."""
    name = file.filename or ""
    try:
        return check(cast(BinaryIO, file.stream), name), True
    except UploadRefused as refusal:
        _add_error(form, refusal, name if one_of_several else "")
        return file.stream.seek(0, 2), False


def _written(form: FilesForm, files: list[SentFile], write: Callable[[list[KeptFile]], Kept]) -> Kept | None:
    """Do `write` in a transaction with the files in the vault; a refusal is said beside the files."""
    try:
        with keep_files(files) as kept, transaction():
            return write(kept)
    except DomainError as refusal:
        _add_error(form, refusal)
        return None


def _give_back(files: list[SentFile]) -> None:
    """Nobody will open these: their processor time is free again. They still count as sent."""
    with transaction():
        for file in files:
            budget.settle(file.use_id, 0)


def _add_error(form: FilesForm, refusal: DomainError, filename: str = "") -> None:
    lead = f"{filename}: " if filename else ""
    form.documents.errors = [*form.documents.errors, f"{lead}{refusal.message} {refusal.todo}"]
