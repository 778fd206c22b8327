"""Which rules and prices are invalid, each with the sentence that says why.

Pure; the sentences are shown beside a form's field or after a file's line number.
"""

from collections.abc import Sequence
from decimal import Decimal

from shop.errors import DomainError
from shop.money import UNIT_PLACES
from shop.pricing.rules import Breaks, Rule, places

MOST_BREAKS = 6
PERCENT_PLACES = 2
LEAST_PRICE = Decimal("0.0005")
"""Ten units of it round to a cent; of less, a pack would be given away."""
_NAMES = {"mark_up": "The markup", "fee": "The fee", "fixed_price": "The price"}
_MOST = {"mark_up": Decimal(20), "fee": Decimal(1_000), "fixed_price": Decimal(100_000)}
_PLACES = {"mark_up": PERCENT_PLACES + 2, "fee": UNIT_PLACES, "fixed_price": UNIT_PLACES}


class RuleRefused(DomainError):
    """An invalid rule. `fields`: what is wrong by mark_up, fee, fixed_price, breaks."""

    status = 422
    code = "price_rule_refused"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()), "Correct it and try again.")
        self.fields = fields


class PriceRefused(DomainError):
    """An invalid fixed price."""

    status = 422
    code = "price_refused"


def problems(rule: Rule, for_store: bool = False) -> dict[str, str]:
    """What is wrong with a rule, by field (mark_up, fee, fixed_price, breaks); empty when nothing is."""
    found = {}
    for field in _NAMES:
        value = getattr(rule, field)
        if value is not None and (sentence := _amount_problem(field, value)):
            found[field] = sentence
    if (rule.mark_up is None) == (rule.fixed_price is None):
        found["mark_up"] = "Choose either a markup on what pharmacies paid or a fixed price per unit."
    if for_store and rule.fixed_price is not None:
        found["fixed_price"] = "The store’s rule can’t be one fixed price: use a markup."
    if sentence := _discounts_problem(rule.breaks):
        found["breaks"] = sentence
    return found


def price_problem(price: Decimal, breaks: Sequence[tuple[int, Decimal]]) -> str | None:
    """Why a price fixed by hand, with lower ones for larger quantities, is invalid; None when it is valid."""
    if sentence := _amount_problem("fixed_price", price):
        return sentence
    if len(breaks) > MOST_BREAKS * 2:
        return "Too many quantities have a price of their own."
    last_step, last = 0, price
    for step, lower in breaks:
        if step <= last_step:
            return "Enter each quantity once, from smallest to largest."
        if sentence := _amount_problem("fixed_price", lower):
            return sentence
        if lower >= last:
            return f"The price from {step} units must be lower than for fewer units."
        last_step, last = step, lower
    return None


def _amount_problem(field: str, value: Decimal) -> str | None:
    if not value.is_finite() or value < 0:
        return f"{_NAMES[field]} can’t be negative."
    if field == "fixed_price" and not value:
        return "The price must be above zero."
    if field == "fixed_price" and value < LEAST_PRICE:
        return "The price is so low that a pack would cost nothing: check the number."
    if value > _MOST[field]:
        return f"{_NAMES[field]} is unusually high: check the number."
    if places(value) > _PLACES[field]:
        return f"{_NAMES[field]} has too many decimal places."
    return None


def _discounts_problem(breaks: Breaks) -> str | None:
    if len(breaks) > MOST_BREAKS:
        return f"At most {MOST_BREAKS} quantities can have a discount."
    last_step, last = 0, Decimal(0)
    for step, off in breaks:
        if step <= last_step:
            return "Enter each quantity once, from smallest to largest."
        if not off.is_finite() or not last < off < 100:
            return f"The discount from {step} units must be larger than for fewer units, and below 100%."
        if places(off) > PERCENT_PLACES:
            return f"A discount has at most {PERCENT_PLACES} decimal places."
        last_step, last = step, off
    return None
