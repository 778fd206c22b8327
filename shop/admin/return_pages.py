"""Goods of a shipped order that came back: a page with what was sent from which lot, and booking it."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from shop.access import Permission, requires
from shop.admin.blueprint import actor, blueprint, flash_refusal
from shop.admin.delivery_sum import whole_number
from shop.admin.forms import FORM_NAME, reason_choices, trimmed
from shop.admin.labels import RETURN_REASONS
from shop.admin.order_pages import found_order
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.form_fields import LONGEST_NOTE
from shop.fulfillment import returning
from shop.fulfillment.returning import NotReturned
from shop.orders.models import Order
from shop.orders.returns import ReturnWhy
from shop.orders.states import OrderStatus, ReturnReason
from shop.stock.states import ReturnKind
from shop.web import settings

FATES = [
    SelectChoice(ReturnKind.QUARANTINED.value, "Quarantine for destruction"),
    SelectChoice(ReturnKind.DESTROYED.value, "Already destroyed"),
]


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """What came back and what becomes of it. `form_for` adds a field for each lot of each line."""

    fate = RadioField(
        "Disposition", choices=FATES, validators=[InputRequired("Choose what happens to the returned units.")]
    )
    reason = SelectField(
        "Reason",
        choices=reason_choices(RETURN_REASONS),
        validators=[DataRequired("Choose a reason for the return.")],
    )
    note = TextAreaField(
        "Note for colleagues (optional)",
        validators=[Length(max=LONGEST_NOTE, message=f"A note can have at most {LONGEST_NOTE} characters.")],
        filters=[trimmed],
    )
    form = HiddenField(validators=[Regexp(FORM_NAME)], default=lambda: uuid4().hex)
    unit_fields: Mapping[tuple[int, int], str] = {}

    def validate_note(self, field: Field) -> None:
        if self.reason.data == ReturnReason.OTHER and not field.data:
            raise ValidationError("Say in the note why it was returned.")

    @property
    def units(self) -> dict[tuple[int, int], int]:
        """Units by order line and lot, after validation."""
        return {key: self[name].number for key, name in self.unit_fields.items()}

    @property
    def fields_first(self) -> list[Field]:
        """The units, which the page shows before the rest."""
        return self.parts()

    def parts(self) -> list[Field]:
        """The fields of the units."""
        return [self[name] for name in self.unit_fields.values()]


def form_for(order: Order) -> ReturnForm:
    """The form for what was sent of an order and has not come back."""
    left = returning.returnable(order)
    numbers = {
        (line.id, lot.lot_id): (line.name, lot.lot_number) for line in order.lines for lot in line.lots
    }
    fields: dict[str, Any] = {"unit_fields": {}}
    for key, most in left.items():
        if most:
            name, label = f"units_{key[0]}_{key[1]}", "{}, lot {}".format(*numbers[key])
            fields["unit_fields"][key] = name
            fields[name] = StringField(
                label,
                filters=[trimmed],
                validators=[_whole],
                description=f"Shipped and not returned: {most:,}.",
                render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 12},
            )
    return type("OrderReturnForm", (ReturnForm,), fields)()  # type: ignore[no-any-return]


def _whole(_form: FlaskForm, field: Field) -> None:
    field.number = whole_number(field.data, settings().locale) if field.data else 0
    if field.number is None:
        raise ValidationError(f"“{field.data[:20]}” is not a whole number of units.")


@blueprint.get("/orders/<number>/return")
@requires(Permission.DISPATCH)
def return_page(number: str) -> Response | str:
    """What was sent, lot by lot. Back to the order where it has not shipped."""
    found = found_order(number)
    if found.status != OrderStatus.SHIPPED:
        flash("Only a shipped order can be returned.", "error")
        return redirect(url_for("admin.order", number=number), 303)
    return _page(found, form_for(found))


@blueprint.post("/orders/<number>/return")
@requires(Permission.DISPATCH)
def take_back(number: str) -> Response | tuple[str, int]:
    """Book what came back, and go on to its refund."""
    found = found_order(number)
    form = form_for(found)
    if not form.validate_on_submit():
        return _page(found, form), 422
    why, destroyed = (
        ReturnWhy(ReturnReason(form.reason.data), form.note.data or ""),
        form.fate.data == ReturnKind.DESTROYED,
    )
    try:
        with transaction():
            returning.take_back(found.id, form.units, why, destroyed, form.form.data, actor(), now())
    except NotReturned as refusal:
        form.form_errors.append(refusal.in_full)
        return _page(found, form), 422
    except DomainError as refusal:
        flash_refusal(refusal)
        return redirect(url_for("admin.order", number=number), 303)
    flash("Return recorded. The units won’t be resold. If the customer gets a refund, enter it below.")
    return redirect(url_for("admin.refund_page", number=number, returned=1), 303)


@blueprint.post("/orders/<number>/return/destroyed")
@requires(Permission.DISPATCH)
def destroy_returned(number: str) -> Response:
    """Everything of this order that was set aside has been destroyed."""
    found = found_order(number)
    try:
        with transaction():
            units = returning.destroy(found.id, actor(), now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Returned units recorded as destroyed: {units:,}." if units else "Nothing was quarantined.")
    return redirect(url_for("admin.order", number=number), 303)


@blueprint.post("/orders/<number>/return/undo")
@requires(Permission.DISPATCH)
def undo_return(number: str) -> Response:
    """What is set aside of this order never came back: it was recorded by mistake."""
    found = found_order(number)
    try:
        with transaction():
            units = returning.undo(found.id, actor(), now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Units taken back as recorded by mistake: {units:,}." if units else "Nothing was quarantined.")
    return redirect(url_for("admin.order", number=number), 303)


def _page(order: Order, form: ReturnForm) -> str:
    return render_template("admin/order_return.html", order=order, form=form)
