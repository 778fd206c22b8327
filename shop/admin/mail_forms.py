"""The form of the not-by-mail list: it reads an entry, and says beside the field what is invalid."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from shop.safety.mailable import ListEntry

LONGEST_SUBSTANCE, LONGEST_FORM, LONGEST_REASON, LONGEST_SOURCE = 200, 80, 200, 300
TOO_LONG = "At most %(max)d characters."
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _name(text: str | None) -> str:
    """As the list keeps it: lower case, single spaces."""
    return " ".join((text or "").lower().split())


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split()).rstrip(".")


class ExclusionForm(FlaskForm):  # type: ignore[misc]
    """A substance, a word of the form, or both; why, and what says so."""

    ingredient = StringField(
        "Substance",
        filters=[_name],
        render_kw=PLAIN,
        validators=[Length(max=LONGEST_SUBSTANCE, message=TOO_LONG)],
    )
    form_word = StringField(
        "Word of the form",
        filters=[_name],
        render_kw=PLAIN,
        validators=[Length(max=LONGEST_FORM, message=TOO_LONG)],
    )
    reason = StringField(
        "Reason",
        filters=[_sentence],
        render_kw={"autocomplete": "off"},
        validators=[
            DataRequired("Enter why it can’t be mailed: customers see this."),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )
    source = StringField(
        "Source",
        filters=[_sentence],
        render_kw={"autocomplete": "off"},
        validators=[
            DataRequired("Enter the source: a rule, a label, or this pharmacy’s decision and its date."),
            Length(max=LONGEST_SOURCE, message=TOO_LONG),
        ],
    )

    def validate_ingredient(self, field: Any) -> None:
        if not field.data and not self.form_word.data:
            raise ValidationError("Enter a substance, a word of the form, or both.")
        if field.data and not any(c.isalnum() for c in field.data):
            raise ValidationError(f"“{field.data}” has no letters or digits.")

    def validate_form_word(self, field: Any) -> None:
        if field.data and not any(c.isalnum() for c in field.data):
            raise ValidationError(f"“{field.data}” has no letters or digits.")

    def entry(self) -> ListEntry:
        """What was typed, for the list."""
        return ListEntry(self.ingredient.data, self.form_word.data, self.reason.data, self.source.data)
