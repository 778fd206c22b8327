"""Strengths as admins type them, read into what the catalogue compares and says. Pure.

"10mg", "250 mg/5 mL", "2.5 %" and "400 mg / 80 mg" are read; the sentence of a refusal says what to write.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

from shop.catalogue.sale_units import LEAST_CONTENT, MOST_CONTENT
from shop.handmade.typed import Unreadable
from shop.substances.strengths import (
    GREATEST,
    LONGEST,
    PER_SCALES,
    PLACES,
    SCALES,
    SPOKEN,
    Amount,
    UnreadableStrength,
    amount,
    doubt,
    parse_amounts,
    plain,
    stated,
    strength_text,
    without_content,
)

_PART = re.compile(r"(\d[\d,]*\.?\d*|\.\d+)\s*(%|[^\d\s].*)?", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_BETWEEN = re.compile(r"\s+/\s+|\s*[;+]\s*|\s+and\s+")
_WRITTEN = {  # as people write units, in the directory's words
    "iu": "[iu]",
    "international units": "[iu]",
    "usp units": "[usp'u]",
    "unit": "u",
    "units": "u",
    "µg": "ug",
    "μg": "ug",
    "cm²": "cm2",
    "hours": "h",
    "hour": "h",
    "hr": "h",
    "days": "d",
}
MEASURED = ("mL", "g")
KNOWN = {
    *("mg", "g", "mcg", "kg", "ng", "mL", "L", "mmol", "units", "mg/mL"),
    *(one for one in SPOKEN.values() if one),
    *SCALES,
}
KNOWN_PER = {
    *PER_SCALES,
    "mL",
    "g",
    "mg",
    "L",
    "hour",
    "day",
    "cm²",
    "actuation",
    "spray",
    "dose",
    "patch",
    "",
}
EXAMPLES = "10 mg, 250 mg/5 mL, 2 %"


Key = tuple[tuple[Decimal, str], ...]


@dataclass(frozen=True)
class Strength:
    """`text` as the page says it; `key` what it compares by; `value` and `unit` what it is ordered by.

    `content` of one container in `measure` (mL or g), where it is sold by the container.
    """

    text: str
    key: Key
    value: Decimal
    unit: str
    content: Decimal | None = None
    measure: str = ""


def read_strength(typed: str, unit: str, ingredients: int, ordered_in: str = "") -> Strength:
    """A strength of a product that is sold by `unit` (pill, mL, g, pack) and has so many ingredients.

    `ordered_in` is the unit in which its other strengths are ordered. Raises Unreadable.
    """
    text = " ".join(unicodedata.normalize("NFKC", typed or "").replace("μ", "µ").split())
    if not text:
        raise Unreadable(f"Enter the strength: {EXAMPLES}.")
    if len(text) > LONGEST:
        raise Unreadable(f"A strength can have at most {LONGEST} characters.")
    amounts = tuple(_amount(part, unit) for part in _BETWEEN.split(text))
    if len(amounts) != ingredients:
        raise Unreadable(
            "Enter one amount for each ingredient, in the same order, with “ / ” between them: the product "
            f"has {ingredients} ingredient{'s' if ingredients != 1 else ''}; this has {len(amounts)}."
        )
    said, key = strength_text(amounts), tuple(one.key for one in amounts)
    if why := doubt(said, unit):
        raise Unreadable(f"{said} cannot be right: {why.value}. Check the number and the unit.")
    wanted = ordered_in or amounts[0].unit_said
    return Strength(said, key, *stated(*key[0], wanted))


def with_content(strength: Strength, typed: str, by_container: bool) -> Strength:
    """The strength in containers that hold so much ("2.5 mL"). Raises Unreadable."""
    text = " ".join(typed.split())
    if not by_container:
        if text:
            raise Unreadable("The product is not sold by the container: leave this blank.")
        return strength
    found = re.fullmatch(r"(\d{1,6}\.?\d{0,4}|\.\d{1,4})\s*(ml|g)", text, re.ASCII | re.IGNORECASE)
    if not found or not LEAST_CONTENT <= Decimal(found[1]) <= MOST_CONTENT:
        raise Unreadable("Enter what one container holds: 2.5 mL, or 15 g.")
    content, measure = Decimal(found[1]).normalize(), "mL" if found[2].lower() == "ml" else "g"
    return replace(
        strength,
        text=f"{strength.text}, {plain(content)} {measure}",
        key=(*strength.key, (content, f"held, {measure}")),
        content=content,
        measure=measure,
    )


def fits(strength: str, ingredients: int) -> bool:
    """Whether a strength as said has an amount for each ingredient, as far as it can be read."""
    amounts = parse_amounts(without_content(strength))
    return amounts is None or len(amounts) == ingredients


def _amount(part: str, unit: str) -> Amount:
    found = _PART.fullmatch(part.strip())
    if not found:
        raise Unreadable(f"“{part[:30]}” is not a number and a unit. Write it like this: {EXAMPLES}.")
    number, said = found[1], (found[2] or "").strip()
    if "," in number:
        if not _THOUSANDS.fullmatch(number):
            raise Unreadable(f"“{number[:20]}” is not a number. Use a period as the decimal mark.")
        number = number.replace(",", "")
    if not said:
        raise Unreadable(f"“{part[:30]}” has no unit. Write it like this: {EXAMPLES}.")
    if said == "%":
        if unit not in MEASURED:
            raise Unreadable("A percentage is for creams and liquids. Write the amount: 10 mg.")
        number, said = plain(Decimal(number) * 10), f"mg/{unit}"
    result = _known(number, said, part)
    if unit in MEASURED and "/" not in result.unit:
        raise Unreadable(f"Say in how much: {result.text}/{unit}, or a percentage.")
    return result


def _known(number: str, said: str, part: str) -> Amount:
    """The amount, of a unit that the catalogue knows."""
    name, slash, per = (piece.strip() for piece in said.partition("/"))
    many = re.fullmatch(r"(\d*\.?\d*)\s*(.*)", per, re.ASCII)
    assert many
    over = f"/{many[1]}{_WRITTEN.get(many[2].lower(), many[2])}" if slash else ""
    try:
        result = amount(number, f"{_WRITTEN.get(name.lower(), name)}{over}")
    except UnreadableStrength as error:
        raise Unreadable(
            f"{str(error)[:1].upper()}{str(error)[1:]}. Write it like this: {EXAMPLES}."
        ) from None
    known, known_per = result.unit.split("/")[0], result.unit.partition("/")[2]
    if known not in KNOWN or known_per not in KNOWN_PER or (slash and not known_per):
        raise Unreadable(f"“{said[:30]}” is not a unit that is known here. Write it like this: {EXAMPLES}.")
    if not PLACES <= result.value <= GREATEST:
        raise Unreadable(f"“{part[:30]}” cannot be the strength of a medicine. Check the number.")
    return result
