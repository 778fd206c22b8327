"""The form of the checkout page: a kept address or a new one, and the total the customer saw."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import Length, StopValidation, ValidationError

from shop import numbers
from shop.accounts.queries import AddressFacts
from shop.addresses import PostalAddress
from shop.form_fields import PHONE
from shop.orders.destination import MOST, POSTAL_CODE, ZIP, NotServed, is_served, zip_doubt
from shop.safety import states_served
from shop.safety.states_served import COUNTRY
from shop.us_states import NAMES

NEW = "new"


def _state(code: str, name: str) -> SelectChoice:
    if states_served.is_served(code):
        return SelectChoice(code, name)
    return SelectChoice(code, f"{name} (not served)", render_kw={"disabled": True})


STATES = [
    SelectChoice("", "Choose …"),
    *(_state(code, name) for code, name in sorted(NAMES.items(), key=lambda state: state[1])),
]


class ForNewAddress:
    """Looks at a field only when a new address is being written; a `sentence` makes it required."""

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence

    def __call__(self, form: FlaskForm, field: Field) -> None:
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


def _cents(text: str | None) -> int:
    found = numbers.digits(text, 11)
    return -1 if found is None else found


class CheckoutForm(FlaskForm):  # type: ignore[misc]
    """`total_cents` comes back with the form, so that nobody pays another total than the one they read.

    `tax_cents` is the sales tax in it: it tells a state that was chosen from a price that changed.
    """

    address = RadioField("Send it to", validate_choice=False, default=NEW)
    recipient = _text("Recipient’s name", MOST["recipient"], "Enter the recipient’s name.")
    line1 = _text("Street address", MOST["line1"], "Enter the street address.")
    line2 = _text("Apartment, suite or company (optional)", MOST["line2"])
    city = _text("City", MOST["city"], "Enter the city.")
    region = SelectField(
        "State", [ForNewAddress("Choose a state.")], choices=STATES, validate_choice=False, default=""
    )
    postal_code = _text("ZIP code", MOST["postal_code"], "Enter the ZIP code.")
    phone = _text("Phone (optional, for delivery questions)", MOST["phone"])
    of_age = StringField()
    notice = BooleanField()  # the privacy notice was received; only an order for a patient needs it
    nothing_new = SelectMultipleField(choices=[], validate_choice=False)  # references of patients
    total_cents = HiddenField()
    tax_cents = HiddenField()

    def __init__(self, kept: list[AddressFacts], country: str, **more: Any) -> None:
        super().__init__(**more)
        self.kept, self.country = {str(one.id): one.address for one in kept}, country
        self.address.choices = [*self.kept, NEW]
        if not self.is_submitted():
            self.address.data = next(iter(self.kept), NEW)
        elif not self.kept:
            self.address.data = NEW

    def validate_address(self, field: RadioField) -> None:
        if field.data != NEW and field.data not in self.kept:
            raise ValidationError("Choose one of your addresses, or enter a new one.")
        if field.data != NEW and not is_served(self.kept[field.data]):
            raise ValidationError(NotServed(self.kept[field.data].region).message)
        if field.data != NEW and (doubt := zip_doubt(self.kept[field.data])):
            raise ValidationError(f"{doubt} Choose another address, or enter it again.")

    def validate_region(self, field: Field) -> None:
        if self.country != COUNTRY:
            return
        if field.data not in NAMES:
            raise ValidationError("Choose a state.")
        if not states_served.is_served(field.data):
            raise ValidationError(NotServed(field.data).message)

    def validate_postal_code(self, field: StringField) -> None:
        if self.country == "US" and not ZIP.fullmatch(field.data):
            raise ValidationError("Enter a ZIP code with five or nine digits, such as 00000 or 00000-0000.")
        if not POSTAL_CODE.fullmatch(field.data):
            raise ValidationError("Enter a valid postal code.")
        if doubt := zip_doubt(self.delivery_address()):
            raise ValidationError(f"{doubt} Correct the ZIP code or the state.")

    def validate_phone(self, field: StringField) -> None:
        if not PHONE.fullmatch(field.data):
            raise ValidationError("Enter a phone number, such as (555) 555-0142.")

    @property
    def shown_total_cents(self) -> int:
        """The total on the page the customer sent, or -1 when somebody changed it into no number."""
        return _cents(self.total_cents.data)

    @property
    def shown_tax_cents(self) -> int:
        """The sales tax in it; 0 where the page said none."""
        return max(_cents(self.tax_cents.data), 0)

    @property
    def age_declared(self) -> int | None:
        """The age the customer declared, in years; None where they declared none."""
        return numbers.digits(self.of_age.data, 3)

    def address_so_far(self) -> PostalAddress | None:
        """Where it would go, before validation: a kept address, or a new one once its state is known."""
        if self.address.data in self.kept:
            return self.kept[self.address.data]
        return self.delivery_address() if self.region.data else None

    def delivery_address(self) -> PostalAddress:
        """Where it goes, after validation."""
        if kept := self.kept.get(self.address.data):
            return kept
        return PostalAddress(
            recipient=self.recipient.data or "",
            line1=self.line1.data or "",
            line2=self.line2.data or "",
            city=self.city.data or "",
            region=self.region.data or "",
            postal_code=self.postal_code.data or "",
            country=self.country,
            phone=self.phone.data or "",
        )


class ForeignCheckoutForm(CheckoutForm):
    """For a store outside the United States, whose regions are no list."""

    region = _text("Region", MOST["region"], "Enter the region.")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.postal_code.label.text = "Postal code"


def checkout_form(kept: list[AddressFacts], country: str) -> CheckoutForm:
    """The form of a store in `country`, with the addresses that the customer keeps."""
    return (CheckoutForm if country == COUNTRY else ForeignCheckoutForm)(kept, country)
