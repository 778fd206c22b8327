"""In which units a strength is sold: counted out of a bottle, or in whole packs as the maker closed them.

The one home of the rule. Over the counter is sold in the maker's closed package with its Drug Facts (21 CFR
201.66, 211.132). A prescription medicine in bottles may be counted out; one in blister, dose or unit-of-use
packs is sold in those, and so is what comes in tubes, vials and sprays. Pure; the shares are the store's own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
