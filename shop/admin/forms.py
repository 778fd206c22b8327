"""The admin forms: they read what was entered, and say beside the field what is invalid."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import TextInput

from shop import money
from shop.admin.delivery_sum import whole_number
from shop.admin.labels import CANCEL_REASONS, CORRECTIONS, LIFT_REASONS, REASONS
from shop.clock import month_end
from shop.form_fields import LONGEST_NOTE, plain_lines
from shop.orders.cancellation import ByStaff
from shop.orders.states import CancelReason
from shop.stock.service import LONGEST_NUMBER, MOST_RECEIVED
from shop.web import settings

FORM_NAME = r"^[0-9a-f]{32}$"
DEAREST_UNIT = Decimal(100_000)
EXPIRY_FORMATS = "Enter the expiration date as 2028-06-30, or 2028-06 if only the month is printed."


def trimmed(text: str | None) -> str:
    """Without the space around it."""
    return (text or "").strip()


def reason_choices(reasons: Mapping[Any, str]) -> list[SelectChoice]:
    """A select of coded reasons; none is chosen at first."""
    return [
        SelectChoice("", "Choose a reason"),
        *(SelectChoice(str(code), words) for code, words in reasons.items()),
    ]


_NUMERIC = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 12}


def _check_whole(field: Any, what: str) -> None:
    """Sets `field.number`, None for nothing typed."""
    field.number = whole_number(field.data, settings().locale) if field.data else None
    if field.data and field.number is None:
        raise ValidationError(f"“{field.data[:20]}” is not a whole number of {what}.")
    if field.number is not None and not 0 < field.number <= MOST_RECEIVED:
        raise ValidationError(f"Enter between 1 and 10,000,000 {what}.")


class QuarantineForm(FlaskForm):  # type: ignore[misc]
    """Why a lot is quarantined."""

    reason = SelectField(
        "Reason",
        choices=reason_choices(REASONS),
        validators=[DataRequired("Choose a reason for the quarantine.")],
    )


class LiftForm(FlaskForm):  # type: ignore[misc]
    """Why a quarantine is lifted."""

    reason = SelectField(
        "Reason",
        choices=reason_choices(LIFT_REASONS),
        validators=[DataRequired("Choose a reason for lifting the quarantine.")],
    )


class CorrectForm(FlaskForm):  # type: ignore[misc]
    """By how many units a lot's count is corrected, and why. A form sent twice is booked once."""

    why = SelectField(
        "Reason",
        choices=reason_choices(CORRECTIONS),
        validators=[DataRequired("Choose a reason for the correction.")],
    )
    units = StringField(
        "Units",
        filters=[trimmed],
        validators=[DataRequired("Enter how many units to add or remove.")],
        render_kw=_NUMERIC,
    )
    form = HiddenField(validators=[Regexp(FORM_NAME)], default=lambda: uuid4().hex)

    def validate_units(self, field: Any) -> None:
        _check_whole(field, "units")


class CancelForm(FlaskForm):  # type: ignore[misc]
    """Why an order is canceled; what is noted, colleagues read."""

    reason = SelectField(
        "Reason",
        choices=reason_choices(CANCEL_REASONS),
        validators=[DataRequired("Choose a reason for canceling.")],
    )
    note = TextAreaField(
        "Note for colleagues (optional)",
        validators=[Length(max=LONGEST_NOTE, message=f"A note can have at most {LONGEST_NOTE} characters.")],
        filters=[trimmed],
    )

    def validate_note(self, field: TextAreaField) -> None:
        if self.reason.data == CancelReason.OTHER and not field.data:
            raise ValidationError("Say in the note why it is canceled.")

    @property
    def why(self) -> ByStaff:
        """What was chosen, after validation."""
        return ByStaff(CancelReason(self.reason.data), self.note.data or "")


class ExpiryField(DateField):  # type: ignore[misc]
    """An expiry date as printed on a package, whole or only its month, which means the month's last day."""

    widget = TextInput()  # a date field has no place for a month alone

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if text := valuelist[0].strip() if valuelist else "":
            try:
                self.data = printed_expiry(text)
            except ValueError as error:
                raise ValueError(EXPIRY_FORMATS) from error


