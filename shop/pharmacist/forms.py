"""The desk's form: what the document says, as typed in, with the decision's reason and note.

A field left empty means that the document does not state it. The checks judge what is missing, not the
form.
"""

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import TextInput

from shop.form_fields import Day
from shop.prescriptions.origins import Received
from shop.prescriptions.prescriber_rules import (
    LONGEST_ADDRESS,
    LONGEST_LICENSE,
    LONGEST_PHONE,
    plain_license,
)
from shop.prescriptions.reasons import WORDS
from shop.prescriptions.rules import MOST_ITEMS
from shop.prescriptions.states import Origin
from shop.prescriptions.verification import as_written
from shop.prescriptions.verification.directions import daily_use
from shop.prescriptions.verification.typed import Typed, TypedItem

NEW = "new"
LONGEST_NAME = 120
LONGEST_DIRECTIONS = 300
LONGEST_FIGURE = 60  # "#120 (one hundred and twenty) tablets"
LONGEST_NOTE = 500
LONGEST_NUMBER = 40
MOST_DAYS = 365
ITEM_FIELD = re.compile(r"items-([0-9]{1,2})-(\w+)")
TYPING = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


def stripped(text: str | None) -> str:
    """The text without spaces around it, and with one kind of line end."""
    return (text or "").replace("\r\n", "\n").strip()


def npi_digits(text: str | None) -> str:
    """An NPI as it is compared: without the spaces and hyphens people put into it."""
    return re.sub(r"[\s-]", "", text or "")


class WholeNumber(IntegerField):  # type: ignore[misc]
    """A count; anything else is kept and said to be none."""

    widget = TextInput()  # a number field would swallow what is no number, and change on a turn of the wheel

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """What is no number is not also out of range."""
        if self.process_errors:
            self.errors = list(self.process_errors)
            return False
        return bool(super().validate(form, extra_validators))

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text and not (text.isascii() and text.isdecimal() and len(text) < 7):
            raise ValueError("Enter a whole number, or leave blank.")
        if text:
            self.data = int(text)


class ItemForm(Form):  # type: ignore[misc]
    """One medicine. `find` looks for another one in the catalogue."""

    variant_id = SelectField("Medicine, strength, form", validate_choice=False)
    find = StringField("Find another medicine", [Length(max=80)], filters=[stripped], render_kw=TYPING)
    quantity = StringField("Quantity", [Length(max=LONGEST_FIGURE)], filters=[stripped], render_kw=TYPING)
    refills = StringField("Refills", [Length(max=LONGEST_FIGURE)], filters=[stripped], render_kw=TYPING)
    days_supply = WholeNumber(
        "Days",
        [Optional(), NumberRange(1, MOST_DAYS, f"From 1 to {MOST_DAYS}.")],
        render_kw={"inputmode": "numeric", **TYPING},
    )
    directions = StringField(
        "Directions", [Length(max=LONGEST_DIRECTIONS)], filters=[stripped], render_kw=TYPING
    )

    def typed(self) -> TypedItem:
        """As the checks read it."""
        text = self.variant_id.data or ""
        variant_id = int(text) if text.isdecimal() and len(text) < 16 else None
        directions, days = self.directions.data or "", self.days_supply.data
        use = daily_use(directions, "pill") or daily_use(directions, "mL")
        quantity = as_written.quantity(self._figure("quantity"), days, use.high if use else None)
        refills = as_written.refills(self._figure("refills"), days)
        written = {"quantity": quantity, "refills": refills}
        return TypedItem(variant_id, quantity.value, refills.value, days, directions, written)

    def _figure(self, name: str) -> str:
        return (self[name].data or "")[:LONGEST_FIGURE]


