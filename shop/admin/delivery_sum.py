"""What a delivery comes to, said before it is booked: "24 packages × 100 tablets = 2,400 tablets". Exact."""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal, get_group_symbol

from shop.catalogue.pack_descriptions import MEASURED
from shop.catalogue.packs import PackFacts
from shop.catalogue.queries import VariantFacts

LONGEST = 12


@dataclass(frozen=True)
class Sum:
    """`units` are what the stock counts; `text` says how they come about, `loose` that no pack is known."""

    units: int
    text: str
    loose: bool


def whole_number(text: str, locale: str) -> int | None:
    """A whole number as people write it: digits, thousands parted as the locale does; None for anything else.

    "1,5" and "90,0" are nobody's whole numbers in any locale: leniently read they would be 15 and 900.
    """
    group = get_group_symbol(locale)
    parted = r"[ \u00a0\u202f]" if group.isspace() else re.escape(group)
    written = re.fullmatch(rf"\d{{1,{LONGEST}}}|\d{{1,3}}(?:{parted}\d{{3}}){{1,3}}", text, re.ASCII)
    return int(re.sub(r"\D", "", text)) if written else None


def delivered(
    variant: VariantFacts, pack: PackFacts | None, packs: int | None, loose: int | None, locale: str
) -> Sum:
    """The sum of `packs` of a pack of known size, or of `loose` units where there is no pack."""
    if pack is None or pack.size is None:
        return Sum(loose or 0, _units(variant, loose or 0, locale), True)
    many = packs or 0
    one, units = pack.size, many * pack.size
    packages = f"{_number(many, locale)} {'package' if many == 1 else 'packages'}"
    text = f"{packages} × {_units(variant, one, locale)} = {_units(variant, units, locale)}"
    return Sum(units, text + _measured(variant, units, locale), False)


def _units(variant: VariantFacts, number: int, locale: str) -> str:
    """ "2,400 tablets", "473 mL", "12 containers of 2.5 mL"."""
    said = _number(number, locale)
    if variant.unit in MEASURED:
        return f"{said} {variant.unit}"
    if variant.content is not None:
        held = f"{_number(variant.content, locale)} {variant.content_unit}"
        return f"{said} {'container' if number == 1 else 'containers'} of {held}"
    return f"{said} {variant.form if number == 1 else variant.form_plural}"


def _measured(variant: VariantFacts, units: int, locale: str) -> str:
    if variant.content is None:
        return ""
    return f" ({_number(variant.content * units, locale)} {variant.content_unit})"


def _number(value: int | Decimal, locale: str) -> str:
    return format_decimal(value, format="#,##0.####", locale=locale)
