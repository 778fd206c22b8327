"""The store somewhere else: the same application, with another time zone for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask

ZONES = ("Pacific/Auckland", "Asia/Tokyo", "UTC", "America/New_York", "Pacific/Honolulu")
CLOCK_CHANGES = (
    ("Pacific/Auckland", date(2026, 9, 27)),
    ("Pacific/Auckland", date(2026, 4, 5)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
)
DAYS = (*((zone, date(2026, 11, 29)) for zone in ZONES), *CLOCK_CHANGES)
"""Each zone on an ordinary day, and the days on which clocks change."""
EARLIEST, LATEST = "Pacific/Pago_Pago", "Pacific/Kiritimati"
"""25 hours apart: at any instant it is a later date in Kiritimati, so no test waits for a midnight."""


@contextmanager
def store_in(zone: str, app: Flask) -> Iterator[None]:
    """Within, the store's clock is that zone's."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, timezone=zone)
    try:
        yield
    finally:
        app.extensions["settings"] = settings


def first_moment(zone: str, day: date) -> datetime:
    """Midnight there, in UTC. Written without the store's clock, which it is to judge."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def last_moment(zone: str, day: date) -> datetime:
    """The last second of that day there, in UTC."""
    return first_moment(zone, day + timedelta(days=1)) - timedelta(seconds=1)
