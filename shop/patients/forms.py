"""The customer's forms: who a patient is, and the health questions in plain words."""

from decimal import Decimal
from typing import Any

from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from shop.errors import DomainError
from shop.form_fields import Day, one_line
from shop.patients import errors, notice, profile
from shop.patients.profile import LISTS, UNKNOWN, Kidneys, Profile, Topic, YesNo
from shop.patients.queries import PatientFacts
from shop.patients.rules import LONGEST_NAME, Relation

RETURNS = ("/basket", "/checkout", "/prescriptions")
RELATIONS = {
    Relation.SELF: "Me",
    Relation.CHILD: "My child, or a child I care for",
    Relation.ADULT: "An adult I care for",
}
NONE, SOME = "none", "some"
YES_NO = [
    SelectChoice(YesNo.NO.value, "No, or it doesn’t apply"),
    SelectChoice(YesNo.YES.value, "Yes"),
    SelectChoice(YesNo.UNKNOWN.value, "I don’t know"),
]
KIDNEYS = [
    SelectChoice(Kidneys.NO_PROBLEM.value, "No kidney problem that I know of"),
    SelectChoice(Kidneys.REDUCED.value, "Reduced: a doctor said the kidneys don’t work fully"),
    SelectChoice(Kidneys.DIALYSIS.value, "On dialysis"),
    SelectChoice(Kidneys.UNKNOWN.value, "I don’t know"),
]


def known(return_to: str | None) -> str | None:
    """A page of another room to come back to: only addresses of this store."""
    return return_to if return_to in RETURNS else None


