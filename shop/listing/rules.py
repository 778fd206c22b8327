"""What may be put on sale. Decides only; who asks brings the facts.

Being listed is not being sold: `safety.sale.sale_refusal` decides that for each strength. A person may
list what has no price or may not be mailed: the page then says so and sells nothing. A rule lists neither.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """A condition by which many products are listed at once."""

    PRICED = "priced"
    ORAL_SOLID = "oral-solid"
    MAILABLE = "mailable"
    OVER_THE_COUNTER = "over-the-counter"
    PRESCRIPTION = "prescription"
    EVERYTHING = "everything"  # no condition: for a test installation; stands alone


class ListingRefusal(StrEnum):
    """Why a product is not put on sale. Up to `NO_STRENGTH` they hold for everybody, then for rules."""

    CONTROLLED = "controlled"
    UNDECIDED = "undecided"
    NO_STORAGE_FACT = "no_storage_fact"
    NOT_BY_CLASS = "not_by_class"
    NOT_OVER_THE_COUNTER = "not_over_the_counter"
    WITHDRAWN = "withdrawn"
    NO_STRENGTH = "no_strength"
    STRENGTH_NOT_STATED = "strength_not_stated"
    STRENGTH_TO_CHECK = "strength_to_check"
    NOT_BY_MAIL = "not_by_mail"
    NO_PRICE = "no_price"
    NOT_ORAL_SOLID = "not_oral_solid"
    PRESCRIPTION_ONLY = "prescription_only"
    NO_PRESCRIPTION = "no_prescription"


BY_CODE = {
    "controlled": ListingRefusal.CONTROLLED,
    "flagged": ListingRefusal.CONTROLLED,
    "undecided": ListingRefusal.UNDECIDED,
    "no_storage_fact": ListingRefusal.NO_STORAGE_FACT,
    "not_by_mail": ListingRefusal.NOT_BY_MAIL,
    "prescription_only": ListingRefusal.NOT_OVER_THE_COUNTER,
}
"""Codes of the safety data that have a word of their own; all others are classes not sent by mail."""


@dataclass(frozen=True)
class ListingFacts:
    """What the decision needs to know of a product.

    `controlled`: one of its ingredients is; `withdrawn`: the directory no longer has a pack of it;
    `strengths` counts its variants, `stated` those whose strength is a number, `priced` those with a price;
    `unit` is what a price is for (pill, mL, g, pack) and `route` how it is taken, in words; `doubted` counts
    strengths that are implausible (`substances.strengths`); `refused` is the code with which the
    safety data refuse it (`safety.sale.refusal`).
    """

    controlled: bool = False
    withdrawn: bool = False
    strengths: int = 1
    stated: int = 1
    priced: int = 1
    unit: str = "pill"
    route: str = "oral"
    prescription_required: bool = True
    not_by_mail: str | None = None
    doubted: int = 0
    refused: str | None = None


def listing_refusal(facts: ListingFacts, rules: Collection[Rule] = ()) -> ListingRefusal | None:
    """Why a product is not put on sale by these rules, or None when it may be. No rules: by hand.

    All rules have to be met. A controlled substance is never on sale here, nor what the safety data refuse,
    nor what no labeler sells any more, nor what has no strength.
    """
    if facts.controlled:
        return ListingRefusal.CONTROLLED
    if facts.refused:
        return BY_CODE.get(facts.refused, ListingRefusal.NOT_BY_CLASS)
    if facts.withdrawn:
        return ListingRefusal.WITHDRAWN
    if not facts.strengths:
        return ListingRefusal.NO_STRENGTH
    if not rules or Rule.EVERYTHING in rules:
        return None
    return _rule_refusal(facts, rules)


def _rule_refusal(facts: ListingFacts, rules: Collection[Rule]) -> ListingRefusal | None:
    """What a person may decide and a rule may not, then the conditions, the one easiest to fix last."""
    if not facts.stated:
        return ListingRefusal.STRENGTH_NOT_STATED
    if facts.doubted >= facts.strengths:  # of others, `sale_refusal` keeps implausible ones from being sold
        return ListingRefusal.STRENGTH_TO_CHECK
    if facts.not_by_mail:
        return ListingRefusal.NOT_BY_MAIL
    if Rule.ORAL_SOLID in rules and not is_oral_solid(facts.unit, facts.route):
        return ListingRefusal.NOT_ORAL_SOLID
    if Rule.OVER_THE_COUNTER in rules and facts.prescription_required:
        return ListingRefusal.PRESCRIPTION_ONLY
    if Rule.PRESCRIPTION in rules and not facts.prescription_required:
        return ListingRefusal.NO_PRESCRIPTION
    if Rule.PRICED in rules and not facts.priced:
        return ListingRefusal.NO_PRICE
    return None


def is_oral_solid(unit: str, route: str) -> bool:
    """Whether it is counted in pills and swallowed: an implanted pellet is a pill, but not oral."""
    return unit == "pill" and re.search(r"\boral\b", route, re.IGNORECASE) is not None


REFUSALS = {
    ListingRefusal.CONTROLLED: "Controlled substance",
    ListingRefusal.UNDECIDED: "May be controlled, and no entry decides it",
    ListingRefusal.NO_STORAGE_FACT: "No storage fact on record",
    ListingRefusal.NOT_BY_CLASS: "In a class that is not sent by mail",
    ListingRefusal.NOT_OVER_THE_COUNTER: "Over the counter, but sold only on prescription",
    ListingRefusal.WITHDRAWN: "Withdrawn: no packages left in the NDC directory",
    ListingRefusal.NO_STRENGTH: "No strengths",
    ListingRefusal.STRENGTH_NOT_STATED: "Strength not stated",
    ListingRefusal.STRENGTH_TO_CHECK: "Only implausible strengths (as listed by the FDA)",
    ListingRefusal.NOT_BY_MAIL: "On the not-by-mail list",
    ListingRefusal.NO_PRICE: "No strength has a price",
    ListingRefusal.NOT_ORAL_SOLID: "Not an oral tablet or capsule",
    ListingRefusal.PRESCRIPTION_ONLY: "Prescription required",
    ListingRefusal.NO_PRESCRIPTION: "No prescription required",
}
