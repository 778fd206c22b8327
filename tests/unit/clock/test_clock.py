"""The business date: one instant is one day in one store, and another in the next; no second is left over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from shop import clock

ZONES = ["Pacific/Auckland", "Asia/Tokyo", "UTC", "America/New_York", "Pacific/Honolulu"]
SKIPS_MIDNIGHT = ["Africa/Cairo", "America/Havana", "America/Sao_Paulo", "Asia/Beirut"]
MOMENT = timedelta(microseconds=1)
some_day = st.dates(date(1975, 1, 1), date(2035, 1, 1))


@cache
def store(zone: str) -> Flask:
    app = Flask("store")
    app.extensions["settings"] = SimpleNamespace(timezone=zone)
    return app


@contextmanager
def store_in(zone: str) -> Iterator[None]:
    with store(zone).app_context():
        yield


@pytest.mark.parametrize(
    ("zone", "before_midnight"),
    [
        ("Pacific/Auckland", datetime(2026, 11, 28, 10, 59, 59, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 11, 28, 14, 59, 59, tzinfo=UTC)),
        ("UTC", datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 29, 4, 59, 59, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2026, 11, 29, 9, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_date_changes_at_the_stores_own_midnight(zone, before_midnight):
    with store_in(zone):
        assert clock.business_date(before_midnight) == date(2026, 11, 28)
        assert clock.business_date(before_midnight + timedelta(seconds=1)) == date(2026, 11, 29)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Pacific/Auckland", date(2026, 9, 27), 23),
        ("Pacific/Auckland", date(2026, 4, 5), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/New_York", date(2026, 11, 2), 24),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Asia/Tokyo", date(2026, 3, 8), 24),
        ("Pacific/Honolulu", date(2026, 11, 1), 24),
    ],
)
def test_a_day_on_which_clocks_change_is_shorter_or_longer_and_whole(zone, day, hours):
    with store_in(zone):
        assert clock.day_end(day) - clock.day_start(day) == timedelta(hours=hours)
        assert clock.business_date(clock.day_start(day)) == day
        assert clock.business_date(clock.day_end(day) - MOMENT) == day


@settings(deadline=None)
@given(st.sampled_from(ZONES + SKIPS_MIDNIGHT), some_day)
def test_every_instant_belongs_to_one_day_and_days_follow_without_a_gap(zone, day):
    with store_in(zone):
        begins = clock.day_start(day)
        assert begins.tzinfo is UTC
        assert clock.business_date(begins) == day
        assert clock.business_date(begins - MOMENT) == day - clock.DAY


@settings(deadline=None)
@given(st.sampled_from(ZONES), some_day, st.times())
def test_a_wall_time_is_an_instant_of_its_own_day(zone, day, wall_time):
    with store_in(zone):
        assert clock.business_date(clock.at_time(day, wall_time)) == day


def test_the_hour_of_a_chore_stays_on_the_wall_clock_when_clocks_change():
    with store_in("America/New_York"):
        assert clock.at_time(date(2026, 10, 31), time(4)) == datetime(2026, 10, 31, 8, tzinfo=UTC)
        assert clock.at_time(date(2026, 11, 1), time(4)) == datetime(2026, 11, 1, 9, tzinfo=UTC)


def test_today_is_the_business_date_now():
    with store_in("Pacific/Kiritimati"):
        early = clock.today()
    with store_in("Pacific/Pago_Pago"):
        assert early > clock.today(), "25 hours apart: never the same day"


def test_a_time_without_a_zone_has_no_business_date():
    with store_in("UTC"), pytest.raises(ValueError, match="zone"):
        clock.business_date(datetime(2026, 11, 29, 12))  # noqa: DTZ001


def test_spans_of_days_include_both_ends():
    assert clock.days_ahead(date(2026, 11, 29), 90) == date(2027, 2, 27)
    assert clock.days_back(date(2026, 11, 29), 1) == date(2026, 11, 29)
    assert clock.days_back(date(2026, 11, 29), 7) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("year", "month", "last"), [(2026, 6, 30), (2027, 2, 28), (2028, 2, 29), (2026, 12, 31)]
)
def test_a_month_alone_means_its_last_day(year, month, last):
    assert clock.month_end(year, month) == date(year, month, last)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_month_that_is_none_is_refused(month):
    with pytest.raises(ValueError, match=rf"^{month}\b"):
        clock.month_end(2026, month)


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        ("en_US", "November 14, 2027", "Nov 14, 2027, 3:04\N{NARROW NO-BREAK SPACE}PM"),
        ("en_GB", "14 November 2027", "14 Nov 2027, 15:04"),
        ("fr_FR", "14 novembre 2027", "14 nov. 2027, 15:04"),
        ("ja_JP", "2027年11月14日", "2027/11/14 15:04"),
    ],
)
def test_days_and_moments_are_written_by_the_locale_on_the_stores_wall_clock(locale, day, moment):
    at = datetime(2027, 11, 14, 20, 4, tzinfo=UTC)
    with store_in("America/New_York"):
        assert clock.format_day(clock.business_date(at), locale) == day
        assert clock.format_moment(at, locale) == moment


@pytest.mark.parametrize(
    ("text", "locale", "written"),
    [
        ("effective 26 June 2012: uses", "en_US", "effective June 26, 2012: uses"),
        ("weekly file of 2026-11-18.", "en_US", "weekly file of November 18, 2026."),
        ("1 May 2020, 2020-05-02", "en_GB", "1 May 2020, 2 May 2020"),
        ("2012-02-30, set id 2012-06-261, NDC 0113-04-62", "en_US", None),
    ],
)
def test_dates_in_a_text_are_written_by_the_locale(text, locale, written):
    assert clock.localize_dates(text, locale) == (written or text)


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en_US", "Friday, December 4"),
        ("en_AU", "Friday, 4 December"),
        ("fr_FR", "vendredi 4 décembre"),
        ("es_ES", "viernes, 4 de diciembre"),
        ("ja_JP", "2026年12月4日金曜日"),
    ],
)
def test_a_near_day_is_written_with_its_weekday(locale: str, written: str) -> None:
    assert clock.format_weekday(date(2026, 12, 4), locale) == written
