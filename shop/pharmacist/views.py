"""The verification desk: the queue, one prescription with its document, its checks and its decision."""

import re

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from shop.access import Permission, requires
from shop.clock import business_date, now
from shop.database import transaction
from shop.errors import NotFound
from shop.keyset import edge_from
from shop.patients import service as patients
from shop.patients import words as patient_words
from shop.patients.errors import BirthDateWrong, TooManyPatients
from shop.pharmacist import desk as desks
from shop.pharmacist.copies import blueprint as copy_pages
from shop.pharmacist.copies import copies_of
from shop.pharmacist.deciding import NotReady, decide_on, outcomes_in
from shop.pharmacist.desk import Desk
from shop.pharmacist.forms import LONGEST_NOTE, EntryForm, stripped, with_item, without_item
from shop.pharmacist.viewer import drawing, view_from
from shop.prescriptions import queries, reasons, rules, steps
from shop.prescriptions.ledger import early_fill
from shop.prescriptions.ledger.early_fill import EarlyReason
from shop.prescriptions.ledger.overview import overview
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import FileState, PrescriptionStatus
from shop.prescriptions.verification import decisions, queue, taking_back
from shop.prescriptions.verification.checks import unmet
from shop.prescriptions.verification.copies import Earlier
from shop.prescriptions.verification.typed import Check
from shop.web import settings

blueprint = Blueprint("pharmacist", __name__, url_prefix="/pharmacist")
REMOVE_ITEM = re.compile(r"remove_item-([0-9]{1,2})")
NO_PATIENT = (TooManyPatients, BirthDateWrong)
"""Why the person on the document could not be made a patient."""
DONE = {
    "approve": "Approved. The customer will get an email.",
    "ask": "Question sent. The customer will get an email.",
    "refuse": "Refused. The customer will get an email.",
    "revoke": "Revoked. Nothing more is dispensed; open orders on it are canceled in a minute.",
    "undo": "Undone. The customer hasn’t been told anything.",
}


@blueprint.get("/")
@requires(Permission.VERIFY)
def queue_page() -> str:
    """The queue: waiting, asked, decided."""
    tab = request.args.get("tab", "waiting")
    if tab not in queue.TABS:
        raise NotFound("We couldn’t find this list.", "Go back to the queue.")
    page = queue.page(tab, edge_from(request.args.get("from", "")), now())
    return render_template(
        "pharmacist/queue.html",
        tab=tab,
        page=page,
        counts=queue.counts(),
        words=reasons.WORDS,
        undoable=taking_back.undoable(current_user.id, now()),
    )


@blueprint.get("/prescriptions/<reference>")
@requires(Permission.VERIFY)
def show(reference: str) -> Response:
    """The desk with one prescription on it."""
    prescription = _any(reference)
    return _desk_page(prescription, EntryForm(formdata=None, data=desks.entered_before(prescription)))


@blueprint.post("/prescriptions/<reference>/claim")
@requires(Permission.VERIFY)
def claim(reference: str) -> Response:
    """Say that I am on it, or let go of it."""
    with transaction():
        if request.form.get("let_go"):
            decisions.unclaim(reference, current_user.id, now())
        else:
            decisions.claim(reference, current_user.id, now())
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/check")
@requires(Permission.VERIFY)
def check(reference: str) -> Response:
    """The same desk with the checks of what is typed in so far, or with another view of the document."""
    do = request.form.get("do", "check")
    data: MultiDict[str, str] = request.form
    if do == "add_item":
        data = with_item(data)
    elif removed := REMOVE_ITEM.fullmatch(do):
        data = without_item(data, int(removed[1]))
    form = EntryForm(formdata=data)
    form.validate()
    return _desk_page(_any(reference), form, do=do, checking=do == "check" or "checked" in request.form)


