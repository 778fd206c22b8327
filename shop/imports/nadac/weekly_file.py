"""Reading the weekly NADAC file: a workbook whose header is found by its names, wherever it stands.

It is made safe first: a few kilobytes can unpack to a terabyte, or hold one cell in the last row of the last
column, for which a reader would lay out all cells before it. What is read is a copy that has been measured.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np

from shop.imports.nadac.rows import OPEN, UNITS, Rows, SurveyRefused, checked, days, ndc_code
from shop.pricing.acquisition import Kind, Source, Unit

# --- Unpacking: a zip archive is measured before any reader sees it ---------------------------------------

MOST_PARTS = 500
MOST_BYTES = 96 * 2**20  # eight times the official file of 2015
MOST_COLUMNS = 64
MOST_ROWS = 250_000
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,9})(\d{1,19})""")
_PIECE = 2**20


def unpacked(path: Path) -> BytesIO:
    """The workbook as an archive without compression, or a refusal."""
    try:
        with ZipFile(path) as archive:
            return _copied(archive, path.name)
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as trouble:
        raise SurveyRefused(
            f"{path.name} is a damaged or incomplete workbook.", "Download the file again."
        ) from trouble


def _copied(archive: ZipFile, name: str) -> BytesIO:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    names = {part.filename for part in parts}
    if not names >= NEEDED:
        raise SurveyRefused(
            f"{name} is a ZIP archive, but not a workbook.", "Unzip it and give the file inside."
        )
    if (
        len(parts) > MOST_PARTS
        or len(names) < len(parts)
        or sum(part.file_size for part in parts) > MOST_BYTES
    ):
        raise SurveyRefused(
            f"{name} would unzip to far more than a price survey.",
            "Download the file from CMS again.",
        )
    copy = BytesIO()
    with ZipFile(copy, "w") as safe:
        for part in parts:
            content = _content(archive, part)
            if part.filename.startswith("xl/worksheets/"):
                _measure(content, name)
            safe.writestr(part.filename, content)
    copy.seek(0)
    return copy


def _content(archive: ZipFile, part: ZipInfo) -> bytes:
    """A part's bytes; zipfile reads no more than the size it states, and checks the sum."""
    content = BytesIO()
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            content.write(piece)
    return content.getvalue()


def _measure(sheet: bytes, name: str) -> None:
    for cell in _CELL.finditer(sheet):
        if int(cell[2]) > MOST_ROWS or _column(cell[1]) > MOST_COLUMNS:
            raise SurveyRefused(
                f"{name} has cells far outside a price survey’s columns and rows.",
                "Download the file from CMS again.",
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# --- Reading ----------------------------------------------------------------------------------------------

COLUMNS = ("ndc", "nadac per unit", "effective date", "pricing unit")
HEADER_WITHIN = 50
BATCH = 5_000
_AS_OF = re.compile(r"as of\D{0,20}(\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE)
_DATES = ("%m/%d/%Y", "%Y-%m-%d", "%m/%d/%y")
_NO_DATE = int(np.iinfo(np.int32).min)

Cells = Sequence[Any]


class WeeklyFile:
    """An opened weekly file. `total` counts the lines under the header that are not blank."""

    kind = Kind.WEEKLY

    def __init__(
        self, name: str, lines: list[tuple[int, Cells]], places: list[int], stated: date | None
    ) -> None:
        self.name, self.lines, self.places, self.stated = name, lines, places, stated
        self.total = len(lines)
        self.newest = date.min

    def batches(self, today: date) -> Iterator[Rows]:
        """The lines, checked. Each is in force from its own effective date until further notice."""
        for start in range(0, len(self.lines), BATCH):
            lines = self.lines[start : start + BATCH]
            read = [_read([cells[place] for place in self.places]) for _, cells in lines]
            code, price, first, unit = zip(*read, strict=True)
            rows = checked(
                np.array([number for number, _ in lines], np.int32),
                np.array(code, np.int64),
                np.array(first, np.int32),
                np.full(len(lines), OPEN, np.int32),
                np.array(price, np.float64),
                np.array(unit, np.int8),
                today,
            )
            self.newest = max(self.newest, rows.newest)
            yield rows

    def source(self) -> Source:
        """The day it is “as of”; where it names none, its latest effective date; known when read."""
        return Source(self.stated or self.newest, self.kind)


def open_weekly(path: Path) -> WeeklyFile:
    """Find the sheet and the header, or refuse the workbook with what is missing."""
    missing = list(COLUMNS)
    for cells in _sheets(unpacked(path), path.name):
        for place, row in enumerate(cells[:HEADER_WITHIN]):
            names = [" ".join(str(cell).replace("_", " ").split()).casefold() for cell in row]
            lacking = [column for column in COLUMNS if column not in names]
            if not lacking:
                lines = [
                    (number, line)
                    for number, line in enumerate(cells[place + 1 :], start=place + 2)
                    if any(cell != "" for cell in line)
                ]
                if not lines:
                    raise SurveyRefused(
                        f"{path.name} has a header but no prices.", "Download the file again."
                    )
                places = [names.index(column) for column in COLUMNS]
                return WeeklyFile(path.name, lines, places, _as_of(cells[:place]))
            missing = min(missing, lacking, key=len)
    raise SurveyRefused(
        f"{path.name} is a workbook, but not a weekly price file: no row names {_listed(missing)}.",
        "Use the NADAC file as CMS publishes it.",
    )


def _sheets(workbook: BytesIO, name: str) -> Iterator[Sequence[Cells]]:
    import python_calamine  # only commands read workbooks; a web worker stays small without it

    try:
        opened = python_calamine.load_workbook(workbook)
        for sheet in opened.sheet_names:
            yield opened.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, TypeError) as trouble:
        raise SurveyRefused(f"{name} is a damaged workbook.", "Download the file again.") from trouble


def _read(cells: Cells) -> tuple[int, float, int, int]:
    """NDC, price, effective day and unit of one line, each with its mark for “unreadable”."""
    ndc, price, effective, unit = cells
    try:
        number = UNITS[Unit(str(unit).strip().upper())]
    except ValueError:
        number = -1
    day = _date(effective)
    return _ndc(ndc), _number(price), days(day) if day else _NO_DATE, number


def _ndc(cell: Any) -> int:
    if isinstance(cell, float) and cell.is_integer() and cell > 0:  # a number cell has lost leading zeros
        cell = f"{int(cell):011d}"
    return ndc_code(str(cell).strip().replace("-", ""))


def _number(cell: Any) -> float:
    if isinstance(cell, bool):
        return float("nan")
    try:
        return float(Decimal(str(cell).strip().removeprefix("$")))
    except (InvalidOperation, OverflowError, ValueError):  # ValueError: a signalling NaN
        return float("nan")


def _date(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in _DATES:
        try:
            return datetime.strptime(str(cell).strip(), form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def _as_of(above: Sequence[Cells]) -> date | None:
    for cell in (cell for row in above for cell in row):
        if found := _AS_OF.search(str(cell)):
            try:
                return date(int(found[3]), int(found[1]), int(found[2]))
            except ValueError:
                return None
    return None


def _listed(columns: list[str]) -> str:
    return ", ".join(f"“{column}”" for column in columns)
