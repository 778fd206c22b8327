"""In which units a strength is sold: counted out of a bottle, or in whole packs as the maker closed them.

The one home of the rule. Over the counter is sold in the maker's closed package with its Drug Facts (21 CFR
201.66, 211.132). A prescription medicine in bottles may be counted out; one in blister, dose or unit-of-use
packs is sold in those, and so is what comes in tubes, vials and sprays. Pure; the shares are the store's own.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from html import unescape
from itertools import pairwise

from shop.substances.forms import ORAL_SOLIDS

USUAL_STEPS = (30, 60, 90)
STEPS_OFFERED = 6
PACKS_OFFERED = 8
LARGEST_PACK_FOR_ONE_FILL = 90
"""Pills; a pack of more is a stock bottle, which says nothing of what prescriptions ask for."""
STOCK_BOTTLE = 40
FREQUENT = 0.15
OPENED_SHARE = 0.25
MOST_UNITS = {"pill": 1000, "mL": 4000, "g": 4000, "pack": 1000}
"""Units of one variant in one line and in one fill: more is no household's supply. Bowel preparations
are made up to 4,000 mL."""
MOST_OF_ANY = max(MOST_UNITS.values())
BOTTLES = frozenset(["bottle", "jar", "vial", "container", "drum", "bag", "can", "canister", "jug"])
UNIT_DOSE = "unit-dose"


class SoldAs(StrEnum):
    """How a strength leaves the shelf; the value is stored."""

    COUNTED = "counted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PackFacts:
    """A pack as the rule sees it: `size` in units or None, `containers` from the outside in, lower case."""

    size: int | None
    containers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaleUnits:
    """`steps`, ascending: quantities offered when counted; sizes of the closed packs otherwise."""

    sold_as: SoldAs
    steps: tuple[int, ...]


def sale_units(
    prescription_required: bool, unit: str, by_mouth: bool, packs: Iterable[PackFacts]
) -> SaleUnits:
    """How a strength with these packs is sold. `by_mouth`: a liquid, poured out of its bottle by the mL."""
    every = list(packs)
    known = [pack for pack in every if pack.size]
    sizes = Counter(pack.size for pack in known if pack.size and pack.size <= most_in_one_line(unit))
    opened = sum(is_opened(pack.containers) for pack in known)
    if opens(prescription_required, unit, by_mouth) and (not known or opened >= OPENED_SHARE * len(known)):
        return SaleUnits(SoldAs.COUNTED, _counted_steps(unit, sizes))
    if not every and unit == "pack":
        sizes[1] = 1
    return SaleUnits(SoldAs.CLOSED, _closed_sizes(unit, sizes, prescription_required))


def opens(prescription_required: bool, unit: str, by_mouth: bool) -> bool:
    """Whether a pharmacist may open a pack of it at all: pills, and liquids that are poured by the mL."""
    return prescription_required and (unit == "pill" or (unit == "mL" and by_mouth))


def is_opened(containers: Sequence[str]) -> bool:
    """Whether a pharmacy counts out of this pack: a bottle or the like, and no blister within it."""
    innermost = containers[-1] if containers else ""
    return UNIT_DOSE not in innermost and innermost.split(",")[0] in BOTTLES


def most_in_one_line(unit: str) -> int:
    """Units of one variant in one line and in one fill of a prescription."""
    return MOST_UNITS.get(unit, MOST_UNITS["pack"])


def allowed(quantity: int, unit: str, sold_as: str, steps: Sequence[int]) -> bool:
    """Whether a customer may ask for `quantity` units: whole packs of one size when closed."""
    if not 1 <= quantity <= most_in_one_line(unit):
        return False
    return sold_as == SoldAs.COUNTED or bool(pack_sizes_for(quantity, steps))


def pack_sizes_for(quantity: int, sizes: Iterable[int]) -> list[int]:
    """The pack sizes of which a whole number makes `quantity`, the fewest packs first."""
    return sorted((size for size in set(sizes) if size > 0 and quantity % size == 0), reverse=True)


def nearest_packs(authorized: int, sold_as: str, steps: Sequence[int], unit: str) -> int | None:
    """The most that may be dispensed of `authorized` units: all of them when counted, else whole packs.

    None where even the smallest pack is more.
    """
    limit = min(authorized, most_in_one_line(unit))
    if sold_as == SoldAs.COUNTED:
        return limit if limit > 0 else None
    return max((limit // step * step for step in steps if 0 < step <= limit), default=None)


def _counted_steps(unit: str, sizes: Counter[int]) -> tuple[int, ...]:
    """The sizes that repackagers fill say what prescriptions ask for.

    A medicine that comes only in stock bottles is offered in the usual quantities.
    """
    if unit != "pill":
        return _commonest(sizes, STEPS_OFFERED)
    usual = Counter({size: count for size, count in sizes.items() if size <= LARGEST_PACK_FOR_ONE_FILL})
    ranked = sorted(usual, key=lambda size: (-usual[size], size))
    frequent = [size for size in ranked if usual[size] >= FREQUENT * usual.total()] or ranked[:3]
    if not ranked or ranked[0] in USUAL_STEPS or ranked[0] > STOCK_BOTTLE:
        frequent = [*USUAL_STEPS, *(size for size in frequent if size not in USUAL_STEPS)]
    return tuple(sorted(frequent[:STEPS_OFFERED]))


def _closed_sizes(unit: str, sizes: Counter[int], prescription_required: bool) -> tuple[int, ...]:
    """Hospital boxes of a hundred blisters are no supply where smaller packs are made."""
    small = Counter({size: count for size, count in sizes.items() if size <= LARGEST_PACK_FOR_ONE_FILL})
    if unit == "pill" and prescription_required and small:
        sizes = small
    return _commonest(sizes, PACKS_OFFERED)


def _commonest(sizes: Counter[int], most: int) -> tuple[int, ...]:
    return tuple(sorted(sorted(sizes, key=lambda size: (-sizes[size], size))[:most]))


# --- What a package's description says --------------------------------------------------------------------
# How much is in it, in which containers, and how much one of them holds. "10 BLISTER PACK in 1 CARTON (…) >
# 10 TABLET in 1 BLISTER PACK" holds 100 tablets in 10 blister packs. The directory nests with " > " or, as
# written now, with " / ". Neither hours nor doses are counted: seven patches of 24 h are seven, and an
# inhaler of 200 doses is one. What cannot be read stays unknown (None).


_STEP = re.compile(r"(\d{1,3}(?:,\d{3}){1,2}|\d{0,9}\.?\d{0,9}) ([^()]+?) in 1 ([^()\d;>]+)", re.ASCII)
_CODE = re.compile(r" ?\( ?(?:GS1:|NDC:? ?)?[\d-]+ ?\)", re.ASCII)
_NESTED = re.compile(r"\s+>\s+|\s*[>/]\s*(?=\.?\d)", re.ASCII)  # "APPLICATOR / DROPPER" is one container
MEASURES = {
    "ml": ("mL", Decimal(1)),
    "l": ("mL", Decimal(1000)),
    "ul": ("mL", Decimal("0.001")),
    "g": ("g", Decimal(1)),
    "kg": ("g", Decimal(1000)),
    "mg": ("g", Decimal("0.001")),
    "ug": ("g", Decimal("0.000001")),
    "mcg": ("g", Decimal("0.000001")),
}
_STATED = re.compile(
    r"[\[{].+|s|min|h|hr|hours?|d|days?|wk|mo|mm2?|cm2?|m|[mu]?ci|m?eq|m?mol|ng|u|iu|usp'u|bau|oz|gal|pt|qt",
    re.ASCII,
)
"""Units of what a container gives or measures ("24 h in 1 PATCH"), which are never counted."""
_DOSES = frozenset(["spray", "aerosol", "inhalant", "inhalation", "actuation", "puff", "dose"])
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

    `containers` from the outside in, lower case: ("carton", "blister pack"); `thing` is what is in the last.
    `doses` are those of one container that is sold whole.
    """

    content: Decimal
    unit: str
    count: Decimal
    containers: tuple[str, ...]
    thing: str
    doses: Decimal = Decimal(1)

    @property
    def total(self) -> Decimal:
        return self.content * self.count


