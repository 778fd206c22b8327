"""One medicine on the desk's form: what the document says of it, and whether it is dispensed or declined."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, Form, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import TextInput

from shop.form_fields import LONGEST_NOTE, stripped
from shop.numbers import digits
from shop.prescriptions.reasons import WORDS, Reason
from shop.prescriptions.verification import as_written
from shop.prescriptions.verification.directions import daily_use
from shop.prescriptions.verification.typed import Declined, TypedItem

LONGEST_DIRECTIONS = 300
LONGEST_FIGURE = 60  # "#120 (one hundred and twenty) tablets"
LONGEST_INDICATION = 120
LONGEST_WRITTEN = 200
MOST_DAYS = 365
REFILL_SHARES = (50, 100)  # percent of a supply, fewest and most
TYPING = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


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
        self.data = digits(text, 6)
        if text and self.data is None:
            raise ValueError("Enter a whole number, or leave blank.")


DISPENSE = ""
DECLINING = {code.value: words.short for code, words in WORDS.items() if words.may_decline}


class ItemForm(Form):  # type: ignore[misc]
    """One medicine. `find` looks for another one in the catalogue.

    Its decision is to dispense it, or the reason for which it is declined; then only `as_written` and the
    note are read, and the catalog need not have it.
    """

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
    indication = StringField(
        "Indication, if stated", [Length(max=LONGEST_INDICATION)], filters=[stripped], render_kw=TYPING
    )
    dispense_as_written = BooleanField("Dispense as written")
    refill_share = WholeNumber(
        "Refill at %",
        [
            Optional(),
            NumberRange(*REFILL_SHARES, "From {} to {}, or leave blank.".format(*REFILL_SHARES)),
        ],
        render_kw={"inputmode": "numeric", "placeholder": "store’s", **TYPING},
    )
    decision = SelectField(
        "Decision",
        choices=[
            SelectChoice(DISPENSE, "Dispense"),
            *(SelectChoice(code, f"Decline: {words.lower()}") for code, words in DECLINING.items()),
        ],
        default=DISPENSE,
        invalid_choice_message="Choose one from the list.",
    )
    as_written = StringField(
        "Medicine as written",
        [Length(max=LONGEST_WRITTEN)],
        filters=[stripped],
        render_kw={"placeholder": "blank: the name chosen or searched", **TYPING},
    )
    decline_note = StringField(
        "Note to the customer about this medicine",
        [Length(max=LONGEST_NOTE)],
        filters=[stripped],
        render_kw=TYPING,
    )

    decline_for: Reason | None = None  # why what `find` looks for may be declined, once somebody has looked

    @property
    def is_declined(self) -> bool:
        return self.decision.data in DECLINING

    def validate(self, extra_validators: Any = None) -> bool:
        """Of a declined medicine, what is only for dispensing is not read."""
        if not self.is_declined:
            return bool(super().validate(extra_validators))
        readable = [self[name].validate(self) for name in ("decision", "as_written", "decline_note")]
        return all(readable)

    def typed(self) -> TypedItem:
        """As the checks read it."""
        variant_id = digits(self.variant_id.data, 15)
        if self.is_declined:
            why = Declined(self.decision.data, self.decline_note.data or "")
            looked_for = "" if variant_id else self.find.data
            written = self.as_written.data or looked_for or ""
            return TypedItem(variant_id, None, None, None, "", as_written=written, declined=why)
        directions, days = self.directions.data or "", self.days_supply.data
        use = daily_use(directions, "pill") or daily_use(directions, "mL")
        quantity = as_written.quantity(self._figure("quantity"), days, use.high if use else None)
        refills = as_written.refills(self._figure("refills"), days)
        written = {"quantity": quantity, "refills": refills}
        return TypedItem(
            variant_id,
            quantity.value,
            refills.value,
            days,
            directions,
            written,
            self.indication.data or "",
            bool(self.dispense_as_written.data),
            self.refill_share.data,
        )

    def _figure(self, name: str) -> str:
        return (self[name].data or "")[:LONGEST_FIGURE]