class NoticeField(BooleanField):  # type: ignore[misc]
    """That the Notice of Privacy Practices was received; asked of who has not acknowledged its edition."""

    def __init__(self, **more: Any) -> None:
        super().__init__("I’ve received the Notice of Privacy Practices.", **more)

    @property
    def asked(self) -> bool:
        """Whether the form shows it."""
        return notice.acknowledged_at(current_user.id) is None

    def pre_validate(self, form: Any) -> None:
        """Nobody's health data are taken without it, whatever the form showed."""
        if not self.data and self.asked:
            refusal = notice.NoticeNotAcknowledged()
            raise ValidationError(f"{refusal.message} {refusal.todo}")


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Who a patient is. `return_to` is where a page of another room wants the customer back."""

    relation = SelectField(
        "Who is this?",
        [InputRequired("Choose who this is.")],
        choices=[
            SelectChoice("", "Choose …"),
            *(SelectChoice(code.value, words) for code, words in RELATIONS.items()),
        ],
        validate_choice=False,
    )
    name = StringField(
        "Full name, as on their prescriptions",
        [
            InputRequired("Enter the full name."),
            Length(max=LONGEST_NAME, message=f"A name has at most {LONGEST_NAME} characters."),
        ],
        filters=[one_line],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off"},
    )
    birth_date = Day("Date of birth", render_kw={"autocomplete": "off"})
    return_to = HiddenField()

    def validate_relation(self, field: SelectField) -> None:
        if field.data not in set(Relation):
            raise ValidationError("Choose who this is.")

    def refused(self, refusal: DomainError) -> None:
        """Say a refusal beside the field it concerns, or on top."""
        fields = {
            errors.BirthDateWrong: self.birth_date,
            errors.SelfKnown: self.relation,
            errors.PatientKnown: self.name,
            errors.NameMissing: self.name,
        }
        sentence = f"{refusal.message} {refusal.todo}"
        if field := fields.get(type(refusal)):
            field.errors = [*field.errors, sentence]
        else:
            self.form_errors: list[str] = [*self.form_errors, sentence]


def person_form(patient: PatientFacts | None = None) -> PersonForm:
    """The form, filled with what is known of a patient unless it was sent."""
    form = PersonForm()
    if patient is not None and not form.is_submitted():
        form.name.data, form.birth_date.data = patient.name, patient.born
        form.relation.data = patient.relation.value if patient.relation else ""
    return form


def _said(label: str, none: str) -> RadioField:
    return RadioField(
        label, choices=[SelectChoice(NONE, none), SelectChoice(SOME, "Yes")], validate_choice=False
    )


def _list(label: str) -> TextAreaField:
    return TextAreaField(label, render_kw={"rows": 3, "autocomplete": "off"})


class HealthForm(FlaskForm):  # type: ignore[misc]
    """The health questions. A question left alone stays unanswered; "none" is an answer."""

    allergies_said = _said("Allergies or bad reactions to medicines, foods, or latex?", "None that I know of")
    allergies = _list("Which, and what happened? One per line.")
    conditions_said = _said("Health conditions, now or for a long time?", "None that I know of")
    conditions = _list("Which? One per line.")
    medicines_said = _said(
        "Medicines from elsewhere, including over-the-counter medicines, vitamins, and herbs?", "None"
    )
    medicines = _list("Which, and how much? One per line.")
    pregnancy = RadioField("Pregnant, or trying to become pregnant?", choices=YES_NO, validate_choice=False)
    breastfeeding = RadioField("Breastfeeding?", choices=YES_NO, validate_choice=False)
    weight = StringField(
        "Weight in kilograms, or pounds with “lb”", render_kw={"autocomplete": "off", "maxlength": 16}
    )
    weight_unknown = BooleanField("I don’t know")
    kidneys = RadioField("Kidneys?", choices=KIDNEYS, validate_choice=False)
    notice = NoticeField()
    return_to = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside the fields' own, what each question's parts say together."""
        sound = bool(super().validate(extra_validators))
        for topic in LISTS:
            sound = self._judge_list(topic) and sound
        return sound and self._judge_weight()

    def _judge_list(self, topic: Topic) -> bool:
        said, field = self[f"{topic.value}_said"], self[topic.value]
        entries = profile.entries(field.data or "")
        sentence = ""
        if entries and said.data == NONE:
            sentence = "Choose “Yes”, or clear what is written here."
        elif not entries and said.data == SOME:
            sentence = "Write down which, one per line."
        elif len(entries) > profile.MOST_ENTRIES:
            sentence = f"Write at most {profile.MOST_ENTRIES} lines."
        elif any(len(entry) > profile.LONGEST_ENTRY for entry in entries):
            sentence = f"Use at most {profile.LONGEST_ENTRY} characters per line."
        if sentence:
            field.errors = [*field.errors, sentence]
        return not sentence

    def _judge_weight(self) -> bool:
        text = one_line(self.weight.data)
        sentence = ""
        if text and self.weight_unknown.data:
            sentence = "Enter the weight, or check “I don’t know”, not both."
        elif text and profile.weight_in_kg(text) is None:
            sentence = "Enter the weight with at most one decimal, such as 68.5 or 150 lb."
        if sentence:
            self.weight.errors = [*self.weight.errors, sentence]
        return not sentence

    def answers(self) -> Profile:
        """What was answered, after validation."""
        return Profile(
            **{topic.value: self._entries(topic) for topic in LISTS},
            pregnancy=_code(YesNo, self.pregnancy.data),
            breastfeeding=_code(YesNo, self.breastfeeding.data),
            weight=self._weight(),
            kidneys=_code(Kidneys, self.kidneys.data),
        )

    def _entries(self, topic: Topic) -> tuple[str, ...] | None:
        entries = profile.entries(self[topic.value].data or "")
        return entries if entries or self[f"{topic.value}_said"].data == NONE else None

    def _weight(self) -> Decimal | str | None:
        return UNKNOWN if self.weight_unknown.data else profile.weight_in_kg(one_line(self.weight.data))


def health_form(health: Profile) -> HealthForm:
    """The form, filled with the answers that are kept unless it was sent."""
    form = HealthForm()
    if form.is_submitted():
        return form
    for topic in LISTS:
        kept = getattr(health, topic.value)
        form[f"{topic.value}_said"].data = None if kept is None else SOME if kept else NONE
        form[topic.value].data = "\n".join(kept or ())
    for topic in (Topic.PREGNANCY, Topic.BREASTFEEDING, Topic.KIDNEYS):
        kept = getattr(health, topic.value)
        form[topic.value].data = kept.value if kept else None
    form.weight_unknown.data = health.weight == UNKNOWN
    form.weight.data = "" if health.weight in (None, UNKNOWN) else str(health.weight)
    return form


def _code(kind: type[Any], value: str | None) -> Any:
    return kind(value) if value in [code.value for code in kind] else None
