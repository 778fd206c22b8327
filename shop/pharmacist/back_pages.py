"""Taking a decision back: revoked, transferred to another pharmacy, or undone; and a question."""

from flask import Response, flash, redirect, request, url_for
from flask_login import current_user

from shop.access import Permission, requires
from shop.clock import now
from shop.database import transaction
from shop.form_fields import LONGEST_NOTE, stripped
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.deciding import NotReady
from shop.pharmacist.desk_page import desk_page, readable
from shop.pharmacist.forms import EntryForm, TransferForm
from shop.prescriptions import reasons, steps
from shop.prescriptions.verification import taking_back


@blueprint.post("/prescriptions/<reference>/revoke")
@requires(Permission.VERIFY)
def revoke(reference: str) -> Response:
    """Revoke an approval for a coded reason."""
    prescription = readable(reference)
    reason, note = request.form.get("reason", ""), stripped(request.form.get("note"))
    wrong = "reason"
    try:
        if reason not in set(reasons.Reason) or not reasons.WORDS[reasons.Reason(reason)].may_revoke:
            raise NotReady("To revoke, choose a reason first.", "The customer will see it.")
        wrong = "note"
        if len(note) > LONGEST_NOTE:
            raise NotReady("The note is too long.", "Shorten it.")
        if reasons.note_missing(reason, note):
            raise NotReady("This reason needs a note.", "Tell the customer what it is.")
        with transaction():
            taking_back.revoke(reference, current_user.id, reasons.Reason(reason), note, now())
    except (NotReady, steps.AlreadyDecided) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        entry = EntryForm(formdata=None)
        return desk_page(prescription, entry, refusal.status, error=error, revoking=wrong)
    flash("Revoked. Nothing more is dispensed. Open orders on it are canceled in a minute.")
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/transfer")
@requires(Permission.VERIFY)
def transfer(reference: str) -> Response:
    """Give what is left of an approval to another pharmacy."""
    prescription, form = readable(reference), TransferForm()
    try:
        if not form.validate():
            raise NotReady("Not transferred: some fields have errors.", "Correct the highlighted fields.")
        with transaction():
            taking_back.transfer(reference, current_user.id, form.to, now())
    except (NotReady, steps.AlreadyDecided) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        entry = EntryForm(formdata=None)
        return desk_page(prescription, entry, refusal.status, error=error, transfer_form=form)
    flash("Transferred. Nothing more is dispensed here. Open orders on it are canceled in a minute.")
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/question/take-back")
@requires(Permission.VERIFY)
def take_back_question(reference: str) -> Response:
    """The customer need not answer any more."""
    try:
        with transaction():
            is_told = taking_back.take_back_question(reference, current_user.id, now())
    except steps.AlreadyDecided as refusal:
        flash(refusal.in_full, f"error {refusal.code}")
    else:
        told = "The customer got an email about it." if is_told else "The customer got no email about it."
        flash(f"Question taken back. {told}")
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/undo")
@requires(Permission.VERIFY)
def undo(reference: str) -> Response:
    """Undo one's own decision of the last minute."""
    with transaction():
        taking_back.undo(reference, current_user.id, now())
    flash("Undone. The customer hasn’t been told anything.")
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]
