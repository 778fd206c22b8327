"""The verification desk: the queue, one prescription with its document, its checks and its decision."""

import re

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from shop.access import Permission, requires
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.keyset import edge_from
from shop.patients.errors import BirthDateWrong, TooManyPatients
from shop.pharmacist import (
    back_pages,
    confirm_pages,
    fact_change_pages,
    fact_pages,
    fill_pages,
    prescriber_pages,
    review_pages,
    rule_pages,
    search_pages,
)
from shop.pharmacist import desk as desks
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.deciding import NewFiles, NotReady, check_seen, decide_on
from shop.pharmacist.desk_page import desk_page, readable
from shop.pharmacist.forms import EntryForm, declining, with_item, without_item
from shop.pharmacist.reuse import blueprint as copy_pages
from shop.prescriptions import reasons, standing, steps
from shop.prescriptions.states import PrescriptionStatus
from shop.prescriptions.verification import decisions, queue, taking_back
from shop.web import settings

REMOVE_ITEM = re.compile(r"remove_item-([0-9]{1,2})")
DECLINE_ITEM = re.compile(r"decline-([0-9]{1,2})-([a-z_]{1,40})")
NO_PATIENT = (TooManyPatients, BirthDateWrong)
"""Why the person on the document could not be made a patient."""
DONE = {
    "approve": "Approved. The customer will get an email.",
    "ask": "Question sent. The customer will get an email.",
    "refuse": "Refused. The customer will get an email.",
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
        stands=standing.Stands(now()),
        undoable=taking_back.undoable(current_user.id, now()),
    )


@blueprint.get("/prescriptions/<reference>")
@requires(Permission.VERIFY)
def show(reference: str) -> Response:
    """The desk with one prescription on it."""
    prescription = readable(reference)
    return desk_page(prescription, EntryForm(formdata=None, data=desks.entered_before(prescription)))


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
    elif declined := DECLINE_ITEM.fullmatch(do):
        data = declining(data, int(declined[1]), declined[2])
    form = EntryForm(formdata=data)
    form.validate()
    if do in confirm_pages.DONE:
        return _confirmation(do, reference, form)
    return desk_page(readable(reference), form, do=do, checking=do == "check" or "checked" in request.form)


def _confirmation(do: str, reference: str, form: EntryForm) -> Response:
    """Record or undo a copy's confirmation; what is typed in of an open one is kept."""
    checking = "checked" in request.form
    try:
        check_seen(readable(reference), request.form)
        confirm_pages.take_step(do, reference, request.form, current_user.id)
    except DomainError as refusal:
        error = f"{refusal.message} {refusal.todo}"
        return desk_page(readable(reference), form, refusal.status, checking=checking, error=error)
    flash(confirm_pages.DONE[do])
    prescription = readable(reference)
    if prescription.status == PrescriptionStatus.WAITING:
        return desk_page(prescription, form, checking=checking)
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/decide")
@requires(Permission.VERIFY)
def decide(reference: str) -> Response:
    """Approve, ask or refuse. What keeps a decision from being taken is said, and what was typed is kept."""
    prescription, form = readable(reference), EntryForm()
    decision = request.form.get("decision", "")
    try:
        decide_on(prescription, form, decision, current_user.id, settings(), now())
    except (NotReady, NewFiles, decisions.ChecksUnmet, steps.TakenByAnother, *NO_PATIENT) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        checking = not isinstance(refusal, NotReady) or "checked" in request.form
        return desk_page(readable(reference), form, refusal.status, checking=checking, error=error)
    flash(DONE[decision])
    following = queue.next_waiting(reference)
    target = (
        url_for("pharmacist.show", reference=following) if following else url_for("pharmacist.queue_page")
    )
    return redirect(target, 303)  # type: ignore[return-value]


__all__ = [
    "BLUEPRINTS",
    "back_pages",
    "fact_change_pages",
    "fact_pages",
    "fill_pages",
    "prescriber_pages",
    "review_pages",
    "rule_pages",
    "search_pages",
]

BLUEPRINTS = (blueprint, copy_pages)
