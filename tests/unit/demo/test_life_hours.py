"""When staff of the demonstration work, and its customers are awake; all in UTC here, in November 2026."""

from datetime import UTC, datetime

import pytest

from shop.demo.life.hours import Hours

HOURS = Hours("US", lambda at: at.date(), lambda day, wall: datetime.combine(day, wall, UTC))


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open", "day_after", "day_before"),
    [
        (at(24, 8), True, 24, 24),  # a Tuesday
        (at(24, 17, 59), True, 24, 24),
        (at(24, 7, 59), False, 24, 23),
        (at(24, 18), False, 25, 24),
        (at(26, 12), False, 27, 25),  # Thanksgiving
        (at(27, 20), False, 30, 27),
        (at(28, 12), False, 30, 27),
        (at(29, 0, 51), False, 30, 27),
        (at(30, 3), False, 30, 27),
    ],
)
def test_staff_come_at_eight_and_leave_at_six_on_business_days(moment, is_open, day_after, day_before):
    assert HOURS.are_open(moment) is is_open
    after, before = HOURS.after(moment), HOURS.before(moment)
    assert before <= moment <= after
    assert (before.day, after.day) == (day_before, day_after)
    assert HOURS.are_open(before)
    assert HOURS.are_open(after)


def test_another_market_has_other_holidays():
    assert Hours("AU", HOURS.day_of, HOURS.at).are_open(at(26, 12))


@pytest.mark.parametrize(
    ("moment", "after", "before"),
    [
        (at(28, 7), (28, 7), (28, 7)),
        (at(28, 22, 59), (28, 22), (28, 22)),
        (at(28, 23), (29, 7), (28, 22)),
        (at(28, 6, 59), (28, 7), (27, 22)),
        (at(28, 0), (28, 7), (27, 22)),
    ],
)
def test_customers_sleep_at_night(moment, after, before):
    later, earlier = HOURS.awake_after(moment), HOURS.awake_before(moment)
    assert earlier <= moment <= later
    assert ((later.day, later.hour), (earlier.day, earlier.hour)) == (after, before)
