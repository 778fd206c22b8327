"""Money: exact per-unit prices, rounded once per line, shown by locale.

A price of one pill has up to five decimals (as NADAC's do) and stays a `Decimal`; an amount that is
charged is a whole number of cents. Owns rounding and formatting; knows nothing of orders.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)
from babel.numbers import (
    format_percent as _babel_percent,
)

UNIT_PLACES = 5
SMALLEST = Decimal(1).scaleb(-UNIT_PLACES)
CENT = Decimal("0.01")
MOST_DIGITS = 12  # before the decimal sign; more is no price of a medicine, and no database keeps it
LONGEST_QUOTED = 40
KEPT = 16_384  # amounts and counts as they were written last: Babel takes 20 µs for one
_MARKS = ".,'’ \u00a0\u202f"
_NUMBER = re.compile(r"(?=.*[0-9])[0-9]*(?:[.,'’ ][0-9]+)*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+")
_LAKHS = re.compile(r"[1-9][0-9]?(?: [0-9]{2})* [0-9]{3}")  # 12,34,567 as India writes it
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_INVISIBLE = dict.fromkeys((0x200E, 0x200F, 0x061C))  # marks of direction around a currency's sign


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


def parse_price(text: str, currency: str, locale: str) -> Decimal:
    """The inverse of `format_unit_price`, for forms and files; refuses more than five decimals.

    Comma or point may be the decimal sign, whichever the text itself shows: `$0,51`, `$0.51`, `1.234,50`,
    `1,234.50`. Only where both readings are sound (`1,234`) does the locale decide.
    """
    parts = _parts(_bare(text, currency, locale), locale)
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
    bare = _plain_spaces(text)
    symbols = {get_currency_symbol(currency, locale=one) for one in (locale, "en_US")} | {currency}
    for symbol in sorted(map(_plain_spaces, symbols), key=len, reverse=True):  # "US$" before "$"
        for shorter in (bare.removeprefix(symbol), bare.removesuffix(symbol)):
            if shorter != bare:
                return _common_marks(shorter.strip(), locale)
    return _common_marks(bare, locale)


def _common_marks(number: str, locale: str) -> str:
    """Marks only few locales write (an Arabic decimal sign) become a point and an apostrophe."""
    for mark, common in ((get_decimal_symbol(locale), "."), (get_group_symbol(locale), "'")):
        if mark not in _MARKS:
            number = number.replace(mark, common)
    return number


def _parts(number: str, locale: str) -> tuple[str, str] | None:
    """Digits before and after the decimal sign; None where the text cannot be a number."""
    if not _NUMBER.fullmatch(number):
        return None
    found = [(mark, place) for place, mark in enumerate(number) if not mark.isdigit()]
    if not found:
        return number, ""
    mark, place = found[-1]
    others = {other for other, _ in found[:-1]}
    if mark in ".," and mark not in others and not (not others and _is_group(number, mark, place, locale)):
        whole, fraction = number[:place], number[place + 1 :]
        ungrouped = _ungrouped(whole, others, locale)
        return None if ungrouped is None or not fraction else (ungrouped, fraction)
    ungrouped = _ungrouped(number, others | {mark}, locale)
    return None if ungrouped is None else (ungrouped, "")


def _is_group(number: str, mark: str, place: int, locale: str) -> bool:
    """Whether the only mark of `1,234` parts thousands: where it could, and the locale writes it so."""
    could = _GROUPED.fullmatch(number.replace(mark, " ")) is not None
    return could and mark == get_group_symbol(locale) and mark != get_decimal_symbol(locale)


def _ungrouped(whole: str, marks: set[str], locale: str) -> str | None:
    """Digits without the marks between thousands; None where these stand in the wrong places."""
    if not marks:
        return whole
    if len(marks) > 1:
        return None
    spaced = whole.replace(marks.pop(), " ")
    by_lakhs = Locale.parse(locale).decimal_formats[None].grouping[1] == 2
    if _GROUPED.fullmatch(spaced) or (by_lakhs and _LAKHS.fullmatch(spaced)):
        return spaced.replace(" ", "")
    return None


def _plain_spaces(text: str) -> str:
    return _SPACES.sub(" ", text).translate(_INVISIBLE).strip()


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
