"""What a delivery comes to, said before it is booked: "24 packages × 100 tablets = 2,400 tablets". Exact."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

from shop import numbers
from shop.catalogue.packs import PackFacts
from shop.catalogue.queries import VariantFacts
from shop.catalogue.sale_units import MEASURED

whole_number = numbers.whole
"""The number of packages or units, as people write it."""


@dataclass(frozen=True)
class Sum:
    """`units` are what the stock counts; `text` says how they come about, `loose` that no pack is known."""

    units: int
    text: str
    loose: bool


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
