"""Numbers and amounts as a locale writes them.

Babel is asked for a locale's marks once. Asking it to write every number takes some 60 µs each, and a list
of medicines shows a hundred: that was most of the time of a page.
"""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol

_SAMPLE = Decimal("8.88")


class Style(NamedTuple):
    """What stands around and between the digits; `around` is before and after, first of a positive number.

    `groups` are the sizes of the last group of whole digits and of those before it; `least` are the
    decimals that are always shown.
    """

    around: tuple[tuple[str, str], tuple[str, str]]
    decimal: str
    group: str
    groups: tuple[int, int]
    least: int


def write(digits: str, style: Style) -> str:
    """A number in plain notation ("-1234.50") in `style`; zeros at its end go, but for the least decimals."""
    before, after = style.around[digits[0] == "-"]
    whole, _, fraction = digits.lstrip("-").partition(".")
    if len(fraction) != style.least:
        fraction = fraction.rstrip("0").ljust(style.least, "0")
    if len(whole) > style.groups[0]:
        whole = _grouped(whole, style)
    return f"{before}{whole}{style.decimal}{fraction}{after}" if fraction else f"{before}{whole}{after}"


def write_number(value: int | Decimal, locale: str) -> str:
    """A count or a measure with all its digits: 12,345 or 0.0375; a dose is never rounded."""
    style = plain(locale)
    if isinstance(value, int) and 0 <= value < 10 ** style.groups[0]:
        return str(value)
    return write(f"{value:f}" if isinstance(value, Decimal) else str(value), style)


@lru_cache
def plain(locale: str) -> Style:
    """A number without a unit."""
    groups = Locale.parse(locale).decimal_formats[None].grouping
    return Style((("", ""), ("-", "")), get_decimal_symbol(locale), get_group_symbol(locale), groups, 0)


@lru_cache
def amount_of(currency: str, locale: str) -> Style:
    """An amount in `currency` (ISO 4217)."""
    pattern = Locale.parse(locale).currency_formats["standard"]
    decimal = get_decimal_symbol(locale)

    def around(sample: Decimal) -> tuple[str, str]:
        shown = format_currency(sample, currency, locale=locale, currency_digits=False)
        before, _, after = shown.partition(f"8{decimal}88")
        return before, after

    return Style(
        (around(_SAMPLE), around(-_SAMPLE)),
        decimal,
        get_group_symbol(locale),
        pattern.grouping,
        pattern.frac_prec[0],
    )


def _grouped(whole: str, style: Style) -> str:
    size, parts = style.groups[0], []
    while len(whole) > size:
        parts.append(whole[-size:])
        whole, size = whole[:-size], style.groups[1]
    return style.group.join([whole, *reversed(parts)])