@blueprint.post("/prescriptions/<reference>/decide")
@requires(Permission.VERIFY)
def decide(reference: str) -> Response:
    """Approve, ask or refuse. What keeps a decision from being taken is said, and what was typed is kept."""
    prescription, form = _any(reference), EntryForm()
    decision = request.form.get("decision", "")
    try:
        decide_on(prescription, form, decision, current_user.id, settings(), now())
    except (NotReady, decisions.ChecksUnmet, steps.TakenByAnother, *NO_PATIENT) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        checking = not isinstance(refusal, NotReady) or "checked" in request.form
        return _desk_page(_any(reference), form, refusal.status, checking=checking, error=error)
    flash(DONE[decision])
    following = queue.next_waiting(reference)
    target = (
        url_for("pharmacist.show", reference=following) if following else url_for("pharmacist.queue_page")
    )
    return redirect(target, 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/revoke")
@requires(Permission.VERIFY)
def revoke(reference: str) -> Response:
    """Revoke an approval for a coded reason."""
    prescription = _any(reference)
    reason, note = request.form.get("reason", ""), stripped(request.form.get("note"))
    try:
        if reason not in set(reasons.Reason) or not reasons.WORDS[reasons.Reason(reason)].may_revoke:
            raise NotReady("To revoke, choose a reason first.", "The customer will see it.")
        if len(note) > LONGEST_NOTE:
            raise NotReady("The note is too long.", "Shorten it.")
        with transaction():
            taking_back.revoke(reference, current_user.id, reasons.Reason(reason), note, now())
    except (NotReady, steps.AlreadyDecided) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        return _desk_page(prescription, EntryForm(formdata=None), refusal.status, error=error)
    flash(DONE["revoke"])
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/undo")
@requires(Permission.VERIFY)
def undo(reference: str) -> Response:
    """Undo one's own decision of the last minute."""
    with transaction():
        taking_back.undo(reference, current_user.id, now())
    flash(DONE["undo"])
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/items/<int:item_id>/open-fill")
@requires(Permission.VERIFY)
def open_fill(reference: str, item_id: int) -> Response:
    """Open a medicine's next fill before its day, for a coded reason."""
    reason, at = request.form.get("reason", ""), now()
    prescription = _any(reference)
    try:
        if reason not in set(EarlyReason):
            raise NotReady("Choose a reason to open the fill early.", "It is kept with your name.")
        with transaction():
            early_fill.open_next(
                reference, item_id, EarlyReason(reason), current_user.id, at, business_date(at)
            )
    except (NotReady, early_fill.NothingToOpen) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        return _desk_page(prescription, EntryForm(formdata=None), refusal.status, error=error)
    flash("Fill opened. The customer can order it now.")
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


def _any(reference: str) -> Prescription:
    """Any prescription with readable files, but a withdrawn one: its sender was told nobody will read it."""
    prescription = queries.by_reference(reference)
    if prescription is None or prescription.status == PrescriptionStatus.WITHDRAWN:
        raise NotFound("We couldn’t find this prescription.", "Go back to the queue.")
    if prescription.files_state != FileState.READY:
        raise steps.FilesNotReady
    return prescription


def _desk_page(
    prescription: Prescription,
    form: EntryForm,
    status: int = 200,
    *,
    do: str = "",
    checking: bool = False,
    error: str = "",
) -> Response:
    at = now()
    desk = desks.desk(prescription, form, at)
    desks.offer_medicines(form, [variant for variant, _ in desk.wanted])
    copies = copies_of(prescription, form, desks.chosen(form, desk.patients))
    checks = _checks(form, desk, copies) if checking else []
    view = view_from(request.values, len(desk.sheets)).after(do, len(desk.sheets))
    outcomes = outcomes_in(request.form)
    html = render_template(
        "pharmacist/desk.html",
        desk=desk,
        prescription=prescription,
        form=form,
        checks=checks,
        copies=copies or (),
        tally=desks.tally(checks),
        unmet=unmet(checks, outcomes),
        outcomes=outcomes,
        view=view,
        drawing=drawing(view, desk.sheets),
        error=error,
        following=_following(desk),
        words=reasons.WORDS,
        most_items=rules.MOST_ITEMS,
        left=lambda item: rules.remaining(item.authorized, item.taken),
        undoable=taking_back.undoable(current_user.id, at),
        revoke_reasons={code.value: words.short for code, words in reasons.WORDS.items() if words.may_revoke},
        fills=overview([prescription], business_date(at)),
        early_reasons={reason.value: words for reason, words in early_fill.WORDS.items()},
        counts=desk.counts,
        today=business_date(at),
        profile=patient_words,
    )
    if desk.patient is not None:
        _record_reading(desk.patient.id)
    return make_response(html, status)


def _record_reading(patient_id: int) -> None:
    """Each page with a patient's health on it is recorded before it is sent; the customer sees by whom."""
    pharmacist_id = current_user.id
    with transaction():
        patients.record_reading(patient_id, pharmacist_id, "pharmacist", now())


def _checks(form: EntryForm, desk: Desk, copies: tuple[Earlier, ...] | None) -> list[Check]:
    config, patient = settings(), desks.chosen(form, desk.patients)
    grounds = desks.grounds_for(form, patient, config.market, config.prescription_life_days, now(), copies)
    return desks.checked(form, grounds)


def _following(desk: Desk) -> str | None:
    return next(
        (row.reference for row in desk.waiting.rows if row.reference != desk.prescription.reference), None
    )


BLUEPRINTS = (blueprint, copy_pages)
