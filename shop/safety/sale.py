"""May this be sold, and to whom: the one answer that every path asks for. Who asks brings the facts.

`refusal` answers by what a product is, `refusal_in` by where it goes, `sale_refusal` by how it is listed.
Import, listing, basket, checkout, prescription entry and dispensing ask these and nothing else.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from shop.safety import controlled, mailable, over_the_counter
from shop.safety.states import barred_in
from shop.safety.subject import Refusal, Subject
from shop.safety.wording import words
from shop.substances.strengths import doubt

CONTROLLED_WHY = "it counts as a controlled substance, which this pharmacy does not sell"


def refusal(subject: Subject) -> Refusal | None:
    """Why a product is not sold at all, or None.

    Controlled, then of a kind that is not sent by mail, then over the counter though it needs a prescription.
    """
    if found := controlled.finding(subject):
        return from_finding(found)
    return mailable.refusal(subject) or over_the_counter.refusal(subject)


def strength_refusal(subject: Subject, strength: str, unit: str) -> Refusal | None:
    """Why one strength of a product is not sold, or None: over the counter by hand, nothing is too strong."""
    return over_the_counter.strength_refusal(subject, strength, unit)


def refusal_in(state: str, subject: Subject) -> Refusal | None:
    """Why a product is not sold to somebody in a state (USPS abbreviation), or None."""
    return refusal(subject) or barred_in(state, subject.ingredients)


def refusal_asked_for(text: str) -> Refusal | None:
    """The refusal of the controlled substance that somebody looks for by any name, or None."""
    entry = controlled.named(text)
    return from_finding(controlled.controlled(entry)) if entry else None


def refusal_by_name(text: str) -> Refusal | None:
    """The refusal of whatever somebody looks for by the name of a substance, in any form; or None.

    For what no catalogue has: a class that depends on the form says nothing here.
    """
    asked = " ".join(words(text))
    return refusal_asked_for(text) or (mailable.refusal(Subject((asked,))) if asked else None)


def from_finding(found: controlled.Finding) -> Refusal:
    """A finding about controlled substances as the answer that every path gives."""
    return Refusal(found.code.value, CONTROLLED_WHY, found.sentence, found.source)


def marked_controlled(name: str) -> Refusal:
    """The refusal of a product of which an ingredient is marked as controlled and no entry says so."""
    return Refusal("controlled", CONTROLLED_WHY, f"{name}: {CONTROLLED_WHY}.", "mark of an ingredient")


def is_about_control(refusal: Refusal | None) -> bool:
    """Whether it refuses a controlled substance, or what counts as one."""
    return refusal is not None and refusal.code in set(controlled.Code)


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

    A variant is sold where it is marketed, elsewhere only when an admin said so, and never when it may
    not be mailed, nor when its strength cannot be right and no person has fixed its price.
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
    """Whether somebody has to look before this strength is sold: it cannot be right as listed by
    the FDA, and a rule, not a person, made its price.
    """
    return by_rule and doubt(strength, unit) is not None
