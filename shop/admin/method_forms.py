"""The forms of delivery methods: prices by weight and group of states, and the estimated weights."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Form, FormField, HiddenField, StringField
from wtforms.validators import ValidationError

from shop import numbers
from shop.admin.refund_forms import cents_of
from shop.delivery.problems import LONGEST_NAME, Problem, problems
from shop.delivery.rules import Method, Step, Zone
from shop.delivery.weights import MILLIGRAMS, STANDARD, Kind
from shop.form_fields import complain, typed
from shop.prescriptions.rules import SPARE_DAYS
from shop.safety.states_served import COUNTRY, state_code
from shop.web import settings

STEPS, GROUPS = 4, 3
"""Weight tiers, and groups of states beside everywhere else."""
ZONES = (*(f"group_{place}" for place in range(1, GROUPS + 1)), "elsewhere")
ZONE_TITLES = (*(f"State group {place}" for place in range(1, GROUPS + 1)), "Everywhere else")
MOST_KIND_GRAMS = 10_000
KIND_LABELS = {
    Kind.PILL: "Tablet or capsule",
    Kind.LIQUID: "Liquid, per mL",
    Kind.SEMISOLID: "Cream, ointment, or gel, per g",
    Kind.PATCH: "Patch",
    Kind.SUPPOSITORY: "Suppository",
    Kind.SPRAY: "Spray, inhaler, or foam",
    Kind.PACKING: "Packaging of a parcel",
}
_COUNT = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 8}
_AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 12}
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ZoneForm(Form):  # type: ignore[misc]
    """A group of states: what each weight costs there, and how long it takes."""

    states = StringField("States", render_kw=_PLAIN | {"maxlength": 300})
    transit_days = StringField("Business days in transit", render_kw=_COUNT)
    free_from = StringField("Free from", render_kw=_AMOUNT)
    price_1 = StringField("Price, first tier", render_kw=_AMOUNT)
    price_2 = StringField("Price, second tier", render_kw=_AMOUNT)
    price_3 = StringField("Price, third tier", render_kw=_AMOUNT)
    price_4 = StringField("Price, any heavier weight", render_kw=_AMOUNT)

    @property
    def prices(self) -> list[Any]:
        return [self[f"price_{place}"] for place in range(1, STEPS + 1)]

    @property
    def is_blank(self) -> bool:
        return not any(typed(field) for field in self)


class MethodForm(FlaskForm):  # type: ignore[misc]
    """A method. A group that is blank is none. `seen` marks what the form was filled with."""

    seen = HiddenField()
    name = StringField("Name", render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME})
    code = StringField("Code", render_kw=_PLAIN | {"maxlength": 24})
    handling_days = StringField("Business days until it ships", render_kw=_COUNT)
    up_to_1 = StringField("First tier, up to (g)", render_kw=_COUNT)
    up_to_2 = StringField("Second tier, up to (g)", render_kw=_COUNT)
    up_to_3 = StringField("Third tier, up to (g)", render_kw=_COUNT)
    group_1 = FormField(ZoneForm)
    group_2 = FormField(ZoneForm)
    group_3 = FormField(ZoneForm)
    elsewhere = FormField(ZoneForm)

    @property
    def zone_forms(self) -> list[ZoneForm]:
        return [self[name].form for name in ZONES]

    @property
    def every_field(self) -> list[Any]:
        """Each field on its own, for the list of what is wrong."""
        own = [field for field in self if field.name not in ZONES]
        return own + [field for zone in self.zone_forms for field in zone]

    def method(self, code: str | None = None) -> Method | None:
        """What the fields say, of the method `code` or of a new one; None where fields have errors."""
        limits: list[int | None] = [self._limit(place) for place in range(1, STEPS)]
        limits.append(None)
        filled = [one for one in self.zone_forms if not one.is_blank]
        zones = [self._zone(one, limits) for one in filled]
        days = self._whole(self.handling_days, "Enter a number of business days; 0 ships the same day.")
        name, code = typed(self.name), code or typed(self.code).lower()
        found = Method(code, name, days or 0, tuple(zones))
        if not self._has_errors:
            for problem, place in problems(found, _most_days()):
                self._say(problem, self if place is None else filled[place])
        return None if self._has_errors else found

    @property
    def _has_errors(self) -> bool:
        return any(field.errors for field in self.every_field)

    def _say(self, problem: Problem, form: Any) -> None:
        most = _most_days()
        words = {
            Problem.CODE: (
                "code",
                "Enter a code of lowercase letters, digits, and hyphens, such as “express”.",
            ),
            Problem.NAME: ("name", "Enter the name customers see."),
            Problem.HANDLING: ("handling_days", "At most 10 business days."),
            Problem.NOWHERE: ("name", "Enter a price for at least one group of states."),
            Problem.UNKNOWN_STATE: ("states", "Enter state names or abbreviations, such as AK, HI."),
            Problem.STATE_TWICE: ("states", "One of these states is already in another group."),
            Problem.TOO_SLOW: (
                "transit_days",
                f"With the days until it ships, that can take over {most} days, so refills would arrive "
                f"late. The limit is DELIVERY_DAYS plus {SPARE_DAYS} spare days.",
            ),
            Problem.PRICE: ("price_1", "Enter prices between 0 and 10,000."),
            Problem.WEIGHTS: ("up_to_1", "Enter weights from lightest to heaviest, with a price for each."),
        }
        name, sentence = words[problem]
        complain(form[name] if name in form else self[name], sentence)

    def _limit(self, place: int) -> int | None:
        field = self[f"up_to_{place}"]
        return self._whole(field, "Enter a weight in grams.") if typed(field) else None

    def _zone(self, form: ZoneForm, limits: list[int | None]) -> Zone:
        last = form is self.zone_forms[-1]
        states = set() if last else _states(typed(form.states))
        if not last and not states:
            complain(form.states, "Enter the states of this group, or clear its other fields.")
        steps = []
        for limit, field, place in zip(limits, form.prices, range(1, STEPS + 1), strict=True):
            cents = _cents(field)
            if cents is not None and (limit or place == STEPS):
                steps.append(Step(limit, cents))
            elif cents is not None:
                complain(field, "Enter the weight for this price above.")
        days = self._whole(form.transit_days, "Enter a number of business days.") if steps else 0
        return Zone(frozenset(states), days or 0, tuple(steps), _cents(form.free_from))

    def _whole(self, field: Any, sentence: str) -> int | None:
        found = numbers.whole(typed(field), settings().locale)
        if found is None:
            complain(field, sentence)
        return found


class WeightsForm(FlaskForm):  # type: ignore[misc]
    """Grams of one unit of each kind. `seen` marks what the form was filled with."""

    seen = HiddenField()
    pill = StringField(KIND_LABELS[Kind.PILL], render_kw=_AMOUNT)
    liquid = StringField(KIND_LABELS[Kind.LIQUID], render_kw=_AMOUNT)
    semisolid = StringField(KIND_LABELS[Kind.SEMISOLID], render_kw=_AMOUNT)
    patch = StringField(KIND_LABELS[Kind.PATCH], render_kw=_AMOUNT)
    suppository = StringField(KIND_LABELS[Kind.SUPPOSITORY], render_kw=_AMOUNT)
    spray = StringField(KIND_LABELS[Kind.SPRAY], render_kw=_AMOUNT)
    packing = StringField(KIND_LABELS[Kind.PACKING], render_kw=_AMOUNT)

    @property
    def every_field(self) -> list[Any]:
        return [self[kind.value] for kind in Kind]

    def milligrams(self) -> dict[Kind, int] | None:
        """By kind; None where fields have errors. Blank is the store's own estimate."""
        found = {}
        for kind in Kind:
            field = self[kind.value]
            grams = numbers.decimal(typed(field), settings().locale) if typed(field) else None
            if grams is None and not typed(field):
                found[kind] = STANDARD[kind]
            elif grams is None or not Decimal(1) / MILLIGRAMS <= grams <= MOST_KIND_GRAMS:
                complain(field, "Enter grams, such as 0.8.")
            else:
                found[kind] = int((grams * MILLIGRAMS).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        return found if len(found) == len(Kind) else None


def fields_of(method: Method) -> dict[str, Any]:
    """A method as the form shows it. Weights are those of all its zones: each may leave some out."""
    limits = {step.up_to_grams for zone in method.zones for step in zone.steps}
    known = sorted(limit for limit in limits if limit is not None)
    fields: dict[str, Any] = {"name": method.name, "code": method.code, "handling_days": method.handling_days}
    fields |= {f"up_to_{place}": limit for place, limit in enumerate(known, start=1)}
    named = [zone for zone in method.zones if zone.states][:GROUPS]
    rest = next((zone for zone in method.zones if not zone.states), None)
    blank: list[Zone | None] = [None] * (GROUPS - len(named))
    for name, zone in zip(ZONES, (*named, *blank, rest), strict=True):
        fields[name] = _zone_fields(zone, known) if zone else {}
    return fields


def differences(stored: Method, wanted: Method) -> dict[str, str]:
    """The stored values that differ from those entered, by field name, written as in the form."""
    form, now, then = MethodForm(formdata=None), fields_of(stored), fields_of(wanted)
    found = {}
    for field in form:
        if field.name not in ZONES and now.get(field.name) != then.get(field.name):
            found[field.label.text] = _or_blank(now.get(field.name))
    for name, title in zip(ZONES, ZONE_TITLES, strict=True):
        for field in form[name].form:
            value = now[name].get(field.short_name)
            if value != then[name].get(field.short_name):
                found[f"{title}: {field.label.text}"] = _or_blank(value)
    return found


def weight_differences(stored: dict[Kind, int], wanted: dict[Kind, int]) -> dict[str, str]:
    """The same of weights."""
    now, then = weight_fields(stored), weight_fields(wanted)
    return {KIND_LABELS[kind]: now[kind] for kind in Kind if now[kind] != then[kind]}


def weight_fields(milligrams: dict[Kind, int]) -> dict[str, str]:
    """Grams by kind as the form shows them."""
    known = {**STANDARD, **milligrams}
    return {kind.value: f"{Decimal(known[kind]) / MILLIGRAMS:f}" for kind in Kind}


def _most_days() -> int:
    """Calendar days that a refill leaves from the order to the door."""
    return settings().delivery_days + SPARE_DAYS


def in_states() -> bool:
    """Whether prices may differ by state in this store's market."""
    return settings().market == COUNTRY


def _zone_fields(zone: Zone, limits: list[int]) -> dict[str, str]:
    fields = {"states": ", ".join(sorted(zone.states)), "transit_days": str(zone.transit_days)}
    if zone.free_from_cents is not None:
        fields["free_from"] = _shown(zone.free_from_cents)
    for step in zone.steps:
        place = STEPS if step.up_to_grams is None else limits.index(step.up_to_grams) + 1
        fields[f"price_{place}"] = _shown(step.cents)
    return fields


def _or_blank(value: Any) -> str:
    return "blank" if value in (None, "") else str(value)


def _states(text: str) -> set[str]:
    """Codes of what was typed: names or codes with commas between, or codes with spaces; else as typed."""
    found = set()
    for piece in text.split(","):
        whole = state_code(piece)
        found |= {whole} if whole else {state_code(one) or one.upper() for one in piece.split()}
    return found


def _cents(field: Any) -> int | None:
    if not typed(field):
        return None
    try:
        return cents_of(typed(field))
    except ValidationError as error:
        complain(field, str(error))
        return None


def _shown(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
