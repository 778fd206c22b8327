"""Reading what CMS publishes: one week or many, as workbook, text or Parquet, recognized by its columns."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from shop import numbers
from shop.imports.nadac.line_cells import (
    Cells,
    code_text,
    day_of_serial,
    is_short,
    read_cells,
    shows_month_first,
)
from shop.imports.nadac.rows import OPEN, Fault, Rows, SurveyRefused, checked
from shop.imports.nadac.workbook import Sheet, sheets
from shop.pricing.acquisition import Kind
from shop.text_files import HEADER_WITHIN

UNIT, AS_OF = "pricing unit", "as of"
COLUMNS = ("ndc", "nadac per unit", "effective date", UNIT)
BATCH = 5_000
_AS_OF = re.compile(r"as of\D{0,20}(\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE)

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
    return " ".join(str(name).lstrip("\ufeff").replace("_", " ").split()).casefold()


def lacking(names: Iterable[object]) -> list[str]:
    """The columns that a survey needs and these are not."""
    known = set(map(folded, names))
    return [column for column in COLUMNS if column not in known]


def columns(names: Iterable[object], file: str) -> Columns:
    """Where the columns stand among these names, none of which is `lacking` but perhaps the unit. Raises
    SurveyRefused where one of them stands twice: nobody knows which of them counts.
    """
    known = [folded(name) for name in names]
    weeks = [name for name in known if name.startswith(AS_OF)]
    if twice := [name for name in COLUMNS if known.count(name) > 1] or weeks[1:]:
        raise SurveyRefused(
            f"{file} has the column {listed(twice[:1])} twice.", "Use the NADAC file as CMS publishes it."
        )
    ndc, price, effective = (known.index(column) for column in COLUMNS[:3])
    unit = known.index(UNIT) if UNIT in known else None
    as_of = known.index(weeks[0]) if weeks else None
    return Columns((ndc, price, effective), unit, as_of)


class WeeklyFile:
    """An opened file of one week or many. `total` is about how many lines it has, for a progress bar."""

    kind = Kind.WEEKLY

    def __init__(self, name: str, lines: Lines, total: int, places: Columns, stated: date | None) -> None:
        self.name, self.lines, self.total, self.columns = name, lines, total, places
        self.stated = stated
        self.newest = date.min

    def batches(self, today: date) -> Iterator[Rows]:
        """The lines, checked. Each is in force from its own effective date until further notice.

        What only the whole file says (lost zeros, its decimal mark) is looked up once a line asks for it.
        """
        lines, pad, marks, day_first = iter(self.lines()), None, "", False
        while some := list(islice(lines, BATCH)):
            cells = [self.columns.of(line) for _, line in some]
            if pad is None and any(is_short(one[0]) for one in cells):
                pad = self._has_lost_zeros()
            if not marks and any("," in str(one[1]) for one in cells):
                marks = self._decimal_marks()
            read = [read_cells(one, bool(pad), marks or ".") for one in cells]
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
            day_first = day_first or any(fault is Fault.DAY_FIRST for _, fault in rows.faults)
            yield rows
        if day_first:
            self._check_months()

    def published(self) -> date:
        """The day it is “as of”; where it names none, its latest effective date; known when read."""
        return self.stated or self.newest

    def _has_lost_zeros(self) -> bool:
        """Whether a spreadsheet took the NDCs for numbers: they differ in length and none begins with 0.

        Surveys write 11 digits, so the rest can be put back. A file of ten digits only is of another kind.
        """
        lengths = set()
        for _, line in self.lines():
            code = code_text(self.columns.of(line)[0])
            if code.startswith("0"):
                return False
            if code.isascii() and code.isdigit():
                lengths.add(len(code))
        return len(lengths) > 1 and max(lengths) == 11

    def _decimal_marks(self) -> str:
        """The mark that prices show (a point, wherever one does so), or both where none shows any."""
        found = ".,"
        for _, line in self.lines():
            shown = numbers.shown_mark(str(self.columns.of(line)[1]))
            if shown == ".":
                return "."
            found = shown or found
        return found

    def _check_months(self) -> None:
        """Where some days can only be read with the day first, and none with the month, all were wrong."""
        for _, line in self.lines():
            _ndc, _price, effective, _unit, as_of = self.columns.of(line)
            if shows_month_first(effective) or shows_month_first(as_of):
                return
        raise SurveyRefused(
            f"{self.name} writes the day before the month (17/12/2025): its days up to the 12th would be "
            "misread.",
            "Use the NADAC file as CMS publishes it: it writes 12/17/2025.",
        )


def open_workbook(path: Path) -> WeeklyFile:
    """Find the sheet and the header, or refuse the workbook with what is missing."""
    missing = list(COLUMNS)
    found: dict[str, WeeklyFile] = {}
    header = False
    for sheet in sheets(path):
        for place, row in enumerate(sheet.cells[:HEADER_WITHIN]):
            if not (without := lacking(row)):
                header = True
                places = columns(row, path.name)
                if lines := _below(sheet, place + 1, places):
                    found[sheet.name] = _of_lines(path.name, lines, places, stated(sheet.cells[:place]))
                break
            missing = min(missing, without, key=len)
    if len(found) > 1:
        raise SurveyRefused(
            f"{path.name} has prices in more than one sheet: {listed(found)}.",
            "Save each of them as a file of its own, and import these together.",
        )
    if found:
        return next(iter(found.values()))
    if header:
        raise SurveyRefused(f"{path.name} has a header but no prices.", "Download the file again.")
    raise SurveyRefused(
        f"{path.name} is a workbook, but not a weekly price file: no row names {listed(missing)}.",
        "Use the NADAC file as CMS publishes it.",
    )


def _below(sheet: Sheet, start: int, places: Columns) -> list[tuple[int, Cells]]:
    """The lines that are not blank. A day may be a plain number in them, as spreadsheets count days."""
    days = {places.places[2], places.as_of} if not sheet.since_1904 else set()
    return [
        (number, [day_of_serial(cell) if place in days else cell for place, cell in enumerate(line)])
        for number, line in enumerate(sheet.cells[start:], start=start + 1)
        if any(cell != "" for cell in line)
    ]


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
