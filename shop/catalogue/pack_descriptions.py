"""What a package's description says: how much is in it, in which containers, and how much one of them holds.

"10 BLISTER PACK in 1 CARTON (…) > 10 TABLET in 1 BLISTER PACK" holds 100 tablets in 10 blister packs. The
directory nests with " > " or, as written now, with " / ". Pure; what cannot be read stays unknown (None).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shop.substances.forms import ORAL_SOLIDS

_STEP = re.compile(r"(\d{1,3}(?:,\d{3}){1,2}|\d{0,9}\.?\d{0,9}) ([^()]+?) in 1 ([^()]+)", re.ASCII)
_CODE = re.compile(r" ?\((?:GS1:|NDC:? ?)?[\d-]+\)", re.ASCII)
_NESTED = re.compile(r"\s+>\s+|\s*[>/]\s*(?=\.?\d)", re.ASCII)  # "APPLICATOR / DROPPER" is one container
MEASURES = {
    "ml": ("mL", Decimal(1)),
    "l": ("mL", Decimal(1000)),
    "ul": ("mL", Decimal("0.001")),
    "g": ("g", Decimal(1)),
    "kg": ("g", Decimal(1000)),
    "mg": ("g", Decimal("0.001")),
}
ITEMS = frozenset(["patch", "swab", "cloth", "sponge", "film", "strip", "suppository", "insert", "ring"])
"""What is counted as it is, and is no container: 30 patches, of 54 mcg each."""
GREATEST = 2**31 - 1
MEASURED = frozenset({"mL", "g"})
LEAST_CONTENT, MOST_CONTENT = Decimal("0.01"), Decimal(100_000)
"""Of a container, in mL or g. "1 mg in 1 BLISTER PACK" states a strength, not a content."""
PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Packaging:
    """`content` of `unit` (pill, mL, g or pack) in each of `count` containers.

    `containers` from the outside in, lower case: ("carton", "blister pack").
    """

    content: Decimal
    unit: str
    count: Decimal
    containers: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return self.content * self.count


def packaging(description: str) -> Packaging | None:
    """What a description says, or None. A kit ("*" between its parts) counts as the kits in it."""
    return read(_CODE.sub("", " ".join(description.split("*")[0].split())).strip())


def pack_size(description: str, unit: str) -> int | None:
    """Units of the product (`unit`: pill, mL, g or pack) in the package; None where it is no whole number."""
    found = packaging(description)
    if found and (found.unit == unit or (unit == "pack" and found.unit not in MEASURED)):
        return _whole(found.total)
    return _items(found, ORAL_SOLIDS if unit == "pill" else ITEMS) if found else None


def whole_part(description: str, unit: str) -> int | None:
    """What can be poured out of the package in whole mL or g: 473 of a bottle of 473.2 mL."""
    found = packaging(description)
    return _whole(found.total - found.total % 1) if found and found.unit == unit else None


def sold_by_container(description: str, unit: str) -> bool:
    """Whether the package can only be sold by the container: it holds a part of a mL or g, or is measured in
    something else than the product's `unit`, or not at all ("30 PACKET in 1 CARTON > 1 POWDER in ...")."""
    found = packaging(description)
    if not found or unit == "pill":
        return False
    if found.unit not in MEASURED:
        return unit in MEASURED
    if found.content < LEAST_CONTENT:
        return False
    return found.unit != unit or found.total % 1 != 0


def in_containers(description: str) -> tuple[Decimal | None, str, int] | None:
    """What one container holds, in what (mL or g), and how many there are: 2 syringes of 0.5 mL.

    What is not measured ("30 PATCH in 1 CARTON") is counted, without a content. None: cannot be read.
    """
    found = packaging(description)
    if not found:
        return None
    if found.unit in MEASURED and LEAST_CONTENT <= found.content <= MOST_CONTENT:
        many = _whole(found.count)
        return (found.content.quantize(PLACES).normalize(), found.unit, many) if many else None
    many = _items(found, ITEMS) if found.unit in MEASURED else _whole(found.total)
    return (None, "", many) if many else None


@lru_cache(maxsize=4096)
def read(description: str) -> Packaging | None:
    """What a description without codes says, or None."""
    steps = [_STEP.fullmatch(step) for step in _NESTED.split(description)]
    found = [(step[1].replace(",", ""), step[2].strip(), step[3].strip().lower()) for step in steps if step]
    if len(found) < len(steps) or not all(number.strip(".") for number, _thing, _container in found):
        return None
    count = Decimal(1)
    for number, _thing, _container in found[:-1]:
        count *= Decimal(number)
    thing = found[-1][1].lower()
    unit, factor = MEASURES.get(thing, (_counted(thing), Decimal(1)))
    content = Decimal(found[-1][0]) * factor
    return Packaging(content, unit, count, tuple(container for *_, container in found))


def _items(found: Packaging, items: frozenset[str]) -> int | None:
    """How many pills or patches there are, where the last step says what one of them weighs.

    "10 CAPSULE in 1 BLISTER PACK > 500 mg in 1 CAPSULE" holds 10. Alone, such a step states a strength.
    """
    innermost = found.containers[-1].split(",")[0]
    nested = len(found.containers) > 1 and found.unit in MEASURED and innermost in items
    return _whole(found.count) if nested else None


def _counted(thing: str) -> str:
    return "pill" if thing.split(",")[0] in ORAL_SOLIDS else "pack"


def _whole(number: Decimal) -> int | None:
    return int(number) if number % 1 == 0 and 0 < number <= GREATEST else None
