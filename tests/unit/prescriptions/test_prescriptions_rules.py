"""What a prescription allows, until when, and from which day a refill."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from shop.prescriptions.rules import (
    Fill,
    authorized,
    item_state,
    last_day,
    next_fill_on,
    remaining,
    valid_npi,
)

DAY = date(2026, 11, 1)


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
    ("fills", "wait"),
    [
        ([], None),
        ([(0, 30)], None),  # the first fill of 90 may be completed at any time
        ([(0, 90)], 23),  # 75 % of 30 days, rounded up
        ([(0, 45), (0, 45)], 27),  # the second half begins after 15 days and lasts 15
        ([(0, 180)], 45),
        ([(0, 90), (25, 90)], 53),  # taken early: it begins when the first ends
        ([(0, 90), (60, 90)], 83),  # taken late: it begins that day
        ([(60, 90), (0, 90)], 83),
    ],
)
def test_a_refill_waits_until_most_of_the_last_supply_is_used(fills, wait):
    taken = [Fill(DAY + timedelta(days=day), units) for day, units in fills]
    expected = None if wait is None else DAY + timedelta(days=wait)
    assert next_fill_on(taken, 90, 30, 0.75) == expected


def test_without_a_days_supply_no_refill_is_too_early():
    assert next_fill_on([Fill(DAY, 90)], 90, None, 0.75) is None


@dataclass
class Item:
    remaining: int
    expires_on: date
    next_fill_on: date | None


@pytest.mark.parametrize(
    ("left", "expires", "next_fill", "state"),
    [
        (90, 1, None, "approved"),
        (90, 0, None, "approved"),
        (90, -1, None, "expired"),
        (0, 1, None, "used_up"),
        (0, -1, None, "expired"),
        (90, 1, 1, "too_early"),
        (90, 1, 0, "approved"),
        (0, 1, 1, "used_up"),
    ],
)
def test_the_state_of_an_item(left, expires, next_fill, state):
    day = None if next_fill is None else DAY + timedelta(days=next_fill)
    assert item_state(Item(left, DAY + timedelta(days=expires), day), DAY) == state
