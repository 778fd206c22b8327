"""When digits that staff type are the start of a package code, at every desk alike, and when a strength."""

import pytest

from shop.listing.finding import code_starts


@pytest.mark.parametrize(
    ("typed", "starts"),
    [
        ("1000", set()),
        ("0093", set()),
        ("0093-", {"0093", "00093"}),
        ("00093", {"00093", "000093"}),
        ("NDC 0527-13", {"0052713", "00527001"}),
        ("1-2", set()),
        ("mg 1000", set()),
        ("", set()),
    ],
)
def test_five_digits_begin_a_code_and_four_are_a_strength(typed, starts):
    assert code_starts(typed) == starts
