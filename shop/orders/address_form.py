"""The fields of a delivery address in a form, for whoever takes one: checkout and the account's own pages."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import Length, StopValidation, ValidationError

from shop.addresses import PostalAddress
from shop.form_fields import one_line
from shop.orders.destination import MOST, NotServed, zip_doubt
from shop.postal_codes import example, postal_code
from shop.safety import states_served
from shop.safety.states_served import COUNTRY
from shop.telephone import LONGEST_TYPED, telephone
from shop.us_states import NAMES


def _state(code: str, name: str) -> SelectChoice:
    if states_served.is_served(code):
        return SelectChoice(code, name)
    return SelectChoice(code, f"{name} (not served)", render_kw={"disabled": True})


def _states() -> list[SelectChoice]:
    names = sorted(NAMES.items(), key=lambda state: state[1])
    return [SelectChoice("", "Choose …"), *(_state(code, name) for code, name in names)]


class WhereTyped:
    """Looks at a field only where an address is being typed; a `sentence` makes it required."""

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence

    def __call__(self, form: "AddressFields", field: Field) -> None:
        if not form.is_typed():
            field.errors = []
            raise StopValidation
        if not field.data:
            raise StopValidation(self.sentence)


def _text(label: str, most: int, sentence: str = "") -> StringField:
    too_long = Length(max=most, message=f"Use at most {most} characters, so it fits on the label.")
    return StringField(label, [WhereTyped(sentence), too_long], filters=[one_line])


class AddressFields(FlaskForm):  # type: ignore[misc]
    """For a store in the United States. `country` (ISO 3166 alpha-2) is set by the form."""

    recipient = _text("Recipient’s name", MOST["recipient"], "Enter the recipient’s name.")
    line1 = _text("Street address", MOST["line1"], "Enter the street address.")
    line2 = _text("Apartment, suite or company (optional)", MOST["line2"])
    city = _text("City", MOST["city"], "Enter the city.")
    region = SelectField(
        "State", [WhereTyped("Choose a state.")], choices=_states, validate_choice=False, default=""
    )
    postal_code = _text("ZIP code", MOST["postal_code"], "Enter the ZIP code.")
    phone = _text("Phone (optional, for delivery questions)", LONGEST_TYPED)
    country: str

    def is_typed(self) -> bool:
        """Whether an address is being typed, and not an earlier one chosen."""
        return True

    def validate_region(self, field: Field) -> None:
        if self.country != COUNTRY:
            return
        if field.data not in NAMES:
            raise ValidationError("Choose a state.")
        if not states_served.is_served(field.data):
            raise ValidationError(NotServed(field.data).message)

    def validate_postal_code(self, field: StringField) -> None:
        if postal_code(field.data, self.country) is None:
            if self.country == COUNTRY:
                raise ValidationError(
                    "Enter a ZIP code with five or nine digits, such as 12207 or 12207-1234."
                )
            known = example(self.country)
            raise ValidationError(f"Enter a valid postal code{f', such as {known}' if known else ''}.")
        if doubt := zip_doubt(self.typed_address()):
            raise ValidationError(f"{doubt} Correct the ZIP code or the state.")

    def validate_phone(self, field: StringField) -> None:
        if telephone(field.data, self.country) is None:
            raise ValidationError("Enter a phone number with its area code, such as (555) 555-0142 ext. 12.")

    def typed_address(self) -> PostalAddress:
        """What is typed. After validation, postal code and telephone number are in their one form."""
        code, phone = self.postal_code.data or "", self.phone.data or ""
        return PostalAddress(
            recipient=self.recipient.data or "",
            line1=self.line1.data or "",
            line2=self.line2.data or "",
            city=self.city.data or "",
            region=self.region.data or "",
            postal_code=postal_code(code, self.country) or code,
            country=self.country,
            phone=telephone(phone, self.country) or phone,
        )


class ForeignAddressFields(AddressFields):
    """For a store elsewhere, whose regions are no list."""

    region = _text("Region", MOST["region"], "Enter the region.")
    postal_code = _text("Postal code", MOST["postal_code"], "Enter the postal code.")
