"""What a charged price is made of: the rule where it makes exactly that price, else what is known."""

from datetime import date
from decimal import Decimal

import pytest

from shop.pricing.charged import Charged, breakdowns
from shop.pricing.rules import unit_price
from tests.integration.pricing.ruled_prices import STORE, make_by_rule, set_rule

pytestmark = pytest.mark.usefixtures("context")


def test_each_line_is_explained_by_what_was_known_on_its_day():
    ruled, unknown = make_by_rule(), make_by_rule(name="Tizanidine", cost=None)
    set_rule(None, STORE)
    price = unit_price(STORE, Decimal("0.06047"), 90)
    lines = [
        Charged(1, ruled, price, 90),
        Charged(2, ruled, Decimal("0.50"), 90),
        Charged(3, unknown, price, 90),
    ]
    found = breakdowns(lines, date(2026, 11, 20))
    assert (found[1].by_rule, found[1].acquisition) == (True, Decimal("0.06047"))
    parts = (found[1].acquisition, found[1].mark_up, found[1].fee_share, found[1].rounding)
    assert sum(parts) == price
    assert (found[2].by_rule, found[2].ours) == (False, Decimal("0.50") - Decimal("0.06047"))
    assert found[3] is None
    assert breakdowns(lines[:1], date(2022, 9, 15))[1].acquisition == Decimal("9.99")
    assert breakdowns(lines[:1], date(2019, 1, 1)) == {1: None}


def test_an_order_without_lines_asks_nothing_odd():
    assert breakdowns([], date(2026, 11, 20)) == {}
