"""Postal codes as people type them."""

import pytest

from shop.postal_codes import example, postal_code


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("10001", "US", "10001"),
        (" １０００１ ", "US", "10001"),
        ("10001-0001", "US", "10001-0001"),
        ("10001 0001", "US", "10001-0001"),
        ("100010001", "US", "10001-0001"),
        (" 12207 - 1234 ", "US", "12207-1234"),
        ("10001–0001", "US", "10001-0001"),
        ("1000\u200b1", "US", "10001"),
        ("1000", "US", None),
        ("10001-", "US", None),
        ("ABCDE", "US", None),
        ("1O001", "US", None),
        ("", "US", None),
        ("k1a 0b1", "CA", "K1A 0B1"),
        ("10001", "CA", None),
        ("sw1a  1aa", "GB", "SW1A 1AA"),
        ("2000", "AU", "2000"),
        ("20000", "AU", None),
        ("26133", "DE", "26133"),
        ("2613", "DE", None),
        ("000", "HK", "000"),  # has no codes: whatever was typed
        ("", "HK", None),
        ("12-34", "ZZ", "12-34"),  # a country without data
        ("٠٠٠٠٠", "ZZ", "00000"),
        ("1" * 17, "ZZ", None),
        ("<b>", "ZZ", None),
    ],
)
def test_a_postal_code_is_that_of_its_country(typed, country, kept):
    assert postal_code(typed, country) == kept


def test_an_example_is_one_of_the_country():
    assert postal_code(example("CA"), "CA") == example("CA")
    assert example("ZZ") is None
