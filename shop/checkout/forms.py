"""The form of the checkout page: a kept address or a new one, and the total the customer saw."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Length, StopValidation, ValidationError

from shop.accounts.queries import AddressFacts
from shop.addresses import PostalAddress

NEW = "new"
ZIP = re.compile(r"\d{5}(-\d{4})?")
POSTAL_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,8}[A-Za-z0-9]")
PHONE = re.compile(r"\+?[0-9() .-]{7,24}")


class ForNewAddress:
    """Looks at a field only when a new address is being written; a `sentence` makes it required."""

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence

    def __call__(self, form: FlaskForm, field: StringField) -> None:
        if form.address.data != NEW:
            field.errors = []
            raise StopValidation
        if not field.data and not self.sentence:
            raise StopValidation
        if not field.data:
            raise StopValidation(self.sentence)


def _text(label: str, most: int, sentence: str = "") -> StringField:
    too_long = Length(max=most, message=f"Use at most {most} characters, so it fits on the label.")
    return StringField(label, [ForNewAddress(sentence), too_long], filters=[_tidy])


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class CheckoutForm(FlaskForm):  # type: ignore[misc]
    """`total_cents` comes back with the form, so that nobody pays another total than the one they read."""

    address = RadioField("Send it to", validate_choice=False, default=NEW)
    recipient = _text("Recipient’s name", 120, "Enter the recipient’s name.")
    line1 = _text("Street address", 120, "Enter the street address.")
    line2 = _text("Apartment, suite or company (optional)", 120)
    city = _text("City", 80, "Enter the city.")
    region = _text("State", 40, "Enter the state.")
    postal_code = _text("ZIP code", 16, "Enter the ZIP code.")
    phone = _text("Phone (optional, for delivery questions)", 32)
    total_cents = HiddenField()

    def __init__(self, kept: list[AddressFacts], country: str, **more: Any) -> None:
        super().__init__(**more)
        self.kept, self.country = {str(one.id): one.address for one in kept}, country
        self.address.choices = [*self.kept, NEW]
        if country != "US":
            self.region.label.text, self.postal_code.label.text = "Region", "Postal code"
        if not self.is_submitted():
            self.address.data = next(iter(self.kept), NEW)
        elif not self.kept:
            self.address.data = NEW

    def validate_address(self, field: RadioField) -> None:
        if field.data != NEW and field.data not in self.kept:
            raise ValidationError("Choose one of your addresses, or enter a new one.")

    def validate_postal_code(self, field: StringField) -> None:
        if self.country == "US" and not ZIP.fullmatch(field.data):
            raise ValidationError("Enter a ZIP code with five or nine digits, such as 00000 or 00000-0000.")
        if not POSTAL_CODE.fullmatch(field.data):
            raise ValidationError("Enter a valid postal code.")

    def validate_phone(self, field: StringField) -> None:
        if not PHONE.fullmatch(field.data):
            raise ValidationError("Enter a phone number, such as (555) 555-0142.")

    @property
    def shown_total_cents(self) -> int:
        """The total on the page the customer sent, or -1 when somebody changed it into no number."""
        text = self.total_cents.data or ""
        return int(text) if text.isdecimal() and len(text) < 12 else -1

    def delivery_address(self) -> PostalAddress:
        """Where it goes, after validation."""
        if kept := self.kept.get(self.address.data):
            return kept
        return PostalAddress(
            self.recipient.data,
            self.line1.data,
            self.line2.data,
            self.city.data,
            self.region.data,
            self.postal_code.data,
            self.country,
            self.phone.data,
        )
