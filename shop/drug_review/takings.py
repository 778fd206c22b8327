"""What the catalogue, directions and a patient's words say of one medicine, as the review reads it. Pure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from shop.catalogue.queries import Contents
from shop.drug_review.taking import From, Part, Taking, Use
from shop.patients.rules import age_on
from shop.prescriptions.verification.directions import daily_use
from shop.safety.otc import Supply, amounts
from shop.search.names import brands, substances
from shop.substances.identity import is_extended
from shop.substances.names import moiety
from shop.substances.query_text import query_words

_LONGEST_NAME = 6
"""Words of a name that a patient may have written."""


def taking_of(
    key: str,
    known: From,
    contents: Contents,
    directions: str = "",
    *,
    quantity: int | None = None,
    days_supply: int | None = None,
    item_id: int | None = None,
    variant_id: int | None = None,
) -> Taking:
    """A medicine of the catalogue as somebody takes it."""
    return Taking(
        key,
        contents.label,
        known,
        parts_of(contents),
        directions,
        use_of(directions, contents.unit),
        quantity,
        days_supply,
        contents.form,
        contents.route,
        "extended" if is_extended(contents.form) else "immediate",
        contents.unit,
        contents.prescription_required,
        item_id,
        variant_id,
    )


def parts_of(contents: Contents) -> tuple[Part, ...]:
    """Its ingredients without salts, each with the mg of one unit (pill, mL or gram) where that is stated."""
    supply = Supply(
        0, contents.ingredients, contents.strength, contents.unit, contents.route, 1, contents.pack
    )
    return tuple(Part(moiety(name), amount) for name, amount in amounts(supply))


def use_of(directions: str, unit: str) -> Use:
    """What directions make of it, as far as they are read: at most so many units on a day it is taken."""
    use = daily_use(directions, unit)
    if use is None:
        return Use()
    if use.high >= 1 or use.high.numerator == 0:
        return Use(most_a_day=use.high)
    # less than one unit a day: "1 tablet weekly" is one tablet on one day of seven
    days = max(1, ceil(7 * use.high))
    return Use(most_a_day=use.high * Fraction(7, days), days_a_week=days)


def told(key: str, words: str) -> Taking:
    """A medicine from elsewhere in the patient's words: brands and substances they name, without amounts."""
    return Taking(key, words, From.ELSEWHERE, named_in(words))


def named_in(text: str) -> tuple[Part, ...]:
    """Every ingredient that the words name, by brand or by itself; the longest name first."""
    words, found, at = query_words(text), dict[str, None](), 0
    while at < len(words):
        length, ingredients = _name_at(words, at)
        found.update(dict.fromkeys(ingredients))
        at += length
    return tuple(Part(moiety(name)) for name in found)


def _name_at(words: list[str], at: int) -> tuple[int, tuple[str, ...]]:
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        name = tuple(words[at : at + length])
        if brand := brands().get(name):
            return length, brand.ingredients
        if " ".join(name) in substances():
            return length, (" ".join(name),)
    return 1, ()


def age_in_years(born: date | None, day: date) -> Decimal | None:
    """Years with the months lived of the next one: 1.5 is a year and a half. None where unknown."""
    if born is None or born > day:
        return None
    months = (day.month - born.month - (day.day < born.day)) % 12
    return age_on(born, day) + (Decimal(months) / 12).quantize(Decimal("0.01"))
