"""The desk's form: what the document says, as typed in, with the decision's reason and note.

A field left empty means that the document does not state it. The checks judge what is missing, not the
form.
"""

import re
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from shop.form_fields import LONGEST_NOTE, Day, stripped
from shop.pharmacist.item_form import TYPING, ItemForm
from shop.prescriptions.origins import Received
from shop.prescriptions.prescriber_rules import (
    LONGEST_ADDRESS,
    LONGEST_LICENSE,
    LONGEST_PHONE,
    plain_license,
)
from shop.prescriptions.reasons import WORDS, Reason, of_all
from shop.prescriptions.rules import MOST_ITEMS
from shop.prescriptions.states import Origin
from shop.prescriptions.verification.typed import Typed
from shop.telephone import telephone, written
from shop.web import settings

NEW = "new"
LONGEST_NAME = 120
LONGEST_NUMBER = 40
ITEM_FIELD = re.compile(r"items-([0-9]{1,2})-(\w+)")


def npi_digits(text: str | None) -> str:
    """An NPI as it is compared: without the spaces and hyphens people put into it."""
    return re.sub(r"[\s-]", "", text or "")


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
        "Other pharmacy’s phone", [Length(max=LONGEST_PHONE)], filters=[stripped], render_kw=TYPING
    )
    received_person = StringField(
        "Other pharmacy’s pharmacist", [Length(max=LONGEST_NAME)], filters=[stripped], render_kw=TYPING
    )
    original_number = StringField(
        "Other pharmacy’s Rx number", [Length(max=LONGEST_NUMBER)], filters=[stripped], render_kw=TYPING
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
    fill_from = Day("Do not fill before")
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
            fill_from=self.fill_from.data,
            origin=Origin(self.origin.data) if self.origin.data in set(Origin) else Origin.PHOTO,
            received=Received(
                self.received_name.data or "", self.received_phone.data or "", self.received_person.data or ""
            ),
            original_number=self.original_number.data or "",
            read_back=bool(self.read_back.data),
            prescriber_license=self.prescriber_license.data or "",
            prescriber_address=self.prescriber_address.data or "",
            prescriber_phone=self.prescriber_phone.data or "",
        )

    def reason_of_all(self) -> Reason | None:
        """The reason to refuse the prescription, where every one of its medicines is declined."""
        typed = self.typed()
        if not typed.all_declined:
            return None
        return of_all(item.declined.reason for item in typed.declined if item.declined)

    def carry_over_reason(self) -> None:
        """Choose the reason to refuse where the medicines have it, unless one is chosen already."""
        whole = self.reason_of_all()
        if whole and WORDS[whole].may_refuse and not self.reason.data:
            self.reason.data = whole.value

    def complaints(self) -> list[tuple[str, str]]:
        """(field id, sentence) of everything that cannot be read, for the list on top."""
        fields = [field for field in self if field.name not in ("items", "csrf_token")]
        fields += [field for entry in self.items for field in entry.form]
        return [(field.id, f"{field.label.text}: {error}") for field in fields for error in field.errors]


class TransferForm(FlaskForm):  # type: ignore[misc]
    """To which pharmacy an approved prescription goes."""

    pharmacy = StringField(
        "Pharmacy",
        [DataRequired("Enter the pharmacy’s name."), Length(max=LONGEST_NAME)],
        filters=[stripped],
        id="transfer-pharmacy",
    )
    phone = StringField("Phone", filters=[stripped], id="transfer-phone", render_kw={"inputmode": "tel"})

    def validate_phone(self, field: StringField) -> None:
        if telephone(field.data or "", settings().market) is None:
            raise ValidationError("Enter a phone number with its area code, such as (555) 555-0142.")

    @property
    def to(self) -> str:
        """The pharmacy as it is kept: its name and phone number."""
        return f"{self.pharmacy.data}, {written(self.phone.data or '', settings().market)}"


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


def declining(data: MultiDict[str, str], position: int, reason: str) -> MultiDict[str, str]:
    """The same form with the medicine at `position` declined for `reason`."""
    name = f"items-{position}-decision"
    kept = [(key, value) for key, value in data.items(multi=True) if key != name]
    return MultiDict([*kept, (name, reason)])


def _positions(data: MultiDict[str, Any]) -> set[str]:
    return {place[1] for name in data if (place := ITEM_FIELD.fullmatch(name))}
