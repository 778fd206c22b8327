"""Prices: exact per unit, rounded once per line, never shown as nothing, readable again in every locale."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop import money

LOCALES = [
    "en_US",
    "es_US",
    "de_DE",
    "fr_FR",
    "es_UY",
    "pt_BR",
    "de_CH",
    "en_GB",
    "ja_JP",
    "hi_IN",
    "fa_IR",
]
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
    with pytest.raises(ValueError, match="quantity"):
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
        ("0.51", "ja_JP", "JPY", "￥0.51"),
        ("123456.5", "hi_IN", "INR", "₹1,23,456.50"),
        ("0.0000042", "en_US", "USD", "$0.0000042"),
        ("0.000006", "en_US", "USD", "$0.000006"),
    ],
)
def test_a_unit_price_is_shown_with_as_many_decimals_as_it_has_and_at_least_two(
    price, locale, currency, shown
):
    assert money.format_unit_price(Decimal(price), currency, locale).replace("\u00a0", " ") == shown


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("$0,51", "0.51"),
        ("$0.51", "0.51"),
        ("0,51 $", "0.51"),
        ("USD 0.51", "0.51"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1 234,50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567.89", "1234567.89"),
        (".51", "0.51"),
        (",51", "0.51"),
        ("0,123", "0.123"),  # no thousands begin with 0
        ("0,00123", "0.00123"),
        ("1234,567", "1234.567"),
        ("12,3456", "12.3456"),
        ("0.5000000", "0.5"),
        ("  7 ", "7"),
    ],
)
def test_comma_and_point_are_read_by_what_the_text_shows_in_every_locale(text, price, locale):
    assert money.parse_price(text, "USD", locale) == Decimal(price)


@pytest.mark.parametrize(
    ("text", "locale", "price"),
    [
        ("1,234", "en_US", "1234"),
        ("1,234", "de_DE", "1.234"),
        ("1.234", "en_US", "1.234"),
        ("1.234", "de_DE", "1234"),
        ("1.234", "fr_FR", "1.234"),  # where a point parts no thousands
        ("1 234", "fr_FR", "1234"),
        ("12,34,567", "hi_IN", "1234567"),
    ],
)
def test_where_a_text_can_be_read_two_ways_the_locale_decides(text, locale, price):
    assert money.parse_price(text, "USD", locale) == Decimal(price)


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


NO_PRICES = [
    "",
    " ",
    "abc",
    "-0.51",
    "+1",
    "0.123456",
    "1,2,3",
    "NaN",
    "Infinity",
    "0.5.1",
    "€",
    "$",
    "5.",
    "5$5",
    "$$5",
    "1e3",
    "1,23,456",
    "1.234,567.89",
    "1,234.567,89",
    "12,34.5",
    "0,123,456",
    "1''234",
    "９",
    "½",
    "1_000",
    "\x00",
    "1" * 13,
    "9" * 5000,
]


@pytest.mark.parametrize("text", NO_PRICES)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(money.PriceUnreadable):
        money.parse_price(text, "USD", "en_US")


@pytest.mark.parametrize(
    ("percent", "locale", "written"),
    [
        ("35", "en_US", "35%"),
        ("12.50", "en_US", "12.5%"),
        ("12.5", "fr_FR", "12,5\N{NO-BREAK SPACE}%"),
        ("1000", "en_US", "1,000%"),
    ],
)
def test_percents_are_written_by_the_locale(percent, locale, written):
    assert money.format_percent(Decimal(percent), locale) == written


def test_a_refusal_quotes_what_was_typed_briefly_and_shows_an_example_of_the_locale():
    with pytest.raises(money.PriceUnreadable, match=r"\bzwei\b.*\b0,51\s€"):
        money.parse_price("zwei", "EUR", "de_DE")
    with pytest.raises(money.PriceUnreadable) as refusal:
        money.parse_price("x" * 5000, "USD", "en_US")
    assert len(str(refusal.value)) < 100


@given(
    st.one_of(st.text(max_size=30), st.text("0123456789.,'’ $-+eE\u00a0\u202f٫", max_size=20)),
    st.sampled_from(LOCALES),
)
def test_any_text_is_a_price_the_database_can_keep_or_is_refused(text, locale):
    try:
        price = money.parse_price(text, "USD", locale)
    except money.PriceUnreadable:
        return
    assert 0 <= price < 10**money.MOST_DIGITS
    assert price == round(price, money.UNIT_PLACES)


@given(st.integers(1, 99), st.integers(6, 15), st.sampled_from(LOCALES))
def test_a_price_below_the_fifth_decimal_is_not_shown_as_nothing(digits, places, locale):
    shown = money.format_unit_price(Decimal(digits).scaleb(-places), "USD", locale)
    assert any(digit in shown for digit in "123456789")
