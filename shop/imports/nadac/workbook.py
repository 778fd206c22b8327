"""Opening a workbook that may be anything: it is measured before any reader sees it.

A few kilobytes can unpack to a terabyte, or hold one cell in the last row of the last column, for which a
reader would lay out all cells before it. What is read is a copy that has been measured.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from shop.imports.nadac.rows import SurveyRefused

MOST_PARTS = 500
MOST_BYTES = 96 * 2**20  # eight times the official file of 2015
MOST_COLUMNS = 64
MOST_ROWS = 250_000
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,9})(\d{1,19})""")
_PIECE = 2**20

_SINCE_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true)["']""")

Cells = Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet's name and cells, row by row, and whether its days count from 1904 instead of 1900."""

    name: str
    cells: Sequence[Cells]
    since_1904: bool


def sheets(path: Path) -> Iterator[Sheet]:
    """Every sheet. Raises SurveyRefused for what is no sound workbook."""
    import python_calamine  # only commands read workbooks; a web worker stays small without it

    workbook = unpacked(path)
    try:
        with ZipFile(workbook) as parts:
            since_1904 = bool(_SINCE_1904.search(parts.read("xl/workbook.xml")))
        workbook.seek(0)
        opened = python_calamine.load_workbook(workbook)
        for sheet in opened.sheet_names:
            yield Sheet(sheet, opened.get_sheet_by_name(sheet).to_python(skip_empty_area=False), since_1904)
    except (python_calamine.CalamineError, OSError, ValueError, TypeError) as trouble:
        raise SurveyRefused(f"{path.name} is a damaged workbook.", "Download the file again.") from trouble


def is_workbook(path: Path) -> bool:
    """Whether a ZIP archive is to be read as a workbook; also where it cannot be opened, to be refused so."""
    try:
        with ZipFile(path) as archive:
            return not {part.filename for part in archive.infolist()}.isdisjoint(NEEDED)
    except (BadZipFile, OSError, NotImplementedError, ValueError):
        return True


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
        raise SurveyRefused(f"{name} isn’t an .xlsx workbook.", "Save it as plain .xlsx.")
    if (
        len(parts) > MOST_PARTS
        or len(names) < len(parts)
        or sum(part.file_size for part in parts) > MOST_BYTES
    ):
        raise SurveyRefused(
            f"{name} would unzip to far more than a price survey.",
            "Download the file from CMS again. A year of weeks comes as a CSV file.",
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
