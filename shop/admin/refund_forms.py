"""The form of a refund: an amount for each line and for the delivery, and why."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from shop import money
from shop.admin.forms import FORM_NAME, reason_choices, trimmed
from shop.admin.labels import REFUND_REASONS
from shop.form_fields import LONGEST_NOTE
from shop.orders.models import Order
from shop.orders.refund_rules import Parts
from shop.orders.refunds import RefundWhy
from shop.orders.states import RefundReason
from shop.web import settings

AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 16}


class RefundForm(FlaskForm):  # type: ignore[misc]
    """Why money goes back. `form_for` adds a field for each line; a form sent twice is one refund."""

    reason = SelectField(
        "Reason",
        choices=reason_choices(REFUND_REASONS),
        validators=[DataRequired("Choose a reason for the refund.")],
    )
    note = TextAreaField(
        "Note for colleagues (optional)",
        validators=[Length(max=LONGEST_NOTE, message=f"A note can have at most {LONGEST_NOTE} characters.")],
        filters=[trimmed],
    )
    delivery = StringField("Delivery", filters=[trimmed], render_kw=AMOUNT)
    form = HiddenField(validators=[Regexp(FORM_NAME)], default=lambda: uuid4().hex)
    line_fields: Mapping[int, str] = {}

    def validate_note(self, field: Field) -> None:
        if self.reason.data == RefundReason.OTHER and not field.data:
            raise ValidationError("Say in the note why you’re refunding it.")

    def validate_delivery(self, field: Field) -> None:
        field.cents = cents_of(field.data)

    def line_field(self, line_id: int) -> Field:
        """The amount of one line."""
        return self[self.line_fields[line_id]]

    @property
    def fields_first(self) -> list[Field]:
        """The amounts, which the page shows before the reason."""
        return [*(self[name] for name in self.line_fields.values()), self.delivery]

    @property
    def lines(self) -> dict[int, int]:
        """Cents by line, after validation."""
        return {line_id: self[name].cents for line_id, name in self.line_fields.items()}

    @property
    def why(self) -> RefundWhy:
        """What was chosen, after validation."""
        return RefundWhy(RefundReason(self.reason.data), self.note.data or "")


def form_for(order: Order, proposed: Parts | None = None) -> RefundForm:
    """The form of an order's refund; `proposed` are the amounts it opens with."""
    names = {line.id: f"line_{line.id}" for line in order.lines}
    fields: dict[str, Any] = {"line_fields": names}
    for line in order.lines:
        fields[names[line.id]] = StringField(
            f"{line.name}, {line.quantity}",
            filters=[trimmed],
            validators=[_amount],
            default=_written(proposed.lines.get(line.id, 0)) if proposed else "",
            render_kw=AMOUNT,
        )
    return type("OrderRefundForm", (RefundForm,), fields)()  # type: ignore[no-any-return]


def cents_of(text: str | None) -> int:
    """Whole cents of a typed amount, 0 for nothing typed. Raises ValidationError."""
    if not text:
        return 0
    config = settings()
    try:
        cents = money.parse_price(text, config.currency, config.locale) * 100
    except money.PriceUnreadable as error:
        raise ValidationError(str(error)) from None
    if cents != cents.to_integral_value():
        raise ValidationError("Enter whole cents.")
    return int(cents)


def _amount(_form: FlaskForm, field: Field) -> None:
    field.cents = cents_of(field.data)


def _written(cents: int) -> str:
    config = settings()
    return money.format_cents(cents, config.currency, config.locale) if cents else ""
