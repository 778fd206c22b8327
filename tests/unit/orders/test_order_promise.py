"""The day an order should arrive by: promised, later if it shipped late, and unsaid while it waits."""

from datetime import date

import pytest

from shop.orders.promise import Due, arrival, due

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


@pytest.mark.parametrize(
    ("promised", "transit", "today", "answer"),
    [
        (None, 3, MONDAY, None),  # waits for a pharmacist
        (FRIDAY, 3, MONDAY, None),
        (FRIDAY, 3, date(2026, 12, 1), Due.TODAY),
        (FRIDAY, 3, date(2026, 12, 2), Due.WILL_BE_LATE),
        (FRIDAY, 3, FRIDAY, Due.WILL_BE_LATE),  # the day itself is not over
        (FRIDAY, 3, date(2026, 12, 5), Due.LATE),
        (FRIDAY, 0, FRIDAY, Due.TODAY),
        (NEXT_TUESDAY, 1, date(2026, 12, 5), None),  # on a Saturday: it leaves on Monday, as on Sunday
        (NEXT_TUESDAY, 1, date(2026, 12, 7), Due.TODAY),
        (FRIDAY, None, date(2026, 12, 3), None),  # never so: a day is promised by a method
    ],
)
def test_how_pressing_a_promised_day_is(promised, transit, today, answer) -> None:
    assert due(promised, transit, today, "US") is answer
