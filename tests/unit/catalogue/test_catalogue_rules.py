"""Who may buy what, in which quantities."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from shop.catalogue.rules import in_measure, measure_of
from shop.safety.sale import SaleRefusal, sale_refusal


@dataclass(frozen=True)
class Strength:
    listed: bool = True
    price: Decimal | None = Decimal("0.51")
    markets: tuple[str, ...] = ("US",)
    sold_outside_market: bool = False
    not_by_mail: str | None = None
    doubted: bool = False


@pytest.mark.parametrize(
    ("variant", "market", "refusal"),
    [
        (Strength(), "US", None),
        (Strength(markets=("AU", "ZA")), "US", SaleRefusal.OTHER_MARKET),
        (Strength(markets=("AU", "ZA")), "ZA", None),
        (Strength(markets=("AU", "ZA"), sold_outside_market=True), "US", None),
        (Strength(markets=()), "US", SaleRefusal.OTHER_MARKET),
        (Strength(listed=False), "US", SaleRefusal.NOT_LISTED),
        (Strength(price=None), "US", SaleRefusal.NO_PRICE),
        (Strength(not_by_mail="must stay cold"), "US", SaleRefusal.NOT_BY_MAIL),
        (Strength(doubted=True), "US", SaleRefusal.STRENGTH_TO_CHECK),
        (Strength(doubted=True, price=None), "US", SaleRefusal.STRENGTH_TO_CHECK),
        (Strength(not_by_mail="must stay cold", sold_outside_market=True), "AU", SaleRefusal.NOT_BY_MAIL),
    ],
)
def test_a_variant_is_sold_only_listed_priced_postable_and_in_its_market(variant, market, refusal):
    assert sale_refusal(variant, market) == refusal


@pytest.mark.parametrize(
    ("strength_unit", "unit", "measure"),
    [
        ("mg", "pill", "mg"),
        ("mcg", "pill", "mcg"),
        ("mg", "pack", "mg"),
        ("mg/mL", "mL", "mg"),
        ("mg/g", "g", "mg"),
        ("mg/5 mL", "mL", None),
        ("mg", "mL", None),
        ("mg/mL", "pill", None),
        ("", "pill", None),
        ("mg/mL", "g", None),
    ],
)
def test_prices_are_compared_by_what_a_strength_is_stated_in(strength_unit, unit, measure):
    assert measure_of(strength_unit, unit) == measure


@pytest.mark.parametrize(
    ("value", "measure", "wanted", "said"),
    [
        ("500", "mg", "mg", "500"),
        ("0.5", "g", "mg", "500"),
        ("50", "mcg", "mg", "0.05"),
        ("1", "mg", "mcg", "1000"),
        ("5", "units", "units", "5"),
        ("5", "units", "mg", None),
        ("5", "mg", "units", None),
        ("5", None, "mg", None),
    ],
)
def test_only_a_mass_is_said_in_another_unit(value, measure, wanted, said):
    assert in_measure(Decimal(value), measure, wanted) == (Decimal(said) if said else None)
