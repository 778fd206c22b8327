"""What staff do with an order beside packing it: notes, tracking, a line removed, its mail sent again."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal
from shop.admin.forms import NoteForm, ShipForm
from shop.admin.order_pages import found_order, order_page
from shop.changes import changing
from shop.checkout.refusals import AlreadyPacked
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.fulfillment import afterwards
from shop.fulfillment.service import TrackingUnreadable
from shop.orders import staff_entries
from shop.orders.states import StaffAct


@blueprint.post("/orders/<number>/note")
@requires(Permission.DISPATCH)
def note_order(number: str) -> Response | tuple[str, int]:
    """Keep a note that only staff see."""
    found, form = found_order(number), NoteForm()
    if not form.validate_on_submit():
        return order_page(found, note=form), 422
    with transaction():
        staff_entries.add(found.id, StaffAct.NOTE, actor(), now(), form.text.data)
    flash("Note saved.")
    return _to(number)


@blueprint.post("/orders/<number>/tracking")
@requires(Permission.DISPATCH)
def correct_tracking(number: str) -> Response | tuple[str, int]:
    """Add or correct the tracking number of a shipped order."""
    found, form = found_order(number), ShipForm()
    if not form.validate_on_submit():
        return order_page(found, form), 422
    try:
        with transaction():
            new = afterwards.correct_tracking(found.id, form.tracking.data or "", actor(), now())
    except TrackingUnreadable as refusal:
        form.tracking.errors = [refusal.in_full]
        return order_page(found, form), refusal.status
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash("Tracking number saved. We’re emailing the customer." if new else "Nothing changed.")
    return _to(number)


@blueprint.post(f"/orders/<number>/lines/<{ID}:line_id>/remove")
@requires(Permission.DISPATCH)
def remove_order_line(number: str, line_id: int) -> Response:
    """Take an item out of a paid order that has not shipped; the customer is told."""
    found = found_order(number)
    try:
        with transaction():
            changing.remove_line(found.id, line_id, actor(), now())
    except AlreadyPacked:
        flash("This order is packed, so nothing was removed. Unpack it first.", "error")
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash("Item removed. We’re emailing the customer.")
    return _to(number)


@blueprint.post("/orders/<number>/resend")
@requires(Permission.DISPATCH)
def resend_mail(number: str) -> Response:
    """Send the mail about where the order stands once more."""
    found = found_order(number)
    try:
        with transaction():
            afterwards.resend_mail(found.id, actor(), now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash("Email resent, unless the customer turned this kind off.")
    return _to(number)


def _to(number: str) -> Response:
    return redirect(url_for("admin.order", number=number), 303)
