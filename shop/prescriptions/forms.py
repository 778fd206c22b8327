"""The customer's forms: sending a prescription, other files for one, and an answer to a question."""

from flask import url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from shop.prescriptions import queries
from shop.prescriptions.models import PrescriptionDocument
from shop.prescriptions.uploads import refusals
from shop.prescriptions.uploads.budget import OverBudget

LONGEST_NOTE = 500
NOTE_TOO_LONG = f"A note has at most {LONGEST_NOTE} characters."
ACCEPTED_FILES = "image/jpeg,image/png,image/webp,application/pdf"
RETURNS = ("/basket", "/checkout")


def stripped(text: str | None) -> str:
    """The text without spaces around it, and with one kind of line end."""
    return (text or "").replace("\r\n", "\n").strip()


class FilesForm(FlaskForm):  # type: ignore[misc]
    """Sends files. `over_budget` is set when the account has sent as much as it can for now."""

    over_budget: OverBudget | None = None
    documents = MultipleFileField(
        "Another photo or PDF", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )


class PrescriptionForm(FilesForm):
    """Sends files as a prescription. `drafts` are files kept from an earlier try; `remove` forgets one.

    `return_to` is where a page of another room that embeds the form wants the customer back.
    """

    documents = MultipleFileField(
        "Photo or PDF of the prescription", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )
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
    remove = StringField()
    return_to = HiddenField()

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
