"""What may be sold, and in which quantities. Decides only; who asks brings the facts and the market."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from shop.substances.implausible import doubt

MILLIGRAMS = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}
MOST_UNITS = 1000
"""Units of one variant in one line, and in one fill of a prescription: more is no household's supply (the
store's own rule)."""


class SaleRefusal(StrEnum):
    """Why a variant is not sold here."""

    NOT_LISTED = "not_listed"
    NO_PRICE = "no_price"
    OTHER_MARKET = "other_market"
    NOT_BY_MAIL = "not_by_mail"
    STRENGTH_TO_CHECK = "strength_to_check"


class Sellable(Protocol):
    """What the decision needs to know of a variant; `VariantFacts` has it all."""

    @property
    def listed(self) -> bool: ...
    @property
    def price(self) -> Decimal | None: ...
    @property
    def markets(self) -> tuple[str, ...]: ...
    @property
    def sold_outside_market(self) -> bool: ...
    @property
    def not_by_mail(self) -> str | None: ...
    @property
    def doubted(self) -> bool: ...


def sale_refusal(variant: Sellable, market: str) -> SaleRefusal | None:
    """Why `variant` may not be sold by a store in `market` (ISO 3166 alpha-2), or None when it may.

    A variant is sold where it is registered, elsewhere only when an admin said so, and never when it may
    not be posted, nor when its strength cannot be right and no person has fixed its price.
    """
    if not variant.listed:
        return SaleRefusal.NOT_LISTED
    if variant.not_by_mail:
        return SaleRefusal.NOT_BY_MAIL
    if market not in variant.markets and not variant.sold_outside_market:
        return SaleRefusal.OTHER_MARKET
    if variant.doubted:
        return SaleRefusal.STRENGTH_TO_CHECK
    if variant.price is None:
        return SaleRefusal.NO_PRICE
    return None


def is_doubted(strength: str, unit: str, by_rule: bool) -> bool:
    """Whether somebody has to look before this strength is sold: it cannot be right as filed, and a rule, not
    a person, made its price.
    """
    return by_rule and doubt(strength, unit) is not None


def price_at(price: Decimal | None, breaks: Sequence[tuple[int, Decimal]], quantity: int) -> Decimal | None:
    """What one unit costs in a line of `quantity`: the price of the largest break that is reached."""
    reached = [(least, lower) for least, lower in breaks if quantity >= least]
    return max(reached)[1] if reached and price is not None else price


def measure_of(strength_unit: str, unit: str) -> str | None:
    """In what a price per `unit` is compared for strengths stated in `strength_unit`; None: not at all.

    A tablet of so many mg, priced by the pill, is compared per mg; so is a liquid of so many mg/mL that is
    priced by the mL, but not one of mg/5 mL, nor one that only says mg.
    """
    measure, _, per = strength_unit.partition("/")
    if unit in ("mL", "g"):
        return measure if measure and per.strip() == unit else None
    return None if per or not measure else measure


def in_measure(value: Decimal, measure: str | None, wanted: str) -> Decimal | None:
    """A strength stated in `measure` as so many of `wanted` (0.5 g as 500 mg), or None where it is none."""
    if measure == wanted:
        return value
    if measure in MILLIGRAMS and wanted in MILLIGRAMS:
        return value * MILLIGRAMS[measure] / MILLIGRAMS[wanted]
    return None


def quantity_allowed(quantity: int, steps: tuple[int, ...]) -> bool:
    """Whether a customer may ask for `quantity` units: a multiple of a pack step, at most `MOST_UNITS`."""
    return staff_quantity_allowed(quantity) and any(step > 0 and quantity % step == 0 for step in steps)


def staff_quantity_allowed(quantity: int) -> bool:
    """Whether a member of staff may enter `quantity` units: any whole number from 1 to `MOST_UNITS`."""
    return 1 <= quantity <= MOST_UNITS
