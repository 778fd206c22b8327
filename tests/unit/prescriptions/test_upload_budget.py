"""How much an account may send, and when it may send again."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.prescriptions.uploads.budget_rules import Limit, Use, free_at, wait_in_words

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMITS = (Limit(HOUR, files=3, cpu_ms=1000), Limit(DAY, files=5, size_bytes=100))


def ago(minutes: int, files: int = 1, size: int = 1, cpu: int = 1) -> Use:
    return Use(NOW - timedelta(minutes=minutes), files, size, cpu)


def wanted(files: int = 1, size: int = 1, cpu: int = 1) -> Use:
    return Use(NOW, files, size, cpu)


@pytest.mark.parametrize(
    ("used", "more", "free_in_minutes"),
    [
        ([], wanted(), None),
        ([], wanted(files=3), None),
        ([ago(30), ago(20)], wanted(), None),
        ([ago(30), ago(20), ago(10)], wanted(), 30),
        ([ago(30), ago(20), ago(10)], wanted(files=2), 40),
        ([ago(60), ago(20), ago(10)], wanted(), None),  # exactly an hour old: it has lapsed
        ([ago(59), ago(20), ago(10)], wanted(), 1),
        ([ago(10), ago(30), ago(20)], wanted(), 30),  # in any order
        ([ago(50, cpu=600)], wanted(cpu=400), None),
        ([ago(50, cpu=600)], wanted(cpu=401), 10),
        ([ago(600, size=60), ago(300, size=40)], wanted(size=1), 24 * 60 - 600),
        ([ago(600, size=60), ago(300, size=40)], wanted(size=61), 24 * 60 - 300),
        ([ago(10, files=3), ago(1200, files=2)], wanted(), 24 * 60 - 1200),  # the later of two limits
        ([ago(10)], wanted(size=101), 24 * 60 - 10),  # alone too much: when all has lapsed
        ([], wanted(files=4), 60),
    ],
)
def test_a_budget_is_free_again_when_enough_has_lapsed(used, more, free_in_minutes):
    expected = None if free_in_minutes is None else NOW + timedelta(minutes=free_in_minutes)
    assert free_at(used, more, LIMITS) == expected


def test_who_waits_that_long_is_let_in():
    used = [ago(minutes, cpu=300) for minutes in (55, 40, 20, 5)]
    more = wanted(cpu=500)
    moment = free_at(used, more, LIMITS)
    assert moment is not None
    assert free_at(used, Use(moment, 1, 1, 500), LIMITS) is None


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=1), "in 1 minute"),
        (timedelta(seconds=61), "in 2 minutes"),
        (timedelta(minutes=59, seconds=1), "in 60 minutes"),
        (timedelta(minutes=121), "in 3 hours"),
        (timedelta(hours=23), "in 23 hours"),
    ],
)
def test_a_wait_is_rounded_up(wait, words):
    assert wait_in_words(wait) == words
