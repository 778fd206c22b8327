"""The forms of the price pages: they read what was entered, and say beside the field what is invalid.

A rule's form is sent twice with the same fields: by GET to look at what it would do, by POST to apply it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice

from shop import money, numbers
from shop.form_fields import complain, typed
from shop.pricing.plan import price_in_words
from shop.pricing.rules import Breaks, Rule, price_problem, problems
from shop.web import settings

BREAK_ROWS = 4
_NUMBER = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}
_COUNT = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6}


class RuleForm(FlaskForm):  # type: ignore[misc]
    """A price rule as people write it: percents, and money in the store's way."""

    way = RadioField(
        "How prices are made",
        choices=[
            SelectChoice("mark_up", "Markup on what pharmacies paid"),
            SelectChoice("fixed", "Fixed price per unit"),
        ],
        default="mark_up",
    )
    mark_up = StringField("Markup, in percent", render_kw=_NUMBER)
    fee = StringField("Pharmacy fee per line", render_kw=_NUMBER)
    fixed_price = StringField("Price per unit", render_kw=_NUMBER)
    from_1 = StringField("From quantity", render_kw=_COUNT)
    off_1 = StringField("Percent off", render_kw=_NUMBER)
    from_2 = StringField("From quantity", render_kw=_COUNT)
    off_2 = StringField("Percent off", render_kw=_NUMBER)
    from_3 = StringField("From quantity", render_kw=_COUNT)
    off_3 = StringField("Percent off", render_kw=_NUMBER)
    from_4 = StringField("From quantity", render_kw=_COUNT)
    off_4 = StringField("Percent off", render_kw=_NUMBER)

    def rule(self, for_store: bool) -> Rule | None:
        """What the fields say; None when they cannot be read or meant, and then the fields have errors."""
        fixed = self.way.data == "fixed"
        mark_up = None if fixed else self._amount(self.mark_up, percent=True)
        fee = None if fixed or not typed(self.fee) else self._amount(self.fee)
        price = self._amount(self.fixed_price) if fixed else None
        breaks = self._breaks()
        if any(field.errors for field in self):
            return None
        rule = Rule(None if mark_up is None else mark_up / 100, fee or Decimal(0), price, breaks)
        for name, sentence in problems(rule, for_store).items():
            complain(self.from_1 if name == "breaks" else self[name], sentence)
        return None if any(field.errors for field in self) else rule

    def values(self) -> dict[str, str]:
        """The fields as typed, for the form that applies what this one showed."""
        return {field.name: field.data for field in self if field.data and field.name != "csrf_token"}

    @property
    def break_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"from_{place}"], self[f"off_{place}"]) for place in range(1, BREAK_ROWS + 1)]

    def _amount(self, field: Any, percent: bool = False) -> Decimal | None:
        text, config = typed(field), settings()
        if not text or (percent and text == "%"):
            complain(field, "Enter a number." if percent else "Enter an amount.")
            return None
        if percent:
            if (found := numbers.percent(text, config.locale)) is None:
                complain(field, f"“{text.removesuffix('%').strip()[:20]}” is not a percentage.")
            return found
        try:
            return money.parse_price(text, config.currency, config.locale)
        except money.PriceUnreadable as error:
            complain(field, str(error))
            return None

    def _breaks(self) -> Breaks:
        found = []
        for least, off in self.break_rows:
            units = typed(least)
            if not units and not typed(off):
                continue
            if (count := numbers.whole(units, settings().locale)) is None:
                complain(least, "Enter the quantity from which the discount applies.")
            elif (percent := self._amount(off, percent=True)) is not None:
                found.append((count, percent))
        return tuple(found)


def fields_of(rule: Rule | None) -> dict[str, str]:
    """A rule as the form shows it."""
    if rule is None:
        return {"way": "mark_up"}
    fields = {"way": "fixed" if rule.fixed_price is not None else "mark_up"}
    if rule.mark_up is not None:
        fields["mark_up"] = f"{(rule.mark_up * 100).normalize():f}"
        fields["fee"] = price_in_words(rule.fee)
    if rule.fixed_price is not None:
        fields["fixed_price"] = price_in_words(rule.fixed_price)
    for place, (units, off) in enumerate(rule.breaks[:BREAK_ROWS], start=1):
        fields |= {f"from_{place}": str(units), f"off_{place}": f"{off.normalize():f}"}
    return fields


class FixedPriceForm(FlaskForm):  # type: ignore[misc]
    """One price for each pack step; an empty one is that of the step before. Made by `fixed_price_form`."""

    steps: Sequence[int] = ()

    @property
    def step_fields(self) -> list[Any]:
        return [self[f"price_{step}"] for step in self.steps]

    def prices(self) -> tuple[Decimal, Breaks] | None:
        """The price and its breaks; None when they cannot be read or meant, and then fields have errors."""
        found: list[tuple[int, Decimal]] = []
        for step, field in zip(self.steps, self.step_fields, strict=True):
            if not typed(field) and found:
                continue
            try:
                found.append((step, money.parse_price(typed(field), settings().currency, settings().locale)))
            except money.PriceUnreadable as error:
                complain(field, str(error) if typed(field) else "Enter the price per unit.")
                return None
        price, breaks = found[0][1], tuple(found[1:])
        for count in range(len(breaks) + 1):
            if sentence := price_problem(price, breaks[:count]):
                complain(self[f"price_{found[count][0]}"], sentence)
                return None
        return price, breaks


def fixed_price_form(
    steps: Sequence[int], price: Decimal | None, breaks: Breaks, data: Mapping[str, str] | None = None
) -> FixedPriceForm:
    """The form for a strength in these pack steps, filled with its prices or with what was sent."""
    every = sorted({*steps, *(units for units, _ in breaks)}) or [1]
    fields: dict[str, Any] = {
        f"price_{step}": StringField(
            f"From {step} units" if len(every) > 1 else "Price per unit", render_kw=_NUMBER
        )
        for step in every
    }
    kind = type("FixedPriceForm", (FixedPriceForm,), fields | {"steps": every})
    filled = {f"price_{units}": price_in_words(lower) for units, lower in breaks}
    if price is not None:
        filled[f"price_{every[0]}"] = price_in_words(price)
    made: FixedPriceForm = kind(formdata=data, data=filled)
    return made
