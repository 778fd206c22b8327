"""When things happen in the demonstration's past: staff work on business days from 8 to 18, customers by day.

Pure but for the store's clock, which comes in. What would have happened at another time happens a few minutes
after the next opening or before the last closing; the minutes follow from the moment, so that not everything
happens at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shop.clock import DAY, at_time, business_date
from shop.delivery.calendar import is_business_day

OPENS, CLOSES = time(8), time(18)
"""As the store's own words have it: "8 a.m. to 6 p.m. on weekdays" (`shop/config.py`)."""
WAKES, SLEEPS = time(7), time(23)
MOST_MINUTES = 55


@dataclass(frozen=True)
class Hours:
    """The hours of a store in a market (ISO 3166 alpha-2)."""

    market: str
    day_of: Callable[[datetime], date] = business_date
    at: Callable[[date, time], datetime] = at_time

    def are_open(self, at: datetime) -> bool:
        """Whether staff are there."""
        day = self.day_of(at)
        return is_business_day(day, self.market) and self.at(day, OPENS) <= at < self.at(day, CLOSES)

    def after(self, at: datetime) -> datetime:
        """The same moment when staff are there, otherwise soon after they come."""
        if self.are_open(at):
            return at
        day = self.day_of(at)
        if at >= self.at(day, CLOSES):
            day += DAY
        while not is_business_day(day, self.market):
            day += DAY
        return self.at(day, OPENS) + _some_minutes(at)

    def before(self, at: datetime) -> datetime:
        """The same moment when staff are there, otherwise shortly before they left."""
        if self.are_open(at):
            return at
        day = self.day_of(at)
        if at < self.at(day, OPENS):
            day -= DAY
        while not is_business_day(day, self.market):
            day -= DAY
        return self.at(day, CLOSES) - _some_minutes(at)

    def awake_after(self, at: datetime) -> datetime:
        """The same moment by day, in the night the next morning."""
        day = self.day_of(at)
        if at < self.at(day, WAKES):
            return self.at(day, WAKES) + _some_minutes(at)
        if at >= self.at(day, SLEEPS):
            return self.at(day + DAY, WAKES) + _some_minutes(at)
        return at

    def awake_before(self, at: datetime) -> datetime:
        """The same moment by day, in the night the evening before."""
        day = self.day_of(at)
        if at < self.at(day, WAKES):
            return self.at(day - DAY, SLEEPS) - _some_minutes(at)
        if at >= self.at(day, SLEEPS):
            return self.at(day, SLEEPS) - _some_minutes(at)
        return at


def _some_minutes(at: datetime) -> timedelta:
    return timedelta(minutes=3 + int(at.timestamp()) // 60 % (MOST_MINUTES - 3))
