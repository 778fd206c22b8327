"""Numbers that people type: read exactly as they stand, or not at all."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from shop import numbers

LOCALES = ["en_US", "es_US", "de_DE", "fr_FR", "de_CH", "hi_IN", "fa_IR", "pt_BR", "pl_PL"]

NO_NUMBERS = [
    "",
    " ",
    "-",
    "-5",
    "+5",
    "5-",
    "−5",
    "(5)",
    "- 5",
    "5+",
    "--5",
    "1e3",
    "1E3",
    "0x10",
    "1_000",
    "NaN",
    "Infinity",
    "½",
    "²",
    "٩٠",
    "９０",
    "९०",
    "9٠",
    "1.",
    "1,",
    "1..5",
    "1,,5",
    "1.2.3",
    "12,34,5",
    "1 2",
    "1,23,4",
    "1,2345,678",
    "90 tablets",
    "$$5",
    "5 000 0",
    "1" * 40,
]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none_anywhere(text, locale):
    assert numbers.whole(text, locale) is None
    assert numbers.decimal(text, locale) is None
    assert numbers.percent(text, locale) is None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "text", ["90,0", "1,5", "1.5", "90.0", "0,123", "0.123", "1,50", "12,3456", ".5", ",5"]
)
def test_a_fraction_is_never_a_count(text, locale):
    assert numbers.whole(text, locale) is None


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("1,5", "en_US", "1.5"),
        ("90,0", "en_US", "90"),
        ("1,500", "en_US", "1500"),
        ("1,500", "de_DE", "1.5"),
        ("1.500", "de_DE", "1500"),
        ("1.500", "en_US", "1.5"),
        ("0,125", "en_US", "0.125"),
        ("1\u202f234,5", "fr_FR", "1234.5"),
        ("12,34,567", "hi_IN", "1234567"),
        (" 7 ", "en_US", "7"),
    ],
)
def test_an_amount_is_read_by_its_marks_and_only_then_by_the_locale(text, locale, number):
    assert numbers.decimal(text, locale) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("0,51", ","),
        ("0.51 €", "."),
        ("$1,234.50", "."),
        ("1.234,50", ","),
        (".036", "."),
        ("1,23400", ","),
        ("1,234", None),
        ("1.234", None),
        ("1,234,567", None),
        ("12", None),
        ("", None),
        ("1.2.3", None),
        ("5.", None),
    ],
)
def test_a_decimal_mark_is_known_where_it_can_be_nothing_else(text, mark):
    assert numbers.shown_mark(text) == mark


@pytest.mark.parametrize(("text", "number"), [("35", "35"), ("12.5%", "12.5"), ("12,5 %", "12.5")])
def test_a_percentage_may_say_so_once(text, number):
    assert numbers.percent(text, "en_US") == Decimal(number)
    assert numbers.percent(f"{text}%%", "en_US") is None
    assert numbers.percent(f"%{text}", "en_US") is None


@given(st.integers(0, 10**11), st.sampled_from(LOCALES))
def test_a_count_that_the_locale_writes_is_read_back(number, locale):
    assert numbers.whole(format_decimal(number, locale=locale), locale) == number
    assert numbers.whole(str(number), locale) == number


@given(st.integers(0, 10**10), st.integers(0, 5), st.sampled_from(LOCALES))
def test_an_amount_that_the_locale_writes_is_read_back(number, places, locale):
    exact = Decimal(number).scaleb(-places)
    written = format_decimal(exact, locale=locale, decimal_quantization=False)
    assert numbers.decimal(written, locale) == exact


@given(st.text(max_size=12), st.sampled_from(LOCALES))
def test_no_text_is_read_as_other_digits_than_it_shows(text, locale):
    shown = "".join(letter for letter in text if letter in "0123456789").lstrip("0")
    count, amount = numbers.whole(text, locale), numbers.decimal(text, locale)
    assert count is None or str(count) == (shown or "0")
    assert amount is None or "".join(f"{amount:f}".split(".")).strip("0") == shown.strip("0")


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("", None), (None, None), ("1" * 19, None), ("٣", None)]
)
def test_an_id_is_plain_digits(text, number):
    assert numbers.digits(text) == number
