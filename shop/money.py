"""Money: exact per-unit prices, rounded once per line, shown by locale.

A price of one pill has up to five decimals (as NADAC's do) and stays a `Decimal`; an amount that is
charged is a whole number of cents. Owns rounding and formatting; knows nothing of orders.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_symbol,
)
from babel.numbers import (
    format_percent as _babel_percent,
)

from shop import numbers
from shop.numbers import common_marks, plain_spaces

UNIT_PLACES = 5
SMALLEST = Decimal(1).scaleb(-UNIT_PLACES)
CENT = Decimal("0.01")
MOST_DIGITS = 12  # before the decimal sign; more is no price of a medicine, and no database keeps it
LONGEST_QUOTED = 40
KEPT = 16_384  # amounts and counts as they were written last: Babel takes 20 µs for one


class PriceUnreadable(ValueError):
    """A text that is no price in this locale; the message is fit for a form."""


def line_total_cents(unit_price: Decimal, quantity: int) -> int:
    """Cents for `quantity` units: multiply exactly, then round half up once. 90 x $0.51 = 4590."""
    if quantity < 0:
        raise ValueError("quantity is a count of units, never negative")
    return int((unit_price * quantity / CENT).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_cents(cents: int, currency: str, locale: str) -> str:
    """4590 -> '$45.90' (en_US), '45,90 $' (fr_FR)."""
    whole, rest = divmod(abs(cents), 100)
    return _write(f"{'-' if cents < 0 else ''}{whole}.{rest:02}", currency, locale)


def format_unit_price(price: Decimal, currency: str, locale: str) -> str:
    """A price per unit with at least two decimals, and as many more as it has: never '$0.00' for a price.

    Five decimals are the most, except below the fifth, where the first two digits that are not 0 are shown.
    """
    digits = f"{price:f}"
    if len(digits.partition(".")[2]) > UNIT_PLACES:
        places = 1 - price.adjusted() if 0 < abs(price) < SMALLEST else UNIT_PLACES
        digits = f"{price.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
    return _write(digits, currency, locale)


@lru_cache(maxsize=KEPT)
def format_number(value: int | Decimal, locale: str) -> str:
    """A count or a measure with all its digits: 12,345 or 0.0375; a dose is never rounded."""
    exact = value.normalize() if isinstance(value, Decimal) else value
    return format_decimal(exact, locale=locale, decimal_quantization=False)


def format_percent(percent: int | Decimal, locale: str) -> str:
    """35 -> '35%' (en_US), '35 %' (fr_FR), with all its digits."""
    return _babel_percent(Decimal(percent) / 100, locale=locale, decimal_quantization=False)


def parse_price(text: str, currency: str, locale: str, decimal_mark: str | None = None) -> Decimal:
    """The inverse of `format_unit_price`, for forms and files; refuses more than five decimals.

    Comma or point may be the decimal sign, whichever the text itself shows: `$0,51`, `$0.51`, `1.234,50`,
    `1,234.50`. Only where both readings are sound (`1,234`) does the locale decide, or the file's mark.
    """
    parts = numbers.parts(_bare(text, currency, locale), locale, decimal_mark)
    if parts is None:
        example = format_unit_price(Decimal("0.51"), currency, locale)
        raise PriceUnreadable(f"“{_quoted(text)}” is not a price. Enter it like {example}.")
    whole, fraction = parts
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise PriceUnreadable(f"“{_quoted(text)}” is not a price: it is far too large.")
    if len(fraction.rstrip("0")) > UNIT_PLACES:
        raise PriceUnreadable(
            f"“{_quoted(text)}” is not a price: it needs to be positive, with at most 5 decimals."
        )
    return Decimal(f"{whole or 0}.{fraction}".rstrip("0")) if fraction else Decimal(whole)


def _bare(text: str, currency: str, locale: str) -> str:
    """The number without the currency's sign, which stands at one end of it, in marks known everywhere."""
    bare = plain_spaces(text)
    symbols = {get_currency_symbol(currency, locale=one) for one in (locale, "en_US")} | {currency}
    for symbol in sorted(map(plain_spaces, symbols), key=len, reverse=True):  # "US$" before "$"
        for shorter in (bare.removeprefix(symbol), bare.removesuffix(symbol)):
            if shorter != bare:
                return common_marks(shorter.strip(), locale)
    return common_marks(bare, locale)


def _quoted(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else text[:LONGEST_QUOTED] + "…"


@lru_cache(maxsize=KEPT)
def _write(digits: str, currency: str, locale: str) -> str:
    # not to the currency's own count of decimals, which would turn a price of half a yen into nothing
    return format_currency(
        Decimal(digits).normalize(),
        currency,
        locale=locale,
        currency_digits=False,
        decimal_quantization=False,
    )
