"""The day an order should arrive by: promised, later if it shipped late, and unsaid while it waits."""

from datetime import date

import pytest

from shop.orders.promise import arrival

MONDAY, FRIDAY, NEXT_TUESDAY = date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 8)


@pytest.mark.parametrize(
    ("promised", "transit", "shipped", "answer"),
    [
        (FRIDAY, 3, None, FRIDAY),
        (FRIDAY, 3, MONDAY, FRIDAY),  # shipped early: the promise stands
        (FRIDAY, 3, date(2026, 12, 1), FRIDAY),
        (FRIDAY, 3, date(2026, 12, 3), NEXT_TUESDAY),  # shipped late
        (None, 3, None, None),  # waits for a pharmacist
        (None, 3, date(2026, 12, 3), NEXT_TUESDAY),
        (None, None, None, date(2026, 12, 7)),  # before there were methods: as if it shipped today
        (None, None, date(2026, 11, 20), date(2026, 11, 27)),
    ],
)
def test_the_day_it_should_arrive_by(promised, transit, shipped, answer) -> None:
    assert arrival(promised, transit, shipped, MONDAY, 7, "US") == answer
