"""Prices: exact per unit, rounded once per line, never shown as nothing, readable again in every locale."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop import money

LOCALES = ["en_US", "es_US", "de_DE", "fr_FR", "es_UY", "pt_BR", "de_CH", "en_GB"]
unit_prices = st.builds(
    lambda n, places: Decimal(n).scaleb(-places), st.integers(0, 10**8), st.integers(0, 5)
)


@pytest.mark.parametrize(
    ("price", "quantity", "cents"),
    [
        ("0.51", 90, 4590),
        ("0.51", 0, 0),
        ("0.03400", 30, 102),
        ("0.00001", 1, 0),
        ("0.00001", 500, 1),  # half a cent goes up
        ("0.18159", 100, 1816),
        ("0.005", 1, 1),
        ("0.005", 3, 2),  # 1.5 cents, rounded once: 2, where rounding each pill would give 3
    ],
)
def test_a_line_is_multiplied_exactly_and_rounded_half_up_once(price, quantity, cents):
    assert money.line_total_cents(Decimal(price), quantity) == cents


@given(unit_prices, st.integers(0, 1000))
def test_a_line_is_never_more_than_half_a_cent_from_the_exact_product(price, quantity):
    exact = price * quantity * 100
    assert abs(money.line_total_cents(price, quantity) - exact) <= Decimal("0.5")


def test_a_negative_count_of_pills_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        money.line_total_cents(Decimal("0.51"), -1)


@pytest.mark.parametrize(
    ("price", "locale", "currency", "shown"),
    [
        ("0.51", "en_US", "USD", "$0.51"),
        ("0.51", "es_UY", "USD", "US$ 0,51"),
        ("0.51", "de_DE", "EUR", "0,51 €"),
        ("0.00004", "en_US", "USD", "$0.00004"),
        ("0.034", "en_US", "USD", "$0.034"),
        ("12", "en_US", "USD", "$12.00"),
        ("1234.5", "de_DE", "EUR", "1.234,50 €"),
    ],
)
def test_a_unit_price_is_shown_with_as_many_decimals_as_it_has_and_at_least_two(
    price, locale, currency, shown
):
    assert money.format_unit_price(Decimal(price), currency, locale).replace("\u00a0", " ") == shown


def test_the_comma_of_the_old_price_card_is_read_where_the_locale_writes_it():
    assert money.parse_price("$0,51", "USD", "es_AR") == Decimal("0.51")


@given(unit_prices.filter(bool), st.sampled_from(LOCALES))
def test_no_price_is_ever_shown_as_nothing(price, locale):
    shown = money.format_unit_price(price, "USD", locale)
    assert any(digit in shown for digit in "123456789")


@given(unit_prices, st.sampled_from(LOCALES), st.sampled_from(["USD", "EUR", "CHF", "JPY"]))
def test_what_is_shown_can_be_read_back_exactly(price, locale, currency):
    assert money.parse_price(money.format_unit_price(price, currency, locale), currency, locale) == price


@given(st.integers(0, 10**9), st.sampled_from(LOCALES))
def test_an_amount_can_be_read_back_exactly(cents, locale):
    assert money.parse_price(money.format_cents(cents, "USD", locale), "USD", locale) * 100 == cents


@pytest.mark.parametrize("text", ["", "abc", "-0.51", "0.123456", "1,2,3", "NaN", "Infinity", "0.5.1", "€"])
def test_what_is_no_price_is_refused_with_a_sentence(text):
    with pytest.raises(money.PriceUnreadable, match="is not a price"):
        money.parse_price(text, "USD", "en_US")
