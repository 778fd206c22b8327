"""Business days, and the day an order is promised by. Pure.

Business days are weekdays that are no federal holiday of the United States (5 U.S.C. 6103); in another
market they are weekdays. A holiday on a Saturday is also observed on the Friday before, and one on a Sunday
on the Monday after: carriers differ in this, so the later day is promised.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from shop.safety.states_served import COUNTRY

DAY = timedelta(days=1)
MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
WEEK = 5
"""Business days of a week without a holiday."""


def is_business_day(day: date, market: str) -> bool:
    """Whether parcels are packed and carried on `day` in this market (ISO 3166 alpha-2)."""
    return day.weekday() < SATURDAY and (market != COUNTRY or day not in _days_off(day.year))


def after(day: date, count: int, market: str) -> date:
    """The business day that is `count` business days after `day`; 0: the day itself, or the next one."""
    while not is_business_day(day, market):
        day += DAY
    for _ in range(count):
        day += DAY
        while not is_business_day(day, market):
            day += DAY
    return day


def promised(packable: date, handling_days: int, transit_days: int, market: str) -> date:
    """The day it arrives by, when it can be packed on `packable`: packed and handed over, then carried."""
    return after(after(packable, handling_days, market), transit_days, market)


def longest(business_days: int) -> int:
    """The calendar days that so many business days take at most in weeks without a holiday."""
    return business_days + 2 * -(-business_days // WEEK)


def fitting(calendar_days: int) -> int:
    """The most business days that always fit into so many calendar days, without a holiday."""
    return max((count for count in range(calendar_days + 1) if longest(count) <= calendar_days), default=0)


@lru_cache(maxsize=64)
def _days_off(year: int) -> frozenset[date]:
    """Federal holidays, and the days they are observed on, in or beside a year."""
    days = {day for one in (year, year + 1) for day in _holidays(one)}
    moved = {day - DAY for day in days if day.weekday() == SATURDAY}
    moved |= {day + DAY for day in days if day.weekday() == SUNDAY}
    return frozenset(days | moved)


def _holidays(year: int) -> Iterator[date]:
    yield date(year, 1, 1)
    yield _nth(year, 1, MONDAY, 3)  # Martin Luther King Jr.
    yield _nth(year, 2, MONDAY, 3)  # Washington
    yield _nth(year, 6, MONDAY, 1) - 7 * DAY  # Memorial Day: the last Monday of May
    yield date(year, 6, 19)
    yield date(year, 7, 4)
    yield _nth(year, 9, MONDAY, 1)
    yield _nth(year, 10, MONDAY, 2)
    yield date(year, 11, 11)
    yield _nth(year, 11, THURSDAY, 4)
    yield date(year, 12, 25)


def _nth(year: int, month: int, weekday: int, place: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
