"""Reading a survey that is text, as the data portal gives it, with any of the usual marks between columns.

A year of weeks has more than a million lines, so they are read as they come, and again where that is needed.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from shop.imports.nadac.rows import SurveyRefused
from shop.imports.nadac.weekly_file import Cells, WeeklyFile, columns, lacking, stated
from shop.text_files import Header, find_header, wide_encoding

SNIFFED = 64 * 1024
MOST_BYTES = 2 * 2**30
_BLOCK = 2**20


def open_text(path: Path) -> WeeklyFile | None:
    """The survey in a text file; None where no line names a survey's columns. Raises SurveyRefused."""
    with path.open("rb") as file:
        start = file.read(SNIFFED)
    encoding = wide_encoding(start) or "utf-8-sig"
    header = find_header(start.decode(encoding, "replace"), lambda names: not lacking(names))
    if header is None:
        return None
    if path.stat().st_size > MOST_BYTES:
        raise SurveyRefused(f"{path.name} is far larger than a price survey.", "Download the file again.")

    def lines() -> Iterator[tuple[int, Cells]]:
        return _lines(path, encoding, header)

    if next(lines(), None) is None:
        raise SurveyRefused(f"{path.name} has a header but no prices.", "Download the file again.")
    return WeeklyFile(path.name, lines, _count(path), columns(header.names, path.name), stated(header.above))


def _lines(path: Path, encoding: str, header: Header) -> Iterator[tuple[int, Cells]]:
    """Every record under the header that is not blank, with the number of the line that it ends in."""
    with open(path, encoding=encoding, errors="replace", newline="") as file:
        for _ in range(header.lines):
            file.readline()
        reader = csv.reader(file, delimiter=header.delimiter, strict=True)
        try:
            for record in reader:
                if any(record):
                    yield header.lines + reader.line_num, record
        except csv.Error as trouble:
            raise SurveyRefused(
                f"{path.name} cannot be read from line {header.lines + reader.line_num:,} on: its quotes do "
                "not match.",
                "Download the file again, and do not save it with a spreadsheet.",
            ) from trouble


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return max(1, sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b"")))
