"""From the desk's form to a decision of `prescriptions.service`, in a transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flask import request

from shop.config import Settings
from shop.database import transaction
from shop.errors import DomainError
from shop.form_fields import LONGEST_NOTE, stripped
from shop.numbers import digits
from shop.patients.queries import of_account
from shop.pharmacist import drug_checks
from shop.pharmacist.desk import chosen, grounds_for, offer_patients
from shop.pharmacist.forms import EntryForm
from shop.pharmacist.header import with_header
from shop.pharmacist.reuse import copies_of
from shop.prescriptions.ledger.combined_fill import CombineReason, Judgment
from shop.prescriptions.models import Prescription
from shop.prescriptions.reasons import WORDS, Reason, note_missing
from shop.prescriptions.verification import decisions, medicines

OUTCOME, NOTE = "outcome-", "note-"


class NotReady(DomainError):
    """The form does not hold what this decision needs."""

    status = 422
    code = "decision_not_ready"


def outcomes_in(data: Mapping[str, str]) -> dict[str, str]:
    """The outcomes given to checks, by the check's key."""
    return {name.removeprefix(OUTCOME): data[name] for name in data if name.startswith(OUTCOME)}


def notes_in(data: Mapping[str, str]) -> dict[str, str]:
    """The notes to outcomes, by the check's key."""
    return {name.removeprefix(NOTE): stripped(data[name]) for name in data if name.startswith(NOTE)}


def check_notes(notes: Mapping[str, str]) -> None:
    """Raise NotReady for a note that is too long."""
    if any(len(note) > LONGEST_NOTE for note in notes.values()):
        raise NotReady(f"A note can have at most {LONGEST_NOTE} characters.", "Shorten it.")


def combining_in(data: Mapping[str, str]) -> tuple[int, CombineReason, Judgment | None]:
    """How many fills to combine, why, and by what judgment, None for none. Raises NotReady."""
    count = digits(data.get("count"), 2)
    reason, judgment = data.get("reason", ""), data.get("judgment", "")
    if count is None:
        raise NotReady("Choose how many fills to combine.", "At least two.")
    if reason not in set(CombineReason):
        raise NotReady("Choose a reason to combine fills.", "It is kept with your name.")
    known = Judgment(judgment) if judgment in set(Judgment) else None
    return count, CombineReason(reason), known


class NewFiles(DomainError):
    """The customer sent more files than this page shows: nothing is decided on what nobody looked at."""

    code = "new_files"

    def __init__(self) -> None:
        super().__init__(
            "The customer sent new files after you opened this page; nothing was saved.",
            "They’re shown now. Look at them first.",
        )


def check_seen(prescription: Prescription, fields: Mapping[str, str]) -> None:
    """Raise NewFiles where the page that was sent shows an older newest document than there is."""
    if fields.get("seen", str(prescription.newest_document)) != str(prescription.newest_document):
        raise NewFiles


def decide_on(
    prescription: Prescription,
    form: EntryForm,
    decision: str,
    pharmacist_id: int,
    config: Settings,
    at: datetime,
) -> None:
    """Take the decision: approve, ask or refuse. Raises NotReady, NewFiles, and what the service raises."""
    readable = form.validate()
    check_seen(prescription, request.form)
    reference, note = prescription.reference, form.note.data or ""
    if decision == "approve":
        if not readable:
            raise NotReady("Not approved: some fields have errors.", "Correct the highlighted fields.")
        _approve(prescription, form, pharmacist_id, config, at)
        return
    if decision not in ("ask", "refuse"):
        raise NotReady("Choose a decision.", "Approve, ask or refuse.")
    if decision == "ask":
        reason = _reason(form, decision)
        with transaction():
            decisions.ask(reference, pharmacist_id, reason, note, at)
        return
    _refuse(prescription, form, pharmacist_id, config, at)


def _approve(
    prescription: Prescription, form: EntryForm, pharmacist_id: int, config: Settings, at: datetime
) -> None:
    outcomes, notes = outcomes_in(request.form), notes_in(request.form)
    check_notes(notes)
    typed, reference = form.typed(), prescription.reference
    with transaction():
        known = of_account(prescription.user_id)
        offer_patients(form, known, prescription.patient_id)
        patient = chosen(form, known)
        copies = copies_of(prescription, form, patient)
        grounds = grounds_for(form, patient, config.market, config.prescription_life_days, at, copies)
        grounds = with_header(grounds, form, prescription, config.market)
        found = drug_checks.reviewed(prescription, typed, patient, at)
        grounds = replace(grounds, review=found.checks)
        note = form.note.data or ""
        approved = decisions.approve(reference, pharmacist_id, typed, grounds, outcomes, note, at, notes)
        drug_checks.keep_decided(approved, found, outcomes, notes, pharmacist_id, at)


def _refuse(
    prescription: Prescription, form: EntryForm, pharmacist_id: int, config: Settings, at: datetime
) -> None:
    """Refuse it; where every medicine is declined, with each one's reason, and theirs for the whole."""
    typed = form.typed()
    each = typed.items if typed.all_declined else ()
    if each and any(entry.form.errors for entry in form.items):
        raise NotReady("Not refused: some fields have errors.", "Correct the highlighted fields.")
    reason = _reason(form, "refuse", form.reason_of_all())
    ids = {item.variant_id for item in each if item.variant_id is not None}
    with transaction():
        known = medicines.medicines(ids, config.market)
        decisions.refuse(prescription.reference, pharmacist_id, reason, form.note.data or "", at, each, known)


def _reason(form: EntryForm, decision: str, of_all: Reason | None = None) -> Reason:
    """The coded reason; a free one needs the note to say it. `of_all` is that of each medicine, which has
    said it already.
    """
    if form.note.errors:
        raise NotReady("The note is too long.", "Shorten it.")
    if of_all and (not form.reason.data or form.reason.data == of_all):
        return of_all
    if not form.reason.data or form.reason.data not in set(Reason):
        form.reason.errors = ["Choose a reason."]
        raise NotReady(f"To {decision}, choose a reason first.", "The customer will see it.")
    reason = Reason(form.reason.data)
    words = WORDS[reason]
    if not (words.may_ask if decision == "ask" else words.may_refuse):
        form.reason.errors = [f"Not a reason to {decision}."]
        other = "refuse" if decision == "ask" else "ask"
        raise NotReady(f"“{words.short}” is not a reason to {decision}.", f"Choose another, or {other}.")
    if note_missing(reason, form.note.data or ""):
        form.note.errors = ["Explain it in the note."]
        raise NotReady(f"“{words.short}” needs a note.", "Tell the customer what it is.")
    return reason
