"""The customer's forms: sending a prescription, and answering a pharmacist's question about one."""

from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from shop.prescriptions import queries
from shop.prescriptions.models import PrescriptionDocument

LONGEST_NOTE = 500
NOTE_TOO_LONG = f"A note has at most {LONGEST_NOTE} characters."
ACCEPTED_FILES = "image/jpeg,image/png,image/webp,application/pdf"
RETURNS = ("/basket", "/checkout")


def stripped(text: str | None) -> str:
    """The text without spaces around it, and with one kind of line end."""
    return (text or "").replace("\r\n", "\n").strip()


class PrescriptionForm(FlaskForm):  # type: ignore[misc]
    """Sends files as a prescription. `drafts` are files kept from an earlier try; `remove` forgets one.

    `return_to` is where a page of another room that embeds the form wants the customer back.
    """

    documents = MultipleFileField(
        "Photo or PDF of the prescription", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )
    note = TextAreaField(
        "Note to the pharmacist, if there is something to say",
        [Length(max=LONGEST_NOTE, message=NOTE_TOO_LONG)],
        filters=[stripped],
        render_kw={"rows": 2},
    )
    confirmed = BooleanField(
        "This prescription was written for me or for someone I care for.",
        [InputRequired("Tick this: we may only take a prescription from the patient or their carer.")],
    )
    remove = StringField()
    return_to = HiddenField()

    @property
    def drafts(self) -> list[PrescriptionDocument]:
        """The signed-in customer's files that were kept and not sent yet."""
        return queries.drafts(current_user.id)

    @property
    def way_back(self) -> str:
        """Where to go after sending; only addresses of this store."""
        return self.return_to.data if self.return_to.data in RETURNS else "/prescriptions"


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """Answers a question: a message, more files, or both."""

    documents = MultipleFileField(
        "Another photo or PDF, if one helps", render_kw={"accept": ACCEPTED_FILES, "multiple": True}
    )
    text = TextAreaField(
        "Your answer",
        [Length(max=LONGEST_NOTE, message=NOTE_TOO_LONG)],
        filters=[stripped],
        render_kw={"rows": 3},
    )
