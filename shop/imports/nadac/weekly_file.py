"""Reading what CMS publishes: one week or many, as workbook, text or Parquet, recognized by its columns."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from shop.imports.nadac.rows import (
    BAD_DAY,
    NO_DAY,
    NO_UNIT,
    NOT_AN_NDC,
    OPEN,
    ROUNDED_NDC,
    UNITS,
    Rows,
    SurveyRefused,
    checked,
    days,
    ndc_code,
)
from shop.imports.nadac.workbook import sheets
from shop.pricing.acquisition import Kind, Unit
from shop.text_files import HEADER_WITHIN

UNIT, AS_OF = "pricing unit", "as of"
COLUMNS = ("ndc", "nadac per unit", "effective date", UNIT)
BATCH = 5_000
_AS_OF = re.compile(r"as of\D{0,20}(\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE)
_DATES = ("%m/%d/%Y", "%Y-%m-%d", "%m/%d/%y", "%Y%m%d")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SHORT = re.compile(r"[1-9]\d{6,9}", re.ASCII)

Cells = Sequence[Any]
Lines = Callable[[], Iterable[tuple[int, Cells]]]
"""The lines under the header that are not blank, each with its number; may be asked for again."""


@dataclass(frozen=True)
class Columns:
    """Where the columns stand; `as_of` is None where the file is of one week, `unit` where it states none."""

    places: tuple[int, int, int]
    unit: int | None
    as_of: int | None

    def of(self, cells: Cells) -> list[Any]:
        """NDC, price, effective date, unit and “as of”: "" where the line is too short, None without one."""
        return [self._cell(cells, place) for place in (*self.places, self.unit, self.as_of)]

    @staticmethod
    def _cell(cells: Cells, place: int | None) -> Any:
        return None if place is None else cells[place] if place < len(cells) else ""


def folded(name: object) -> str:
    """A column's name as it is compared: "NADAC_Per_Unit" and "NADAC\\nPer Unit" are one."""
    return " ".join(str(name).replace("_", " ").split()).casefold()


def lacking(names: Iterable[object]) -> list[str]:
    """The columns that a survey needs and these are not."""
    known = set(map(folded, names))
    return [column for column in COLUMNS if column not in known]


def columns(names: Iterable[object], file: str) -> Columns:
    """Where the columns stand among these names, none of which is `lacking` but perhaps the unit. Raises
    SurveyRefused where one of them stands twice: nobody knows which of them counts.
    """
    known = [folded(name) for name in names]
    if twice := [name for name in COLUMNS if known.count(name) > 1]:
        raise SurveyRefused(
            f"{file} has the column {listed(twice[:1])} twice.", "Use the NADAC file as CMS publishes it."
        )
    ndc, price, effective = (known.index(column) for column in COLUMNS[:3])
    unit = known.index(UNIT) if UNIT in known else None
    as_of = next((place for place, name in enumerate(known) if name.startswith(AS_OF)), None)
    return Columns((ndc, price, effective), unit, as_of)


class WeeklyFile:
    """An opened file of one week or many. `total` is about how many lines it has, for a progress bar."""

    kind = Kind.WEEKLY

    def __init__(self, name: str, lines: Lines, total: int, places: Columns, stated: date | None) -> None:
        self.name, self.lines, self.total, self.columns = name, lines, total, places
        self.stated = stated
        self.newest = date.min

    def batches(self, today: date) -> Iterator[Rows]:
        """The lines, checked. Each is in force from its own effective date until further notice."""
        lines, pad = iter(self.lines()), None
        while some := list(islice(lines, BATCH)):
            cells = [self.columns.of(line) for _, line in some]
            if pad is None and any(_SHORT.fullmatch(str(one[0])) for one in cells):
                pad = self._has_lost_zeros()
            read = [_read(one, bool(pad)) for one in cells]
            code, price, first, unit, as_of = zip(*read, strict=True)
            rows = checked(
                np.array([number for number, _ in some], np.int32),
                np.array(code, np.int64),
                np.array(first, np.int32),
                np.full(len(some), OPEN, np.int32),
                np.array(price, np.float64),
                np.array(unit, np.int8),
                today,
                np.array(as_of, np.int32),
            )
            self.newest = max(self.newest, rows.newest)
            yield rows

    def published(self) -> date:
        """The day it is “as of”; where it names none, its latest effective date; known when read."""
        return self.stated or self.newest

    def _has_lost_zeros(self) -> bool:
        """Whether a spreadsheet took the NDCs for numbers: they differ in length and none begins with 0.

        Surveys write 11 digits, so the rest can be put back. A file of ten digits only is of another kind.
        """
        lengths = set()
        for _, line in self.lines():
            code = str(self.columns.of(line)[0]).strip()
            if code.startswith("0"):
                return False
            if code.isascii() and code.isdigit():
                lengths.add(len(code))
        return len(lengths) > 1 and max(lengths) == 11


