"""How one price is made, part by part, for whoever wants to know. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from shop.money import UNIT_PLACES
from shop.pricing.rules import Rule, half_up, percent_off, undiscounted, unit_price

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
