"""Possible reuse at the desk: what is typed in so far, and two prescriptions laid side by side."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template
from flask_login import current_user

from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.catalogue import queries as catalogue
from shop.clock import now
from shop.database import transaction
from shop.errors import NotFound
from shop.patients import service as patients
from shop.pharmacist.forms import EntryForm
from shop.pharmacist.viewer import Sheet
from shop.prescriptions import queries, standing
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import FileState, PrescriptionStatus
from shop.prescriptions.verification import reuse_search
from shop.prescriptions.verification.reuse import Earlier, Facts
from shop.prescriptions.verification.typed import ForPatient

blueprint = Blueprint("reuse", __name__, url_prefix="/pharmacist")


@dataclass(frozen=True)
class Side:
    """One of the two. `sheets` is empty for a withdrawn one: its sender was told nobody will read it."""

    prescription: Prescription
    customer: str
    sheets: list[Sheet]
    withdrawn: bool


def copies_of(
    prescription: Prescription, form: EntryForm, patient: ForPatient | None
) -> tuple[Earlier, ...] | None:
    """Which earlier ones a waiting prescription may be, by what the form says so far; None once decided."""
    if prescription.status != PrescriptionStatus.WAITING:
        return None
    typed = form.typed()
    born = typed.patient_birth_date or (patient.born if patient else None)
    persons = [(typed.patient_name, born), *([(patient.name, patient.born)] if patient else [])]
    facts = Facts(
        typed.prescriber_npi,
        typed.issued_on,
        reuse_search.persons_of(*persons),
        frozenset(item.variant_id for item in typed.items if item.variant_id is not None),
    )
    return reuse_search.copies_of(prescription, facts)


@blueprint.get("/prescriptions/<reference>/copies/<other>")
@requires(Permission.VERIFY)
def compare(reference: str, other: str) -> Response:
    """Both documents beside each other. Looking is recorded for both, as at the desk."""
    sides = [_side(reference), _side(other)]
    if reference == other:
        raise _not_found()
    items = [item for side in sides for item in side.prescription.items]
    html = render_template(
        "pharmacist/reuse.html",
        sides=sides,
        reference=reference,
        medicines=catalogue.variants(item.variant_id for item in items),
        stands=standing.Stands(now()),
    )
    pharmacist_id = current_user.id
    for patient_id in {side.prescription.patient_id for side in sides} - {None}:
        assert patient_id is not None
        with transaction():
            patients.record_reading(patient_id, pharmacist_id, "pharmacist", now())
    return make_response(html)


def _side(reference: str) -> Side:
    prescription = queries.by_reference(reference)
    if prescription is None:
        raise _not_found()
    names = accounts.names_of({prescription.user_id})
    withdrawn = prescription.status == PrescriptionStatus.WITHDRAWN
    sheets = [] if withdrawn else sheets_of(prescription)
    return Side(prescription, names.get(prescription.user_id, ""), sheets, withdrawn)


def sheets_of(prescription: Prescription) -> list[Sheet]:
    """The pages of its documents that can be read, in order."""
    return [
        Sheet(
            f"/prescriptions/documents/{document.reference}/{page.number}",
            page.width,
            page.height,
            document.filename,
        )
        for document in prescription.documents
        if document.state == FileState.READY
        for page in document.pages
    ]


def _not_found() -> NotFound:
    return NotFound("We couldn’t find this prescription.", "Go back to the queue.")
