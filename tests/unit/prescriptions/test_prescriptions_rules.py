"""What a prescription allows, until when, and from which day a refill."""

from datetime import date

import pytest

from shop.names import names_medicine
from shop.prescriptions.rules import authorized, last_day, remaining, valid_npi, valid_on


@pytest.mark.parametrize(("quantity", "refills", "units"), [(90, 0, 90), (90, 2, 270), (1, 11, 12)])
def test_every_refill_allows_the_quantity_once_more(quantity, refills, units):
    assert authorized(quantity, refills) == units


def test_a_part_fill_takes_units_and_no_refill():
    allowed = authorized(90, 1)
    assert remaining(allowed, taken=30) == 150
    assert remaining(allowed, taken=180) == 0


def test_a_prescription_lives_through_its_last_day():
    assert last_day(date(2026, 3, 1), 365) == date(2027, 3, 1)
    assert last_day(date(2024, 2, 29), 1) == date(2024, 3, 1)
    assert last_day(date(9999, 12, 1), 365) == date.max  # mistyped: a check says so, and no page breaks


@pytest.mark.parametrize(
    ("expires_on", "valid"),
    [
        (date(2026, 11, 29), False),  # the day before
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), True),
        (None, False),  # no fact never passes
    ],
)
def test_a_prescription_may_be_filled_on_its_last_day(expires_on, valid):
    assert valid_on(expires_on, date(2026, 11, 30)) == valid


@pytest.mark.parametrize("npi", ["1234567893", "1245319599", "2000000002"])
def test_a_number_with_its_check_digit_and_a_first_digit_of_1_or_2_is_an_npi(npi):
    assert valid_npi(npi)


@pytest.mark.parametrize(
    "text",
    ["", "1234567890", "123456789", "12345678930", "0000000006", "3000000001", "12345 7893", "１234567893"],
)
def test_anything_else_is_no_npi(text):
    assert not valid_npi(text)


def test_a_published_example_that_passes_luhn_with_another_first_digit_is_no_npi():
    passing = [text for text in (f"9{n:09}" for n in range(10)) if _luhn("80840" + text)]
    assert len(passing) == 1
    assert not valid_npi(passing[0])


def _luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("baclofen", True),
        ("BACL 10", True),
        ("10 tablet", True),
        ("bácl", True),
        ("lofen", False),
        ("baclofen 20", False),
        ("", False),
        (" - ", False),
    ],
)
def test_a_medicine_is_named_by_the_beginnings_of_its_words(typed, found):
    assert names_medicine(typed, "Baclofen tablet 10 mg") is found
