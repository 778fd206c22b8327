"""Amounts and counts as every locale that Babel knows writes them."""

from decimal import Decimal

import pytest
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from shop import money

LOCALES = st.sampled_from(sorted(locale_identifiers()))
CURRENCIES = st.sampled_from(["USD", "EUR", "CHF", "JPY", "INR", "KWD"])


@given(st.integers(-(10**9), 10**12), LOCALES, CURRENCIES)
def test_an_amount_is_written_as_babel_writes_it(cents, locale, currency):
    exact = Decimal(cents).scaleb(-2)
    babel = format_currency(exact, currency, locale=locale, currency_digits=False, decimal_quantization=False)
    assert money.format_cents(cents, currency, locale) == babel


@given(st.integers(0, 10**12), LOCALES, CURRENCIES)
def test_a_unit_price_is_written_as_babel_writes_it(hundred_thousandths, locale, currency):
    price = Decimal(hundred_thousandths).scaleb(-5)
    babel = format_currency(price, currency, locale=locale, currency_digits=False, decimal_quantization=False)
    assert money.format_unit_price(price, currency, locale) == babel


@given(st.integers(-(10**6), 10**9), LOCALES)
def test_a_count_is_written_as_babel_writes_it(count, locale):
    assert money.format_number(count, locale) == format_decimal(count, locale=locale)


@pytest.mark.parametrize(
    ("value", "locale", "shown"),
    [
        ("0.0375", "en_US", "0.0375"),
        ("2.50", "en_US", "2.5"),
        ("1E+3", "en_US", "1,000"),
        ("1234.5", "de_DE", "1.234,5"),
    ],
)
def test_a_measure_keeps_every_digit(value, locale, shown):
    assert money.format_number(Decimal(value), locale) == shown
