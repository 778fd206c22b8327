"""The clock: what time it is, and which day that is for the store. Nothing else knows the store's time zone.

An instant is an aware UTC `datetime`. A business date is the calendar date at an instant in `STORE_TIMEZONE`;
"today", an expiry and a date of issue are business dates. Views, jobs and commands ask `now` and `today`;
rules take instants and dates as arguments.

Days are inclusive: a span is named by its first and last day, and both belong to it.

- A lot may be sold through its expiry date, a prescription be filled through its last day, and a price holds
  through the day it ends on. Each stops on the day after. A month printed alone means its last day.
- "Within 90 days" is today and the 90 days after it (`days_ahead`); "the last 90 days" are today and the 89
  before it (`days_back`).
- Only instants are half open: a day runs from `day_start(day)` up to, and not including, `day_end(day)`.
  Where clocks change it has 23 or 25 hours, and they all belong to it.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from flask import current_app

DAY = timedelta(days=1)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # as citations name them, whatever the locale
_YEAR_LAST = re.compile(r"[,\s]*('de'\s*)?y$")
_DATE = re.compile(rf"\b(?:(\d{{4}})-(\d\d)-(\d\d)|(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}}))\b")


def now() -> datetime:
    """This instant. Called by views, jobs and commands; rules and services take the time as an argument."""
    return datetime.now(UTC)


def today() -> date:
    """The business date now."""
    return business_date(now())


def business_date(at: datetime) -> date:
    """The store's calendar date at an instant. Raises ValueError for a time without a zone."""
    return local(at).date()


def local(at: datetime) -> datetime:
    """An instant as the store’s wall clock shows it. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(zone())


def day_start(day: date) -> datetime:
    """The first instant of a business date, in UTC; where clocks skip midnight, the instant they do so."""
    return at_time(day, time.min)


def day_end(day: date) -> datetime:
    """The first instant that no longer belongs to a business date, in UTC."""
    return day_start(day + DAY)


def day_in_words(day: date) -> str:
    """December 3, 2026: these sentences are English, so their dates are."""
    return f"{day:%B} {day.day}, {day.year}"


def at_time(day: date, wall_time: time) -> datetime:
    """The instant, in UTC, at which the store's wall clock shows `wall_time` on `day`; the first of two."""
    return datetime.combine(day, wall_time, zone()).astimezone(UTC)


def days_ahead(day: date, count: int) -> date:
    """The last day of "within `count` days" of `day`."""
    return day + count * DAY


def days_back(day: date, count: int) -> date:
    """The first day of "the last `count` days", of which `day` is the last."""
    return day - (count - 1) * DAY


def month_end(year: int, month: int) -> date:
    """The last day of a month. Raises ValueError for a month that is none."""
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is not a month")
    return date(year, month, monthrange(year, month)[1])


@lru_cache(maxsize=4096)  # Babel takes 20 µs for one, and a list repeats its days
def format_day(day: date, locale: str) -> str:
    """A day as the locale writes it in full: November 14, 2027 (en_US), 14 novembre 2027 (fr_FR)."""
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=4096)
def format_weekday(day: date, locale: str) -> str:
    """A day with its weekday, for days that are near: Friday, December 4 (en_US).

    Without its year where the locale writes that last.
    """
    pattern = Locale.parse(locale).date_formats["full"].pattern
    return format_date(day, _YEAR_LAST.sub("", pattern), locale=locale)


@lru_cache(maxsize=4096)  # the sources of the monographs that are read most
def localize_dates(text: str, locale: str) -> str:
    """`text` with each date in it ("26 June 2012", "2012-06-26") as the locale writes it in full."""

    def written(found: re.Match[str]) -> str:
        year, month, day, own_day, name, own_year = found.groups()
        numbers = (own_year, _MONTHS.index(name) + 1, own_day) if name else (year, month, day)
        try:
            return format_day(date(*map(int, numbers)), locale)
        except ValueError:  # the thirtieth of February: as it was written
            return found[0]

    return _DATE.sub(written, text)


def format_moment(at: datetime, locale: str) -> str:
    """An instant on the store's wall clock, to the minute: Nov 14, 2027, 3:04 PM (en_US)."""
    wall, known = local(at), Locale.parse(locale)
    day, minute = (
        write(wall, style, locale=known) for write, style in ((format_date, "medium"), (format_time, "short"))
    )
    return str(known.datetime_formats["medium"]).format(minute, day)


def zone() -> ZoneInfo:
    """The time zone of the running store."""
    return zone_named(current_app.extensions["settings"].timezone)


def zone_named(name: str) -> ZoneInfo:
    """A zone of the IANA time zone database, such as America/New_York. Raises ValueError for others."""
    try:
        return ZoneInfo(name)  # kept by the library
    except (KeyError, OSError) as error:  # OSError: a name that is a folder, "America"
        raise ValueError(f"no time zone is called {name}") from error
