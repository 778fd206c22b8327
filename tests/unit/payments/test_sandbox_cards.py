"""What the sandbox says of a card, field by field."""

from datetime import date

import pytest
from stdnum import luhn

from shop.payments.sandbox.cards import TEST_CARDS, field_errors, judge

TODAY = date(2026, 11, 22)
RIGHT = {"number": "4242 4242 4242 4242", "expiry": "11/26", "cvc": "123", "name": "Pat Example"}


def test_every_test_card_has_a_right_check_digit() -> None:
    assert all(luhn.is_valid(card.number) for card in TEST_CARDS)


@pytest.mark.parametrize(
    ("number", "decline_code"),
    [
        ("4242424242424242", None),
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("5555555555554444", "test_mode_live_card"),
    ],
)
def test_a_number_decides_what_the_bank_says(number: str, decline_code: str | None) -> None:
    verdict = judge(number)
    assert verdict.decline_code == decline_code
    assert bool(verdict.sentence) == (decline_code is not None)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("number", ""),
        ("number", "4242"),
        ("number", "4242 4242 4242 4241"),
        ("number", "４２４２４２４２４２４２４２４２"),
        ("expiry", ""),
        ("expiry", "10/26"),
        ("expiry", "13/30"),
        ("expiry", "00/30"),
        ("expiry", "soon"),
        ("cvc", ""),
        ("cvc", "12"),
        ("cvc", "12345"),
        ("cvc", "abc"),
        ("name", "  "),
    ],
)
def test_a_field_that_cannot_be_right_is_named_alone(field: str, typed: str) -> None:
    assert set(field_errors(**RIGHT | {field: typed}, today=TODAY)) == {field}


@pytest.mark.parametrize("expiry", ["11/26", "11/2026", "1 / 27", "12-30", "12 30"])
def test_a_card_is_good_to_the_end_of_its_month_however_it_is_typed(expiry: str) -> None:
    assert field_errors(**RIGHT | {"expiry": expiry}, today=TODAY) == {}
