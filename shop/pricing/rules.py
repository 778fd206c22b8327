"""How a price per unit is made: acquisition, markup, a fee spread over the quantity, discount, one rounding.

Decides only. Prices and fees are in the store's currency, prices per unit (pill, mL, g, pack) of a product.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shop.errors import DomainError
from shop.money import UNIT_PLACES

Breaks = tuple[tuple[int, Decimal], ...]
Ladder = tuple[Decimal, Breaks]
TWO_PLACES_FROM, THREE_PLACES_FROM = Decimal("0.20"), Decimal("0.01")
"""How exact a price is: nobody minds a cent of a dollar, everybody half a cent of one."""
Ratio = tuple[int, int]
"""An exact number as numerator and denominator: a third of a cent is no decimal."""

_TWO, _THREE = TWO_PLACES_FROM.as_integer_ratio(), THREE_PLACES_FROM.as_integer_ratio()


@dataclass(frozen=True)
class Rule:
    """Either `mark_up` (0.35 for 35%) with `fee` a line, or `fixed_price` a unit.

    `breaks` are (units, percent off) ascending: from that many units on, that much off. Limits: `problems`.
    """

    mark_up: Decimal | None = None
    fee: Decimal = Decimal(0)
    fixed_price: Decimal | None = None
    breaks: Breaks = ()

    @property
    def needs_acquisition(self) -> bool:
        return self.fixed_price is None


def unit_price(rule: Rule, acquisition: Decimal | None, quantity: int) -> Decimal | None:
    """The price of one unit in a line of `quantity`, rounded once; None without an acquisition it needs.

    The store's own formula: acquisition x (1 + markup) + fee / quantity, less the discount of the largest
    break that is reached.
    """
    full = undiscounted(rule, acquisition, quantity)
    if full is None:
        return None
    kept = (100 - percent_off(rule.breaks, quantity)).as_integer_ratio()
    return rounded((full[0] * kept[0], full[1] * kept[1] * 100), places(rule.fixed_price))


def undiscounted(rule: Rule, acquisition: Decimal | None, quantity: int) -> Ratio | None:
    """The exact price before discount and rounding; None without an acquisition it needs."""
    if rule.fixed_price is not None:
        return rule.fixed_price.as_integer_ratio()
    if acquisition is None or acquisition <= 0:
        return None
    assert rule.mark_up is not None
    cost, per_cost = acquisition.as_integer_ratio()
    times, per_times = (1 + rule.mark_up).as_integer_ratio()
    fee, per_fee = rule.fee.as_integer_ratio()
    below = per_cost * per_times
    return cost * times * per_fee * quantity + fee * below, below * per_fee * quantity


def rounded(exact: Ratio, least_places: int = 0) -> Decimal:
    """Half up to 2 decimals from 0.20, 3 from 0.01 and 5 below, or to `least_places` where that is more.

    Never to zero: what costs anything costs at least the smallest price there is.
    """
    usual = 2 if _reaches(exact, _TWO) else 3 if _reaches(exact, _THREE) else UNIT_PLACES
    return max(half_up(exact, max(usual, least_places)), Decimal(1).scaleb(-UNIT_PLACES))


def _reaches(exact: Ratio, least: Ratio) -> bool:
    return exact[0] * least[1] >= least[0] * exact[1]


def half_up(exact: Ratio, decimals: int) -> Decimal:
    """An exact number that is not below zero, rounded to `decimals`."""
    top, bottom = exact[0] * 10**decimals, exact[1]
    return Decimal((2 * top + bottom) // (2 * bottom)).scaleb(-decimals)


@lru_cache(maxsize=65_536)  # a hundred thousand strengths share far fewer costs and pack steps
def ladder(rule: Rule, acquisition: Decimal | None, quantities: tuple[int, ...]) -> Ladder | None:
    """The price at the smallest pack step, and (step, price) wherever a larger one costs less a unit.

    A quantity between two steps costs what the lower one does. Prices never rise with the quantity. None
    where no price can be made: the acquisition is not known, or no pack step is offered.
    """
    steps = sorted({step for step in quantities if step > 0})
    base = unit_price(rule, acquisition, steps[0]) if steps else None
    if base is None:
        return None
    breaks, last = [], base
    for step in steps[1:]:
        price = unit_price(rule, acquisition, step)
        if price is not None and price < last:
            breaks.append((step, price))
            last = price
    return base, tuple(breaks)


def percent_off(breaks: Iterable[tuple[int, Decimal]], quantity: int) -> Decimal:
    """The discount that `quantity` reaches, in percent."""
    return max((off for least, off in breaks if quantity >= least), default=Decimal(0))


def places(value: Decimal | None) -> int:
    """How many decimals a number needs: 2 for 0.510."""
    exponent = value.normalize().as_tuple().exponent if value is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


# --- How one price is made, part by part, for whoever wants to know ---------------------------------------

SHARES = 1000


@dataclass(frozen=True)
class Breakdown:
    """The parts of `price`, of one unit in a line of `quantity`. They sum to it exactly.

    Made by a rule (`by_rule`): `acquisition`, `mark_up`, `fee_share` and `discount` (zero or below) to five
    decimals, and `rounding` is what is left; `percent` are the markup's and the discount's, `fee` the whole
    fee of the line. A price fixed by hand has `acquisition` and `ours` alone.
    """

    quantity: int
    price: Decimal
    acquisition: Decimal
    mark_up: Decimal = Decimal(0)
    fee_share: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    by_rule: bool = False
    percent: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    fee: Decimal = Decimal(0)

    @property
    def ours(self) -> Decimal:
        """Everything but what pharmacies paid; below zero where the price is below it."""
        return self.price - self.acquisition

    @property
    def cost_share(self) -> int:
        """What pharmacies paid in thousandths of the price, for a drawing: 1 to 1000."""
        return min(SHARES, max(1, int(self.acquisition * SHARES / self.price)))

    @property
    def parts_share(self) -> tuple[int, int, int]:
        """Widths of acquisition, markup and fee share that fill a drawing of 1000, discount left aside."""
        full = self.acquisition + self.mark_up + self.fee_share
        cost = max(1, int(self.acquisition * SHARES / full))
        mark_up = int(self.mark_up * SHARES / full)
        return cost, mark_up, SHARES - cost - mark_up


def price_breakdown(
    rule: Rule | None, price: Decimal | None, acquisition: Decimal | None, quantity: int
) -> Breakdown | None:
    """The parts of `price` in a line of `quantity`, by `rule` where there is one; None: nothing is known.

    Where `rule` does not make this price from this acquisition (the survey is newer than the last pricing),
    it would explain a price that nobody asks: the answer is then that of a fixed price.
    """
    if price is None or acquisition is None or acquisition <= 0:
        return None
    if rule is None or not rule.needs_acquisition or unit_price(rule, acquisition, quantity) != price:
        return Breakdown(quantity, price, acquisition)
    assert rule.mark_up is not None
    full, off = undiscounted(rule, acquisition, quantity), percent_off(rule.breaks, quantity)
    assert full is not None
    share, per_share = rule.fee.as_integer_ratio()
    times, per_times = off.as_integer_ratio()
    mark_up = half_up((acquisition * rule.mark_up).as_integer_ratio(), UNIT_PLACES)
    fee_share = half_up((share, per_share * quantity), UNIT_PLACES)
    discount = -half_up((full[0] * times, full[1] * per_times * 100), UNIT_PLACES)
    return Breakdown(
        quantity=quantity,
        price=price,
        acquisition=acquisition,
        mark_up=mark_up,
        fee_share=fee_share,
        discount=discount,
        rounding=price - acquisition - mark_up - fee_share - discount,
        by_rule=True,
        percent=(rule.mark_up * 100, off),
        fee=rule.fee,
    )


# --- Which rules and prices are invalid -------------------------------------------------------------------
# Each with the sentence that says why: it is shown beside a form's field or after a file's line number.


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
            return f"A discount can have at most {PERCENT_PLACES} decimal places."
        last_step, last = step, off
    return None