def packaging(description: str) -> Packaging | None:
    """What a description says, or None. A kit ("*" between its parts) counts as the kits in it."""
    whole, *parts = unescape(description).split("*")
    found = read_packaging(_CODE.sub("", " ".join(whole.split())).strip())
    return found if found is None or not parts or found.thing == "kit" else None


def holds_doses(description: str) -> bool:
    """Whether a container in it holds more than one dose: an inhaler, a spray."""
    found = packaging(description)
    return found is not None and found.doses > 1


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
def read_packaging(description: str) -> Packaging | None:
    """What a description without codes says, or None."""
    steps = [_STEP.fullmatch(step) for step in _NESTED.split(description)]
    found = [(step[1].replace(",", ""), step[2].lower(), step[3].strip().lower()) for step in steps if step]
    if len(found) < len(steps) or any(not one.strip(".") or " in 1 " in thing for one, thing, _ in found):
        return None
    if len(found) > 1 and _STATED.fullmatch(found[-1][1]):
        found.pop()
    if any(_is_content(one[1]) and _kind(one[1]) != _kind(two[2]) for one, two in pairwise(found)):
        return None
    count, containers = Decimal(1), tuple(container for *_, container in found)
    for number, _thing, _container in found[:-1]:
        count *= Decimal(number)
    number, thing, container = found[-1]
    if _STATED.fullmatch(thing) and _kind(container) not in ITEMS:
        return None  # "5 h in 1 CARTON" does not say of how many patches
    if _STATED.fullmatch(thing):
        return Packaging(Decimal(1), "pack", count, containers, thing)
    if _kind(thing) in _DOSES or (_kind(thing) == "powder" and _kind(container) == "inhaler"):
        return Packaging(Decimal(1), "pack", count, containers, thing, doses=Decimal(number))
    unit, factor = MEASURES.get(thing, ("pill" if _kind(thing) in ORAL_SOLIDS else "pack", Decimal(1)))
    return Packaging(Decimal(number) * factor, unit, count, containers, thing)


def _kind(words: str) -> str:
    """What a thing or a container is, without what is said of it: "tablet" of "tablet, film coated"."""
    return words.split(",")[0]


def _is_content(thing: str) -> bool:
    """Whether it is no container: "100 TABLET in 1 BAG / 2 TABLET in 1 PACKET" cannot be meant."""
    return thing in MEASURES or _kind(thing) in ORAL_SOLIDS


def _items(found: Packaging, items: frozenset[str]) -> int | None:
    """How many pills or patches there are, where the last step says what one of them weighs.

    "10 CAPSULE in 1 BLISTER PACK > 500 mg in 1 CAPSULE" holds 10. Alone, such a step states a strength.
    """
    nested = len(found.containers) > 1 and found.unit in MEASURED and _kind(found.containers[-1]) in items
    return _whole(found.count) if nested else None


def _whole(number: Decimal) -> int | None:
    return int(number) if number % 1 == 0 and 0 < number <= GREATEST else None
