"""Fills that a pharmacist opens before their day, or combines in one."""

from flask import Response, flash, redirect, request, url_for
from flask_login import current_user

from shop.access import Permission, requires
from shop.clock import business_date, now
from shop.database import transaction
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.deciding import NotReady, combining_in
from shop.pharmacist.desk_page import desk_page, readable
from shop.pharmacist.forms import EntryForm
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger import combined_fill, early_fill


@blueprint.post("/prescriptions/<reference>/items/<int:item_id>/open-fill")
@requires(Permission.VERIFY)
def open_fill(reference: str, item_id: int) -> Response:
    """Open a medicine's next fill before its day, for a coded reason; or take that back."""
    reason, at = request.form.get("reason", ""), now()
    prescription, closing = readable(reference), "close" in request.form
    try:
        if not closing and reason not in set(EarlyReason):
            raise NotReady("Choose a reason to open the fill early.", "It is kept with your name.")
        with transaction():
            if closing:
                early_fill.close_again(reference, item_id, current_user.id, at)
            else:
                early_fill.open_next(
                    reference, item_id, EarlyReason(reason), current_user.id, at, business_date(at)
                )
    except (NotReady, early_fill.NothingToOpen, early_fill.NothingToClose) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        return desk_page(prescription, EntryForm(formdata=None), refusal.status, error=error)
    flash("Closed. It opens on its day." if closing else "Fill opened. The customer can order it now.")
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/items/<int:item_id>/combine-fills")
@requires(Permission.VERIFY)
def combine_fills(reference: str, item_id: int) -> Response:
    """Combine a medicine's next fills in one, for coded reasons; or, without a number, take that back."""
    prescription, at = readable(reference), now()
    try:
        if request.form.get("separate"):
            with transaction():
                combined_fill.separate(reference, item_id, current_user.id, at)
            flash("Separated. Each fill opens on its day.")
        else:
            count, reason, judgment = combining_in(request.form)
            with transaction():
                combined_fill.combine_next(
                    reference, item_id, count, reason, judgment, current_user.id, at, business_date(at)
                )
            flash(f"{count} fills combined. The customer can order them now.")
    except (NotReady, *combined_fill.REFUSALS) as refusal:
        error = f"{refusal.message} {refusal.todo}"
        return desk_page(prescription, EntryForm(formdata=None), refusal.status, error=error)
    return redirect(url_for("pharmacist.show", reference=reference), 303)  # type: ignore[return-value]
