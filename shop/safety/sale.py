"""Whether a variant may be sold in a market. Decides only; who asks brings the facts and the market."""

from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from shop.substances.implausible import doubt


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
