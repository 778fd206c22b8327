"""The cells of one line of a survey, whatever program wrote them: NDC, price, days, unit.

What cannot be read in one way only has a mark of its own, by which `rows.checked` says what is wrong.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from shop import numbers
from shop.catalogue.ndc_codes import UnreadableCode, eleven_digits
from shop.imports.nadac.rows import (
    BAD_DAY,
    DAY_FIRST,
    NO_DAY,
    NO_UNIT,
    NOT_AN_NDC,
    ROUNDED_NDC,
    ROUNDED_PRICE,
    SERIAL_DAY,
    TWO_WAYS,
    UNITS,
    days,
    ndc_code,
)
from shop.money import UNIT_PLACES
from shop.pricing.acquisition import Unit
from shop.text_files import kept_as_text

Cells = Sequence[Any]

SURVEYS_ARE = "en_US"
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_SHORT = re.compile(r"[1-9]\d{6,9}", re.ASCII)
_PLAIN = re.compile(r"\d{0,15}\.?\d{1,15}", re.ASCII)
_EXPONENT = re.compile(r"\d(?:\.(\d{1,15}))?E([+-]?\d{1,2})", re.IGNORECASE | re.ASCII)
_DAYS = (
    (re.compile(r"\d\d?/\d\d?/\d{4}", re.ASCII), "%m/%d/%Y"),
    (re.compile(r"\d{4}-\d\d?-\d\d?", re.ASCII), "%Y-%m-%d"),
    (re.compile(r"\d\d?/\d\d?/\d\d", re.ASCII), "%m/%d/%y"),
    (re.compile(r"\d{8}", re.ASCII), "%Y%m%d"),
)
_SERIAL = re.compile(r"[34]\d{4}(?:\.0)?", re.ASCII)
_SHORT_YEAR = re.compile(r"\d\d?/\d\d?/\d\d", re.ASCII)
_SLASHES = re.compile(r"(\d\d?)/(\d\d?)/", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)
MONTHS = 12


def read_cells(cells: Cells, pad: bool = False, marks: str = ".") -> tuple[int, float, int, int, int]:
    """NDC, price, effective day, unit and day “as of” of one line, each with its mark for “unreadable”."""
    ndc, price, effective, unit, as_of = cells
    week = NO_DAY if as_of is None else day_cell(as_of)
    if _short_year(as_of) and isinstance(effective, str) and not _short_year(effective):
        week = BAD_DAY  # 01/28/20, cut off from 01/28/2026
    first = day_cell(effective)
    return (
        ndc_cell(ndc, pad),
        price_cell(price, marks),
        NO_DAY if first == BAD_DAY else first,
        NO_UNIT if unit is None else _unit(str(unit)),
        week,
    )


@lru_cache(maxsize=1024)
def _unit(text: str) -> int:
    try:
        return UNITS[Unit(text.strip().upper())]
    except ValueError:
        return -1


# --- NDC --------------------------------------------------------------------------------------------------


def code_text(cell: Any) -> str:
    """An NDC's cell without what keeps it text in a spreadsheet, and without the decimals of a table."""
    return kept_as_text(str(cell).strip()).removesuffix(".0")


def is_short(cell: Any) -> bool:
    """Whether it may be an NDC that has lost its leading zeros."""
    return bool(_SHORT.fullmatch(code_text(cell)))


def ndc_cell(cell: Any, pad: bool = False) -> int:
    """An NDC as a number; `pad` where the file's have lost their leading zeros."""
    if isinstance(cell, float) and cell.is_integer() and cell > 0:  # a number cell has lost leading zeros
        cell = f"{int(cell):011d}"
    if isinstance(cell, int) and not isinstance(cell, bool) and cell > 0:
        cell = f"{cell:011d}"
    text = code_text(cell)
    if "-" in text and not _ROUNDED.fullmatch(text):
        try:
            return ndc_code(eleven_digits(text))
        except UnreadableCode:
            return NOT_AN_NDC
    if pad and _SHORT.fullmatch(text):
        text = text.zfill(11)
    if _ROUNDED.fullmatch(text):
        return ROUNDED_NDC
    return ndc_code(text)


# --- Price ------------------------------------------------------------------------------------------------


def price_cell(cell: Any, marks: str = ".") -> float:
    """A price; not a number where it is none, ROUNDED_PRICE where a spreadsheet has cut its digits off.

    `marks` are those that may be the file's decimal mark: by both ".,", “1,234” reads in TWO_WAYS.
    """
    if isinstance(cell, bool):
        return float("nan")
    if isinstance(cell, (int, float, Decimal)):
        try:
            return float(cell) if isfinite(cell) else float("nan")
        except (OverflowError, ValueError):  # ValueError: a signaling NaN
            return float("nan")
    return _amount(str(cell), marks)


@lru_cache(maxsize=1 << 17)
def _amount(text: str, marks: str) -> float:
    number = text.strip().removeprefix("$").lstrip()
    if marks == "." and _PLAIN.fullmatch(number):
        return float(number)
    if found := _EXPONENT.fullmatch(number):  # exact if it ends in the last decimal
        ends_at = len(found[1] or "") - int(found[2])
        return float(number) if ends_at >= UNIT_PLACES else ROUNDED_PRICE
    if number.startswith("-"):
        return -abs(_amount(number[1:], marks))
    readings = {numbers.parts(number, SURVEYS_ARE, mark) for mark in marks}
    if len(readings) > 1:
        return TWO_WAYS
    parts = readings.pop()
    return float("nan") if parts is None else float(f"{parts[0] or 0}.{parts[1] or 0}")


# --- Days -------------------------------------------------------------------------------------------------


def day_cell(cell: Any) -> int:
    """A day as a number; BAD_DAY, SERIAL_DAY or DAY_FIRST where it cannot be read in one way only."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return days(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == cell // 1:
        cell = f"{cell:.0f}"  # 20260121, not written as a day
    return _dated(cell) if isinstance(cell, str) else BAD_DAY


def day_of_serial(cell: Any) -> Any:
    """A workbook's number of a day as that day, anything else as it is: 46043 is 21 January 2026."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and _SERIAL.fullmatch(f"{cell}"):
        return _EXCEL_EPOCH + timedelta(days=int(cell))
    return cell


def shows_month_first(cell: Any) -> bool:
    """Whether a day can only be one whose month stands first: 12/17/2025."""
    found = _SLASHES.match(cell.strip()) if isinstance(cell, str) else None
    return found is not None and int(found[1]) <= MONTHS < int(found[2])


@lru_cache(maxsize=1 << 14)
def _dated(text: str) -> int:
    """The time that older exports write behind a day is midnight and left out."""
    bare = re.split(r"[T ]", text.strip(), maxsplit=1)[0]
    for shape, form in _DAYS:
        if shape.fullmatch(bare):
            try:
                return days(datetime.strptime(bare, form).date())  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                found = _SLASHES.match(bare)
                return DAY_FIRST if found and int(found[2]) <= MONTHS < int(found[1]) else BAD_DAY
    return SERIAL_DAY if _SERIAL.fullmatch(bare) else BAD_DAY


def _short_year(day: Any) -> bool:
    return isinstance(day, str) and _has_short_year(day)


@lru_cache(maxsize=1 << 14)
def _has_short_year(day: str) -> bool:
    return bool(_SHORT_YEAR.fullmatch(day.strip().split(" ")[0]))
