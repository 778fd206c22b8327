"""How often a mail about an order is sent again."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.orders.rules import resend_from

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes_ago", "in_minutes"),
    [
        ([], None),
        ([4], 1),
        ([5], None),
        ([60, 50, 40, 30], None),
        ([60, 50, 40, 30, 20], 23 * 60),
        ([60, 50, 40, 30, 1], 23 * 60),
        ([24 * 60, 50, 40, 30, 20], None),  # the first is a day ago
        ([24 * 60 + 1, 50, 40, 30, 2], 3),
    ],
)
def test_five_minutes_apart_and_five_within_a_day(minutes_ago, in_minutes):
    before = [AT - timedelta(minutes=one) for one in minutes_ago]
    expected = None if in_minutes is None else AT + timedelta(minutes=in_minutes)
    assert resend_from(before, AT) == expected
