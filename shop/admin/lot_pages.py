"""One lot: what it is, who holds units of it, every movement; quarantine, its end, and corrections."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.accounts.queries import emails_of, names_of
from shop.admin.blueprint import ID, actor, blueprint
from shop.admin.forms import CorrectForm, LiftForm, MoveForm, QuarantineForm
from shop.admin.labels import CORRECTIONS, LIFT_REASONS, MOVES, REASONS, lot_tag, whole_cents
from shop.catalogue import packs as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.clock import business_date, now
from shop.database import transaction
from shop.errors import NotFound
from shop.orders.queue import numbers_of_lines
from shop.orders.recipients import recipients_of
from shop.paging import page_number
from shop.stock import assigning, correcting, inventory, moving, queries, returned, service
from shop.stock.correcting import NotCorrected
from shop.stock.moving import NotMoved
from shop.stock.rules import Correction, MoveRefusal, Reason
from shop.stock.service import LotRefused


@blueprint.get(f"/lots/<{ID}:lot_id>")
@requires(Permission.STOCK)
def lot(lot_id: int) -> str:
    """One lot: what it is, who keeps units of it, and every movement."""
    return _lot_page(lot_id, now(), QuarantineForm(), LiftForm())


@blueprint.get(f"/lots/<{ID}:lot_id>/recipients")
@requires(Permission.DISPATCH)
def lot_recipients(lot_id: int) -> str:
    """Every order that got units of a lot, and how to reach its customer: whom a recall concerns."""
    found = inventory.lot(lot_id)
    if found is None:
        raise NotFound("There is no such lot.", "Go back to the stock list.")
    page = recipients_of(lot_id, page_number(request.args.get("page")))
    return render_template(
        "admin/lot_recipients.html",
        lot=found,
        variant=catalogue.variant(found.variant_id),
        page=page,
        emails=emails_of(one.user_id for one in page.rows),
    )


@blueprint.post(f"/lots/<{ID}:lot_id>/quarantine")
@requires(Permission.STOCK)
def quarantine(lot_id: int) -> Response | tuple[str, int]:
    """Quarantine a lot, with the reason."""
    form, at = QuarantineForm(), now()
    if not form.validate_on_submit():
        return _lot_page(lot_id, at, form, LiftForm()), 422
    with transaction():
        changed = service.quarantine(lot_id, form.reason.data, actor(), at)
    words = REASONS[Reason(form.reason.data)]
    flash(f"Lot quarantined: {words}." if changed else "The lot was already quarantined.")
    return redirect(url_for("admin.lot", lot_id=lot_id), 303)


@blueprint.post(f"/lots/<{ID}:lot_id>/lift")
@requires(Permission.STOCK)
def lift(lot_id: int) -> Response | tuple[str, int]:
    """Lift the quarantine of a lot, with the reason."""
    form, at = LiftForm(), now()
    if not form.validate_on_submit():
        return _lot_page(lot_id, at, QuarantineForm(), form), 422
    with transaction():
        changed = service.lift_quarantine(lot_id, form.reason.data, actor(), at)
    flash("Lot released from quarantine." if changed else "The lot wasn’t quarantined.")
    return redirect(url_for("admin.lot", lot_id=lot_id), 303)


@blueprint.post(f"/lots/<{ID}:lot_id>/correct")
@requires(Permission.STOCK)
def correct_lot(lot_id: int) -> Response | tuple[str, int]:
    """Add or take out units of a lot for a coded reason; what was booked before stays as it is."""
    form, at = CorrectForm(), now()
    if form.validate_on_submit():
        why = Correction(form.why.data)
        try:
            with transaction():
                new = correcting.correct(lot_id, why, form.units.number or 0, form.form.data, actor(), at)
        except NotCorrected as refusal:
            form.units.errors = [refusal.in_full]
        else:
            flash(f"Count corrected: {CORRECTIONS[why]}." if new else "This correction was already recorded.")
            return redirect(url_for("admin.lot", lot_id=lot_id), 303)
    return _lot_page(lot_id, at, QuarantineForm(), LiftForm(), form), 422


@blueprint.post(f"/lots/<{ID}:lot_id>/move")
@requires(Permission.STOCK)
def move_units(lot_id: int) -> Response | tuple[str, int]:
    """Move units that were booked under a wrong lot to the one that the package names."""
    form, at = MoveForm(), now()
    if form.validate_on_submit():
        units, number, ends = form.units.number or 0, form.number.data, form.expires_on.data
        assert ends is not None  # required
        try:
            with transaction():
                moved = moving.move(lot_id, number, ends, units, form.form.data, actor(), at)
        except NotMoved as refusal:
            field = form.number if refusal.why is MoveRefusal.SAME_LOT else form.units
            field.errors = [refusal.in_full]
        except LotRefused as refusal:
            fields = {"number": form.number, "expires_on": form.expires_on}
            fields.get(refusal.field, form.units).errors = [refusal.in_full]
        else:
            flash("Units moved to this lot." if moved else "These units were already moved.")
            return redirect(url_for("admin.lot", lot_id=moved or lot_id), 303)
    return _lot_page(lot_id, at, QuarantineForm(), LiftForm(), move=form), 422


def _lot_page(
    lot_id: int,
    at: datetime,
    aside: QuarantineForm,
    back: LiftForm,
    correct: CorrectForm | None = None,
    move: MoveForm | None = None,
) -> str:
    found = inventory.lot(lot_id)
    if found is None:
        raise NotFound("There is no such lot.", "Go back to the stock list.")
    ledger, kept = inventory.movements(found), queries.kept_of(lot_id)
    lines = [one.order_line_id for one in kept] + [one.order_line_id for one in ledger if one.order_line_id]
    packs = catalogue_desk.packs([found.pack_id] if found.pack_id else [])
    return render_template(
        "admin/lot.html",
        lot=found,
        variant=catalogue.variant(found.variant_id),
        ledger=ledger,
        kept=kept,
        pack=packs.get(found.pack_id or 0),
        assigned=assigning.assignment_of(lot_id),
        tag=lot_tag(found, business_date(at)),
        cents=whole_cents,
        names=names_of(entry.actor_id for entry in ledger),
        orders=numbers_of_lines(lines) if lines else {},
        aside_form=aside,
        lift_form=back,
        lift_reasons=LIFT_REASONS,
        correct_form=correct or CorrectForm(formdata=None),
        move_form=move or MoveForm(formdata=None),
        corrections=CORRECTIONS | MOVES,
        returned=returned.of_lot(lot_id),
        full=inventory.NEWEST_MOVEMENTS,
    )
