"""Business days of the United States and elsewhere, and the day an order is promised by."""

from datetime import date

import pytest

from shop.delivery.calendar import after, fitting, is_business_day, longest, promised


@pytest.mark.parametrize(
    ("day", "market", "answer"),
    [
        (date(2026, 11, 27), "US", True),  # the Friday after Thanksgiving
        (date(2026, 11, 28), "US", False),  # Saturday
        (date(2026, 11, 26), "US", False),  # Thanksgiving
        (date(2026, 11, 26), "AU", True),
        (date(2026, 1, 19), "US", False),  # third Monday of January
        (date(2026, 2, 16), "US", False),
        (date(2026, 5, 25), "US", False),  # last Monday of May
        (date(2027, 5, 31), "US", False),  # a May with five Mondays
        (date(2026, 6, 19), "US", False),
        (date(2026, 7, 3), "US", False),  # July 4 is a Saturday
        (date(2026, 9, 7), "US", False),
        (date(2026, 10, 12), "US", False),
        (date(2026, 11, 11), "US", False),
        (date(2026, 12, 25), "US", False),
        (date(2027, 7, 5), "US", False),  # July 4 is a Sunday
        (date(2021, 12, 31), "US", False),  # January 1, 2022 is a Saturday
        (date(2026, 12, 24), "US", True),
    ],
)
def test_which_days_are_business_days(day: date, market: str, answer: bool) -> None:
    assert is_business_day(day, market) is answer


@pytest.mark.parametrize(
    ("day", "count", "answer"),
    [
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
        (date(2026, 11, 29), 0, date(2026, 11, 30)),  # a Sunday's day is Monday
        (date(2026, 11, 28), 1, date(2026, 12, 1)),
        (date(2026, 11, 25), 1, date(2026, 11, 27)),  # over Thanksgiving
        (date(2026, 12, 23), 3, date(2026, 12, 29)),  # over Christmas and a weekend
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_so_many_business_days_later(day: date, count: int, answer: date) -> None:
    assert after(day, count, "US") == answer


@pytest.mark.parametrize(
    ("packable", "handling", "transit", "answer"),
    [
        (date(2026, 11, 30), 1, 3, date(2026, 12, 4)),
        (
            date(2026, 11, 29),
            1,
            3,
            date(2026, 12, 4),
        ),  # ordered on a Sunday: handled on Monday at the earliest
        (date(2026, 11, 27), 1, 3, date(2026, 12, 3)),
        (date(2026, 11, 30), 0, 1, date(2026, 12, 1)),
        (date(2026, 12, 24), 1, 5, date(2027, 1, 5)),
    ],
)
def test_the_promised_day(packable: date, handling: int, transit: int, answer: date) -> None:
    assert promised(packable, handling, transit, "US") == answer


@pytest.mark.parametrize(("business", "calendar"), [(0, 0), (1, 3), (3, 5), (5, 7), (6, 10)])
def test_business_days_and_the_calendar_days_they_take(business: int, calendar: int) -> None:
    assert longest(business) == calendar
    assert fitting(calendar) == business
