"""What an order weighs, estimated: no source states the weight of a medicine. Pure.

Each kind of dosage form has an estimate per unit, which the owner may change, and every parcel has the weight
of its packing. A kind that cannot be told has no weight; then the whole parcel has none, and the dearest step
of its method counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

MILLIGRAMS = 1000


class Kind(StrEnum):
    """Of which something is sold in units; the value is stored."""

    PILL = "pill"
    LIQUID = "liquid"  # per mL
    SEMISOLID = "semisolid"  # per g
    PATCH = "patch"
    SUPPOSITORY = "suppository"
    SPRAY = "spray"  # a can or a pump of which the content is not known
    PACKING = "packing"  # once per parcel


STANDARD: Mapping[Kind, int] = {
    Kind.PILL: 800,
    Kind.LIQUID: 1_400,
    Kind.SEMISOLID: 1_300,
    Kind.PATCH: 4_000,
    Kind.SUPPOSITORY: 5_000,
    Kind.SPRAY: 60_000,
    Kind.PACKING: 80_000,
}
"""Milligrams per unit, with its share of the container: the store's own estimates, without a source."""

_MEASURED = {"mL": Kind.LIQUID, "g": Kind.SEMISOLID}
_WORDS = {
    "patch": Kind.PATCH,
    "suppository": Kind.SUPPOSITORY,
    "insert": Kind.SUPPOSITORY,
    "spray": Kind.SPRAY,
    "aerosol": Kind.SPRAY,
    "inhaler": Kind.SPRAY,
    "inhalant": Kind.SPRAY,
    "foam": Kind.SPRAY,
}


@dataclass(frozen=True)
class Item:
    """One line: its `form` ("film-coated tablet"), the `unit` it is sold by, and how many; `content` is what
    one container holds, in `content_unit`, where a container is the unit."""

    form: str
    unit: str
    quantity: int
    content: Decimal | None = None
    content_unit: str | None = None


def kind_of(item: Item) -> tuple[Kind, Decimal] | None:
    """The kind that says what one unit weighs, and how many of that are in it; None where nobody can tell."""
    if item.unit == "pill":
        return Kind.PILL, Decimal(1)
    if kind := _MEASURED.get(item.unit):
        return kind, Decimal(1)
    if item.content and (kind := _MEASURED.get(item.content_unit or "")):
        return kind, item.content
    words = item.form.lower().replace(",", " ").split()
    found = next((kind for word, kind in _WORDS.items() if word in words), None)
    return (found, Decimal(1)) if found else None


def parcel_grams(items: Iterable[Item], milligrams: Mapping[Kind, int]) -> int | None:
    """Grams of a parcel with its packing, rounded up; None where one of its items has no estimate.

    `milligrams` is by kind what one unit weighs; what it does not have is STANDARD.
    """
    known = {**STANDARD, **milligrams}
    total = Decimal(known[Kind.PACKING])
    for item in items:
        found = kind_of(item)
        if found is None:
            return None
        kind, times = found
        total += known[kind] * times * item.quantity
    return int((total / MILLIGRAMS).to_integral_value(rounding=ROUND_CEILING))