def open_workbook(path: Path) -> WeeklyFile:
    """Find the sheet and the header, or refuse the workbook with what is missing."""
    missing = list(COLUMNS)
    for cells in sheets(path):
        for place, row in enumerate(cells[:HEADER_WITHIN]):
            if not (without := lacking(row)):
                lines = [
                    (number, line)
                    for number, line in enumerate(cells[place + 1 :], start=place + 2)
                    if any(cell != "" for cell in line)
                ]
                if not lines:
                    raise SurveyRefused(
                        f"{path.name} has a header but no prices.", "Download the file again."
                    )
                return _of_lines(path.name, lines, columns(row, path.name), stated(cells[:place]))
            missing = min(missing, without, key=len)
    raise SurveyRefused(
        f"{path.name} is a workbook, but not a weekly price file: no row names {listed(missing)}.",
        "Use the NADAC file as CMS publishes it.",
    )


def _of_lines(name: str, lines: list[tuple[int, Cells]], places: Columns, day: date | None) -> WeeklyFile:
    return WeeklyFile(name, lambda: lines, len(lines), places, day)


def stated(above: Iterable[Cells]) -> date | None:
    """The day that a title above the header names: "NADAC Reference File as of 06/17/2015"."""
    for cell in (cell for row in above for cell in row):
        if found := _AS_OF.search(str(cell)):
            try:
                return date(int(found[3]), int(found[1]), int(found[2]))
            except ValueError:
                return None
    return None


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


# --- One line ---------------------------------------------------------------------------------------------


def _read(cells: Cells, pad: bool = False) -> tuple[int, float, int, int, int]:
    """NDC, price, effective day, unit and day “as of” of one line, each with its mark for “unreadable”."""
    ndc, price, effective, unit, as_of = cells
    week = NO_DAY if as_of is None else _day(as_of)
    first = _day(effective)
    return (
        _ndc(ndc, pad),
        _number(price),
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


def _ndc(cell: Any, pad: bool = False) -> int:
    if isinstance(cell, float) and cell.is_integer() and cell > 0:  # a number cell has lost leading zeros
        cell = f"{int(cell):011d}"
    if isinstance(cell, int) and not isinstance(cell, bool) and cell > 0:
        cell = f"{cell:011d}"
    text = str(cell).strip().replace("-", "")
    if pad and _SHORT.fullmatch(text):
        text = text.zfill(11)
    if _ROUNDED.fullmatch(text):
        return ROUNDED_NDC
    return NOT_AN_NDC if len(text) != 11 else ndc_code(text)


def _number(cell: Any) -> float:
    return float("nan") if isinstance(cell, bool) else _amount(str(cell))


@lru_cache(maxsize=1 << 17)
def _amount(text: str) -> float:
    number = text.strip().removeprefix("$")
    if _THOUSANDS.fullmatch(number):  # as a spreadsheet saves what it shows
        number = number.replace(",", "")
    try:
        return float(Decimal(number))
    except (InvalidOperation, OverflowError, ValueError):  # ValueError: a signalling NaN
        return float("nan")


def _day(cell: Any) -> int:
    day = _date(cell)
    return days(day) if day else BAD_DAY


def _date(cell: Any) -> date | None:
    read = _dated(cell) if isinstance(cell, str) else cell
    if isinstance(read, datetime):
        return read.date()
    return read if isinstance(read, date) else None


@lru_cache(maxsize=1 << 14)
def _dated(text: str) -> datetime | None:
    """A day; the time that older exports write behind it is midnight and left out."""
    bare = re.split(r"[T ]", text.strip(), maxsplit=1)[0]
    for form in _DATES:
        try:
            return datetime.strptime(bare, form)  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None
