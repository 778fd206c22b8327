"""The page of one prescription on the desk, whatever leads to it. Reading a patient's data is recorded."""

from dataclasses import replace
from datetime import datetime

from flask import Response, make_response, render_template, request
from flask_login import current_user

from shop.clock import business_date, now
from shop.database import transaction
from shop.errors import NotFound
from shop.patients import service as patients
from shop.patients import words as patient_words
from shop.pharmacist import desk as desks
from shop.pharmacist import directions_help, drug_checks
from shop.pharmacist.deciding import notes_in, outcomes_in
from shop.pharmacist.desk import Desk
from shop.pharmacist.drug_checks import Reviewed
from shop.pharmacist.forms import EntryForm, TransferForm
from shop.pharmacist.header import found_for, with_header
from shop.pharmacist.reuse import copies_of
from shop.pharmacist.viewer import drawing, view_from
from shop.prescriptions import early_reasons, origins, prescribers, queries, reasons, rules, standing, steps
from shop.prescriptions.ledger import combined_fill, confirming, early_fill
from shop.prescriptions.ledger.overview import overview
from shop.prescriptions.models import Prescription
from shop.prescriptions.prescriber_rules import identifier_of
from shop.prescriptions.states import FileState, PrescriptionStatus
from shop.prescriptions.verification import taking_back
from shop.prescriptions.verification.checks import unmet
from shop.prescriptions.verification.reuse import Earlier
from shop.prescriptions.verification.typed import Check
from shop.web import settings


def readable(reference: str) -> Prescription:
    """Any prescription with readable files, but a withdrawn one: its sender was told nobody will read it."""
    prescription = queries.by_reference(reference)
    if prescription is None or prescription.status == PrescriptionStatus.WITHDRAWN:
        raise NotFound("We couldn’t find this prescription.", "Go back to the queue.")
    if prescription.files_state != FileState.READY:
        raise steps.FilesNotReady
    return prescription


def desk_page(
    prescription: Prescription,
    form: EntryForm,
    status: int = 200,
    *,
    do: str = "",
    checking: bool = False,
    error: str = "",
    transfer_form: TransferForm | None = None,
    revoking: str = "",
) -> Response:
    """The page; `revoking` is the field that was wrong in the form that revokes."""
    at = now()
    desk = desks.desk(prescription, form, at)
    known = desks.offer_medicines(form, [variant for variant, _ in desk.wanted])
    directions_help.say_in_full(form, known)
    if checking and desk.open:
        directions_help.fill_days(form, known)
    form.carry_over_reason()
    prescribers_found = found_for(form, do)
    copies = copies_of(prescription, form, desks.chosen(form, desk.patients))
    found = _reviewed(form, desk, at) if checking else Reviewed()
    checks = _checks(form, desk, copies, found) if checking else []
    view = view_from(request.values, len(desk.sheets)).after(do, len(desk.sheets))
    outcomes, notes = outcomes_in(request.form), notes_in(request.form)
    fills = overview([prescription], business_date(at))
    html = render_template(
        "pharmacist/desk.html",
        desk=desk,
        prescription=prescription,
        form=form,
        checks=checks,
        copies=copies or (),
        tally=desks.tally(checks),
        unmet=unmet(checks, outcomes, notes),
        outcomes=outcomes,
        notes=notes,
        stopping=drug_checks.stopping(form.typed()) if desk.open else [],
        view=view,
        drawing=drawing(view, desk.sheets),
        error=error,
        following=_following(desk),
        words=reasons.WORDS,
        most_items=rules.MOST_ITEMS,
        revoking=revoking,
        transfer_form=transfer_form or TransferForm(formdata=None),
        stands=standing.Stands(at),
        left=lambda item: rules.remaining(item.authorized, item.taken),
        undoable=taking_back.undoable(current_user.id, at),
        revoke_reasons={code.value: words.short for code, words in reasons.WORDS.items() if words.may_revoke},
        fills=fills,
        early_reasons={reason.value: words for reason, words in early_reasons.WORDS.items()},
        closable=early_fill.closable(prescription),
        combinable=combined_fill.combinable(prescription, business_date(at)),
        combining=combined_fill,
        counts=desk.counts,
        today=business_date(at),
        profile=patient_words,
        prescribers_found=prescribers_found,
        prescriber=prescribers.by_id(prescription.prescriber_id),
        to_be_confirmed=confirming.waits_for_confirmation(prescription),
        confirmed_how=confirming.WORDS,
        shipped=any(fill.shipments for of in fills.values() for fill in of.begun),
        identifier=identifier_of(settings().market),
        asked_for=origins.asked_for,
        origin_labels=origins.LABELS,
    )
    _record(desk, found, at)
    return make_response(html, status)


def _record(desk: Desk, found: Reviewed, at: datetime) -> None:
    """Each page with a patient's health on it is recorded before it is sent; the customer sees by whom. So
    are the alerts it shows."""
    pharmacist_id = current_user.id
    if desk.patient is None and not found.asked:
        return
    with transaction():
        if desk.patient is not None:
            patients.record_reading(desk.patient.id, pharmacist_id, "pharmacist", at)
        drug_checks.keep_shown(desk.prescription, found, at)


def _reviewed(form: EntryForm, desk: Desk, at: datetime) -> Reviewed:
    """The drug utilization review, while the prescription is open."""
    if not desk.open:
        return Reviewed()
    return drug_checks.reviewed(desk.prescription, form.typed(), desks.chosen(form, desk.patients), at)


def _checks(form: EntryForm, desk: Desk, copies: tuple[Earlier, ...] | None, found: Reviewed) -> list[Check]:
    config, patient = settings(), desks.chosen(form, desk.patients)
    grounds = desks.grounds_for(form, patient, config.market, config.prescription_life_days, now(), copies)
    grounds = with_header(grounds, form, desk.prescription, config.market)
    return desks.checked(form, replace(grounds, review=found.checks))


def _following(desk: Desk) -> str | None:
    return next(
        (row.reference for row in desk.waiting.rows if row.reference != desk.prescription.reference), None
    )
