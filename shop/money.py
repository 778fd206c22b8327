"""Money: exact per-unit prices, rounded once per line, shown by locale.

A price of one pill has up to five decimals (as NADAC's do) and stays a `Decimal`; an amount that is
charged is a whole number of cents. Owns rounding and formatting; knows nothing of orders.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import NumberFormatError, format_currency, get_currency_symbol, parse_decimal

UNIT_PLACES = 5
CENT = Decimal("0.01")


class PriceUnreadable(ValueError):
    """A text that is no price in this locale; the message is fit for a form."""


def line_total_cents(unit_price: Decimal, quantity: int) -> int:
    """Cents for `quantity` units: multiply exactly, then round half up once. 90 x $0.51 = 4590."""
    if quantity < 0:
        raise ValueError("quantity is a count of units, never negative")
    return int((unit_price * quantity / CENT).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_cents(cents: int, currency: str, locale: str) -> str:
    """4590 -> '$45.90' (en_US), '45,90 $' (fr_FR)."""
    return _format(Decimal(cents) * CENT, 2, currency, locale)


def format_unit_price(price: Decimal, currency: str, locale: str) -> str:
    """A price per unit with at least two decimals, and as many more as it has: never '$0.00' for a price."""
    return _format(price, max(2, min(UNIT_PLACES, _places(price))), currency, locale)


def parse_price(text: str, currency: str, locale: str) -> Decimal:
    """The inverse of `format_unit_price`, for forms and files; refuses more than five decimals."""
    bare = text
    for symbol in (
        get_currency_symbol(currency, locale=locale),
        get_currency_symbol(currency, locale="en_US"),
    ):
        bare = bare.replace(symbol, "")  # "US$" where the locale says so, and "$" as people type it
    bare = bare.replace("\u00a0", " ").strip()
    try:
        price = parse_decimal(bare, locale=locale, strict=True)
    except (NumberFormatError, InvalidOperation) as error:
        example = format_unit_price(Decimal("0.51"), currency, locale)
        raise PriceUnreadable(f"“{text}” is not a price. Write it like {example}.") from error
    if not price.is_finite() or price < 0 or _places(price) > UNIT_PLACES:
        raise PriceUnreadable(f"“{text}” is not a price: it needs to be positive, with at most 5 decimals.")
    return price


def _places(price: Decimal) -> int:
    exponent = price.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=8192)  # a list shows the same few prices to everybody
def _format(value: Decimal, places: int, currency: str, locale: str) -> str:
    exact = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    # the currency's own count of decimals would turn a price of half a yen into nothing
    return format_currency(exact, currency, locale=locale, currency_digits=False, decimal_quantization=False)