class EntryForm(FlaskForm):  # type: ignore[misc]
    """The whole prescription as typed in."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Without medicines at places no page of ours has: the library fails on "items-²-quantity"."""
            data = super().wrap_formdata(form, formdata)
            if data is None:
                return None
            return MultiDict(
                (name, value)
                for name, value in data.items(multi=True)
                if not name.startswith("items-") or ITEM_FIELD.fullmatch(name)
            )

    origin = SelectField("How it arrived", validate_choice=False)  # judged by the checks
    received_name = StringField("From", [Length(max=LONGEST_NAME)], filters=[stripped], render_kw=TYPING)
    received_phone = StringField(
        "Its phone number", [Length(max=LONGEST_PHONE)], filters=[stripped], render_kw=TYPING
    )
    received_person = StringField(
        "Its pharmacist", [Length(max=LONGEST_NAME)], filters=[stripped], render_kw=TYPING
    )
    original_number = StringField(
        "Its Rx number", [Length(max=LONGEST_NUMBER)], filters=[stripped], render_kw=TYPING
    )
    patient = SelectField("For", validate_choice=False)  # of this account, or NEW
    patient_name = StringField(
        "Patient as written", [Length(max=LONGEST_NAME)], filters=[stripped], render_kw=TYPING
    )
    patient_birth_date = Day("Date of birth, if stated")
    prescriber_name = StringField(
        "Prescriber", [Length(max=LONGEST_NAME)], filters=[stripped], render_kw=TYPING
    )
    prescriber_npi = StringField(
        "NPI",
        [Length(max=20)],
        filters=[npi_digits],
        render_kw={"inputmode": "numeric", **TYPING},
    )
    prescriber_license = StringField(
        "Register and number", [Length(max=LONGEST_LICENSE)], filters=[plain_license], render_kw=TYPING
    )
    prescriber_address = StringField(
        "Prescriber’s address", [Length(max=LONGEST_ADDRESS)], filters=[stripped], render_kw=TYPING
    )
    prescriber_phone = StringField(
        "Prescriber’s phone", [Length(max=LONGEST_PHONE)], filters=[stripped], render_kw=TYPING
    )
    issued_on = Day("Issued")
    signed = BooleanField("Signature seen")
    read_back = BooleanField("Read back to the caller")
    items = FieldList(FormField(ItemForm), min_entries=1, max_entries=MOST_ITEMS)
    reason = SelectField(
        "Reason",
        choices=[
            SelectChoice("", "Reason …"),
            *(SelectChoice(code.value, words.short) for code, words in WORDS.items() if words.may_decide),
        ],
        validate_choice=False,  # an approval does not look at it; asking and refusing judge it themselves
    )
    note = TextAreaField(
        "Note to the customer",
        [Length(max=LONGEST_NOTE, message=f"At most {LONGEST_NOTE} characters.")],
        filters=[stripped],
        render_kw={"rows": 1},
    )

    def typed(self) -> Typed:
        """As the checks read it."""
        return Typed(
            self.patient_name.data or "",
            self.patient_birth_date.data,
            self.prescriber_name.data or "",
            self.prescriber_npi.data or "",
            self.issued_on.data,
            bool(self.signed.data),
            tuple(entry.form.typed() for entry in self.items),
            Origin(self.origin.data) if self.origin.data in set(Origin) else Origin.PHOTO,
            Received(
                self.received_name.data or "", self.received_phone.data or "", self.received_person.data or ""
            ),
            self.original_number.data or "",
            bool(self.read_back.data),
            self.prescriber_license.data or "",
            self.prescriber_address.data or "",
            self.prescriber_phone.data or "",
        )

    def complaints(self) -> list[tuple[str, str]]:
        """(field id, sentence) of everything that cannot be read, for the list on top."""
        fields = [field for field in self if field.name not in ("items", "csrf_token")]
        fields += [field for entry in self.items for field in entry.form]
        return [(field.id, f"{field.label.text}: {error}") for field in fields for error in field.errors]


def with_item(data: MultiDict[str, str]) -> MultiDict[str, str]:
    """The same form with one more, empty medicine; unchanged when it has the most there may be."""
    count = len(_positions(data))
    if count >= MOST_ITEMS:
        return data
    return MultiDict([*data.items(multi=True), (f"items-{count}-directions", "")])


def without_item(data: MultiDict[str, str], position: int) -> MultiDict[str, str]:
    """The same form without the medicine at `position`; those behind it move up. The last one is emptied."""
    kept: list[tuple[str, str]] = []
    for name, value in data.items(multi=True):
        place = ITEM_FIELD.fullmatch(name)
        if place is None:
            kept.append((name, value))
        elif int(place[1]) != position:
            number = int(place[1]) - (int(place[1]) > position)
            kept.append((f"items-{number}-{place[2]}", value))
    return MultiDict(kept)


def _positions(data: MultiDict[str, Any]) -> set[str]:
    return {place[1] for name in data if (place := ITEM_FIELD.fullmatch(name))}