def printed_expiry(text: str) -> date:
    """2028-06-30; 2028-06 and 06/2028 are June 30, 2028. Raises ValueError."""
    if month := re.fullmatch(r"(?P<y>\d{4})-(?P<m>\d{2})|(?P<m2>\d{1,2})/(?P<y2>\d{4})", text, re.ASCII):
        return month_end(int(month["y"] or month["y2"]), int(month["m"] or month["m2"]))
    return date.fromisoformat(text)


class DeliveryForm(FlaskForm):  # type: ignore[misc]
    """A delivery: which package, which lot, until when, how many packages (or loose units) at which cost.

    `item` is "12-34" for variant 12 in pack 34, or "12-" for a variant whose pack is not on file. `delivery`
    names the form, so that it is booked once; `total` is the number of units that was shown before.
    """

    q = HiddenField()
    item = RadioField("Package", validate_choice=False, validators=[InputRequired("Choose the package.")])
    number = StringField(
        "Lot number",
        filters=[trimmed],
        validators=[
            DataRequired("Enter the lot number as printed on the package."),
            Length(max=LONGEST_NUMBER, message=f"A lot number can have at most {LONGEST_NUMBER} characters."),
        ],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NUMBER, "spellcheck": "false"},
    )
    expires_on = ExpiryField(
        "Expiration date",
        validators=[InputRequired(EXPIRY_FORMATS)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    packs = StringField("Packages received", filters=[trimmed], render_kw=_NUMERIC)
    quantity = StringField("Loose units received", filters=[trimmed], render_kw=_NUMERIC)
    unit_cost = StringField(
        "Cost per unit",
        filters=[trimmed],
        validators=[Optional()],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    delivery = HiddenField()
    total = HiddenField()
    cost: Decimal | None = None

    def validate_expires_on(self, field: Any) -> None:
        if field.data and not date(2000, 1, 1) <= field.data <= date(2100, 1, 1):
            raise ValidationError("Check the year of the expiration date.")

    def validate_packs(self, field: Any) -> None:
        _check_whole(field, "packages")

    def validate_quantity(self, field: Any) -> None:
        _check_whole(field, "units")

    def validate_unit_cost(self, field: Any) -> None:
        config = settings()
        try:
            self.cost = money.parse_price(field.data, config.currency, config.locale)
        except money.PriceUnreadable as error:
            raise ValidationError(str(error)) from None
        if self.cost > DEAREST_UNIT:
            raise ValidationError("That’s too much: enter the cost of one unit, not of the delivery.")


class MoveForm(FlaskForm):  # type: ignore[misc]
    """To which lot units belong, and how many. A form sent twice is booked once."""

    number = StringField(
        "Lot number on the package",
        filters=[trimmed],
        id="move-number",
        validators=[DataRequired("Enter the lot number."), Length(max=LONGEST_NUMBER)],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NUMBER, "spellcheck": "false"},
    )
    expires_on = ExpiryField(
        "Expiration date on the package",
        id="move-expires",
        validators=[InputRequired(EXPIRY_FORMATS)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    units = StringField(
        "Units",
        filters=[trimmed],
        id="move-units",
        validators=[DataRequired("Enter how many units to move.")],
        render_kw=_NUMERIC,
    )
    form = HiddenField(id="move-form", validators=[Regexp(FORM_NAME)], default=lambda: uuid4().hex)

    def validate_units(self, field: StringField) -> None:
        _check_whole(field, "units")


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note about an order that only staff see."""

    text = TextAreaField(
        "Note",
        validators=[
            DataRequired("Enter the note."),
            Length(max=LONGEST_NOTE, message=f"A note can have at most {LONGEST_NOTE} characters."),
        ],
        filters=[plain_lines],
    )


class ShipForm(FlaskForm):  # type: ignore[misc]
    """The carrier's number, if there is one. `seen` marks what the page said is packed, and for where."""

    seen = HiddenField()

    tracking = StringField(
        "Tracking number, if the carrier gave one",
        filters=[trimmed],
        render_kw={"autocomplete": "off", "maxlength": 80, "spellcheck": "false"},
    )
