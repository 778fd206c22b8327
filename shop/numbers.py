"""The numbers that people type, read once for every form, command and file: exactly as typed, or not at all.

Digits are 0 to 9. Marks between thousands stand at every third place (as India writes it, at every second
from the thousands on), a decimal mark stands once and has digits behind it. Signs, exponents and digits of
other scripts are no part of an amount: "90,0" is never 900, and "1,5" never 15.
"""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

LONGEST = 24
LONGEST_WHOLE = 12
_MARKS = ".,'’ \u00a0\u202f"
_NUMBER = re.compile(r"(?=.*[0-9])[0-9]*(?:[.,'’ ][0-9]+)*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+")
_LAKHS = re.compile(r"[1-9][0-9]?(?: [0-9]{2})* [0-9]{3}")  # 12,34,567 as India writes it
_LAST_DIGITS = re.compile(r"[0-9.,]*[0-9]")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_INVISIBLE = dict.fromkeys((0x200E, 0x200F, 0x061C))  # marks of direction around a currency's sign


def digits(text: str | None, longest: int = 18) -> int | None:
    """A number as a page or a machine writes it, such as an id: up to so many digits, and nothing else."""
    plain = text or ""
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= longest else None


def whole(text: str, locale: str) -> int | None:
    """A count: digits, thousands parted as the locale does; None for anything else."""
    number = plain_spaces(text)
    if (found := digits(number, LONGEST_WHOLE)) is not None:
        return found
    group = common_marks(_SPACES.sub(" ", get_group_symbol(locale)), locale)
    number = common_marks(number, locale)
    if len(number) > LONGEST or not _NUMBER.fullmatch(number):
        return None
    marks = {mark for mark in number if not mark.isdigit()}
    ungrouped = _ungrouped(number, marks, locale) if marks == {group} else None
    return None if ungrouped is None else digits(ungrouped, LONGEST_WHOLE)


def decimal(text: str, locale: str) -> Decimal | None:
    """An amount, never negative; None for anything else. Which mark is the decimal one says `parts`."""
    number = plain_spaces(text)
    found = parts(common_marks(number, locale), locale) if len(number) <= LONGEST else None
    return None if found is None else Decimal(f"{found[0] or 0}.{found[1] or 0}")


def percent(text: str, locale: str) -> Decimal | None:
    """An amount that may have one percent sign behind it: "12.5%"."""
    return decimal(plain_spaces(text).removesuffix("%"), locale)


def parts(number: str, locale: str, decimal_mark: str | None = None) -> tuple[str, str] | None:
    """Digits before and after the decimal mark; None where the text cannot be a number.

    Comma or point may be the decimal mark, whichever the text itself shows: `0,51`, `0.51`, `1.234,50`,
    `1,234.50`. Only where both readings are sound (`1,234`) does the locale decide, or the `decimal_mark`
    of the file that the number stands in.
    """
    if not _NUMBER.fullmatch(number):
        return None
    found = [(mark, place) for place, mark in enumerate(number) if not mark.isdigit()]
    if not found:
        return number, ""
    mark, place = found[-1]
    others = {other for other, _ in found[:-1]}
    if (
        mark in ".,"
        and mark not in others
        and not (not others and _is_group(number, mark, locale, decimal_mark))
    ):
        before, fraction = number[:place], number[place + 1 :]
        ungrouped = _ungrouped(before, others, locale)
        return None if ungrouped is None or not fraction else (ungrouped, fraction)
    ungrouped = _ungrouped(number, others | {mark}, locale)
    return None if ungrouped is None else (ungrouped, "")


@lru_cache(maxsize=1 << 16)
def shown_mark(text: str) -> str | None:
    """The decimal mark that an amount shows, whoever reads it: "," of "0,51 €"; None for "1,234" and "12"."""
    found = _LAST_DIGITS.findall(text)
    if not found:
        return None
    comma, point = (parts(found[-1], "en_US", mark) for mark in ",.")
    return found[-1][-len(comma[1]) - 1] if comma and comma == point and comma[1] else None


def common_marks(number: str, locale: str) -> str:
    """Marks only few locales write (an Arabic decimal sign) become a point and an apostrophe."""
    for mark, common in ((get_decimal_symbol(locale), "."), (get_group_symbol(locale), "'")):
        if mark not in _MARKS:
            number = number.replace(mark, common)
    return number


def plain_spaces(text: str) -> str:
    """Every kind of space as one plain one, none at the ends, no invisible marks."""
    return _SPACES.sub(" ", text).translate(_INVISIBLE).strip()


def _is_group(number: str, mark: str, locale: str, decimal_mark: str | None) -> bool:
    """Whether the only mark of `1,234` parts thousands: it could, and the file or locale writes it so."""
    could = _GROUPED.fullmatch(number.replace(mark, " ")) is not None
    if decimal_mark:
        return could and mark != decimal_mark
    return could and mark == get_group_symbol(locale) and mark != get_decimal_symbol(locale)


def _ungrouped(whole_part: str, marks: set[str], locale: str) -> str | None:
    """Digits without the marks between thousands; None where these stand in the wrong places."""
    if not marks:
        return whole_part
    if len(marks) > 1:
        return None
    spaced = whole_part.replace(marks.pop(), " ")
    by_lakhs = Locale.parse(locale).decimal_formats[None].grouping[1] == 2
    if _GROUPED.fullmatch(spaced) or (by_lakhs and _LAKHS.fullmatch(spaced)):
        return spaced.replace(" ", "")
    return None
