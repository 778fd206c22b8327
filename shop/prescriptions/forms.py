"""The customer's forms: sending a prescription, other files for one, and an answer to a question."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from shop.clock import today
from shop.form_fields import LONGEST_NOTE, Day, one_line, stripped
from shop.patients import queries as patients
from shop.patients.errors import BIRTH_WORDS
from shop.patients.forms import NoticeField
from shop.patients.queries import PatientFacts
from shop.patients.rules import LONGEST_NAME, Relation, birth_refusal
from shop.prescriptions import queries
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.uploads import refusals
from shop.prescriptions.uploads.budget import OverBudget

NOTE_TOO_LONG = f"A note can have at most {LONGEST_NOTE} characters."
ACCEPTED_FILES = "image/jpeg,image/png,image/webp,application/pdf"
RETURNS = ("/basket", "/checkout")


class FilesForm(FlaskForm):  # type: ignore[misc]
    """Sends files. `over_budget` is set when the account has sent as much as it can for now."""

    over_budget: OverBudget | None = None
    documents = MultipleFileField(
        "Another photo or PDF", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )


class PrescriptionForm(FilesForm):
    """Sends files as a prescription. `drafts` are files kept from an earlier try; `remove` forgets one.

    `return_to` is where a page of another room that embeds the form wants the customer back. `patients` are
    those of the account: with one it is chosen; without any, the account holder's name and birth date are
    asked here.
    """

    documents = MultipleFileField(
        "Photo or PDF of the prescription", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )
    patient = SelectField("Who is it for?", validate_choice=False)
    patient_name = StringField(
        "Your full name, as on the prescription", filters=[one_line], render_kw={"maxlength": LONGEST_NAME}
    )
    patient_birth_date = Day("Your date of birth", render_kw={"autocomplete": "bday"})
    note = TextAreaField(
        "Note to the pharmacist (optional)",
        [Length(max=LONGEST_NOTE, message=NOTE_TOO_LONG)],
        filters=[stripped],
        render_kw={"rows": 2},
    )
    confirmed = BooleanField(
        "This prescription was written for me or for someone I care for.",
        [
            InputRequired(
                "Check this box: we can accept a prescription only from the patient or their caregiver."
            )
        ],
    )
    notice = NoticeField()
    remove = StringField()
    return_to = HiddenField()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.patients: Sequence[PatientFacts] = patients.of_account(current_user.id)
        self.patient.choices = [
            SelectChoice("", "Choose …"),
            *(SelectChoice(one.reference, one.name) for one in self.patients),
        ]
        if len(self.patients) == 1:
            self.patient.data = self.patients[0].reference
        if not self.patients and self.patient_name.raw_data is None:
            self.patient_name.data = current_user.name

    def validate_patient(self, field: SelectField) -> None:
        if self.patients and field.data not in {one.reference for one in self.patients}:
            raise ValidationError("Choose who it is for.")

    def validate_patient_name(self, field: StringField) -> None:
        if not self.patients and not field.data:
            raise ValidationError("Enter your full name, as on the prescription.")
        if len(field.data or "") > LONGEST_NAME:
            raise ValidationError(f"A name can have at most {LONGEST_NAME} characters.")

    def validate_patient_birth_date(self, field: Day) -> None:
        why = birth_refusal(field.data, Relation.SELF, self.today)
        if not self.patients and why and not field.process_errors:
            raise ValidationError(BIRTH_WORDS[why])

    @property
    def today(self) -> date:
        """The last day that can be a birth date."""
        return today()

    @property
    def drafts(self) -> list[PrescriptionDocument]:
        """The signed-in customer's files that were kept and not sent yet."""
        return queries.drafts(current_user.id)

    @staticmethod
    def why_refused(document: PrescriptionDocument) -> str:
        """Why a kept file could not be opened and what to do, in words."""
        why = refusals.words(document.refusal)
        return f"{why.message} {why.todo}"

    def page_of(self, reference: str) -> str:
        """The page of what was sent; it leads back to where the customer came from."""
        return url_for("prescriptions.detail", reference=reference, return_to=known(self.return_to.data))


def known(return_to: str | None) -> str | None:
    """A page of another room to come back to: only addresses of this store."""
    return return_to if return_to in RETURNS else None


class AnswerForm(FilesForm):
    """Answers a question: a message, more files, or both."""

    documents = MultipleFileField(
        "Another photo or PDF (optional)", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )
    text = TextAreaField(
        "Your answer",
        [Length(max=LONGEST_NOTE, message=NOTE_TOO_LONG)],
        filters=[stripped],
        render_kw={"rows": 3},
    )
    notice = NoticeField()
