"""From the desk's form to a decision of `prescriptions.service`, in a transaction."""

from collections.abc import Mapping
from datetime import datetime

from flask import request

from shop.config import Settings
from shop.database import transaction
from shop.errors import DomainError
from shop.patients.queries import of_account
from shop.pharmacist.copies import copies_of
from shop.pharmacist.desk import chosen, grounds_for, offer_patients
from shop.pharmacist.forms import EntryForm
from shop.prescriptions.models import Prescription
from shop.prescriptions.reasons import WORDS, Reason
from shop.prescriptions.verification import decisions

OUTCOME = "outcome-"


class NotReady(DomainError):
    """The form does not hold what this decision needs."""

    status = 422
    code = "decision_not_ready"


def outcomes_in(data: Mapping[str, str]) -> dict[str, str]:
    """The outcomes given to checks, by the check's key."""
    return {name.removeprefix(OUTCOME): data[name] for name in data if name.startswith(OUTCOME)}


def decide_on(
    prescription: Prescription,
    form: EntryForm,
    decision: str,
    pharmacist_id: int,
    config: Settings,
    at: datetime,
) -> None:
    """Take the decision: approve, ask or refuse. Raises NotReady, and what the service raises."""
    readable = form.validate()
    reference, note = prescription.reference, form.note.data or ""
    if decision == "approve":
        if not readable:
            raise NotReady("Not approved: some fields have errors.", "Correct the highlighted fields.")
        _approve(prescription, form, pharmacist_id, config, at)
        return
    if decision not in ("ask", "refuse"):
        raise NotReady("Choose a decision.", "Approve, ask or refuse.")
    reason = _reason(form, decision)
    with transaction():
        if decision == "ask":
            decisions.ask(reference, pharmacist_id, reason, note, at)
        else:
            decisions.refuse(reference, pharmacist_id, reason, note, at)


def _approve(
    prescription: Prescription, form: EntryForm, pharmacist_id: int, config: Settings, at: datetime
) -> None:
    outcomes = outcomes_in(request.form)
    reference = prescription.reference
    with transaction():
        known = of_account(prescription.user_id)
        offer_patients(form, known, prescription.patient_id)
        patient = chosen(form, known)
        copies = copies_of(prescription, form, patient)
        grounds = grounds_for(form, patient, config.market, config.prescription_life_days, at, copies)
        decisions.approve(reference, pharmacist_id, form.typed(), grounds, outcomes, form.note.data or "", at)


def _reason(form: EntryForm, decision: str) -> Reason:
    """The coded reason; a free one needs the note to say it."""
    if form.note.errors:
        raise NotReady("The note is too long.", "Shorten it.")
    if not form.reason.data or form.reason.data not in set(Reason):
        form.reason.errors = ["Choose a reason."]
        raise NotReady(f"To {decision}, choose a reason first.", "The customer will see it.")
    reason = Reason(form.reason.data)
    words = WORDS[reason]
    if not (words.may_ask if decision == "ask" else words.may_refuse):
        form.reason.errors = [f"Not a reason to {decision}."]
        other = "refuse" if decision == "ask" else "ask"
        raise NotReady(f"“{words.short}” is not a reason to {decision}.", f"Choose another, or {other}.")
    if reason in (Reason.OTHER, Reason.TREATMENT_QUESTION) and not form.note.data:
        form.note.errors = ["Explain it in the note."]
        raise NotReady(f"“{words.short}” needs a note.", "Tell the customer what it is.")
    return reason
