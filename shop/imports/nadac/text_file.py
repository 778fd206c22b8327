"""Reading a survey that is text, as the data portal gives it, with any of the usual marks between columns.

It may be packed (.gz, or one file in a ZIP). A year of weeks has more than a million lines, so they are read
as they come, and again where that is needed.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile, ZipFile

from shop.imports.nadac.line_cells import Cells
from shop.imports.nadac.rows import SurveyRefused
from shop.imports.nadac.weekly_file import COLUMNS, WeeklyFile, columns, lacking, listed, stated
from shop.text_files import Header, find_header, wide_encoding

SNIFFED = 64 * 1024
MOST_BYTES = 2 * 2**30
MOST_IN_ARCHIVE = 100
LONGEST_LINE = 64 * 1024
_BLOCK = 2**20
UNPACKING = (EOFError, zlib.error, BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError)
_NOT_TEXT = (b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")


@dataclass(frozen=True)
class Text:
    """Bytes of a text that may be opened again, by the name of the file they come from."""

    name: str
    open: Callable[[], IO[bytes]]

    def start(self) -> bytes:
        with self.open() as file:
            return file.read(SNIFFED)


def open_text(path: Path) -> WeeklyFile | None:
    """The survey in a text file; None where no line names a survey's columns. Raises SurveyRefused."""
    return _survey(Text(path.name, partial(_plain, path)))


def open_compressed(path: Path) -> WeeklyFile | None:
    """The survey in a text that is compressed (.gz). None and SurveyRefused as `open_text`."""
    text = Text(path.name, partial(_unzipped, path))
    try:
        if text.start().startswith(_NOT_TEXT):
            raise SurveyRefused(f"{path.name} is compressed, and is no text.", "Unzip it first.")
        return _survey(text)
    except (*UNPACKING, OSError) as trouble:
        raise _damaged(path.name) from trouble


def open_archive(path: Path) -> WeeklyFile | None:
    """The one survey in a ZIP. None and SurveyRefused as `open_text`."""
    try:
        with ZipFile(path) as archive:
            parts = [part.filename for part in archive.infolist() if not part.is_dir()]
        texts = {part: Text(path.name, partial(_of_archive, path, part)) for part in parts[:MOST_IN_ARCHIVE]}
        surveys = [part for part, text in texts.items() if _header(text)[1]]
        if len(surveys) > 1:
            raise SurveyRefused(
                f"{path.name} is a ZIP archive with more than one price survey: {', '.join(surveys)}.",
                "Unzip it and give these files.",
            )
        return _survey(texts[surveys[0]]) if surveys else None
    except (*UNPACKING, OSError, ValueError) as trouble:
        raise _damaged(path.name) from trouble


def _plain(path: Path) -> IO[bytes]:
    return path.open("rb")


def _unzipped(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(path))


def _of_archive(path: Path, part: str) -> IO[bytes]:
    with ZipFile(path) as archive:  # its file stays open until the part is closed
        return archive.open(part)


def _damaged(name: str) -> SurveyRefused:
    return SurveyRefused(
        f"{name} is compressed, and damaged or incomplete: it cannot be unpacked.", "Download the file again."
    )


def _header(text: Text) -> tuple[str, Header | None, list[str]]:
    """The encoding, the header, and what the line lacks that comes nearest to one."""
    start, missing = text.start(), list(COLUMNS)

    def named(names: Sequence[str]) -> bool:
        nonlocal missing
        missing = min(missing, lacking(names), key=len)
        return not missing

    encoding = wide_encoding(start) or "utf-8-sig"
    return encoding, find_header(start.decode(encoding, "replace"), named), missing


def _survey(text: Text) -> WeeklyFile | None:
    encoding, header, missing = _header(text)
    if header is None:
        if len(missing) == len(COLUMNS):
            return None
        raise SurveyRefused(
            f"{text.name} is not a price survey: no line names the columns {listed(missing)} as well.",
            "Use the NADAC file as CMS publishes it (.csv or .xlsx).",
        )

    def lines() -> Iterator[tuple[int, Cells]]:
        return _lines(text, encoding, header)

    if next(lines(), None) is None:
        raise SurveyRefused(f"{text.name} has a header but no prices.", "Download the file again.")
    return WeeklyFile(text.name, lines, _count(text), columns(header.names, text.name), stated(header.above))


def _lines(text: Text, encoding: str, header: Header) -> Iterator[tuple[int, Cells]]:
    """Every record under the header that is not blank, with the number of the line that it ends in."""
    number = header.lines
    try:
        with text.open() as packed, io.TextIOWrapper(packed, encoding, errors="replace", newline="") as file:
            for _ in range(header.lines):
                file.readline()
            pieces = iter(lambda: file.readline(LONGEST_LINE), "")
            reader = csv.reader(pieces, delimiter=header.delimiter, strict=True)
            for record in reader:
                number = header.lines + reader.line_num
                if any(record):
                    yield number, record
    except csv.Error as trouble:
        raise SurveyRefused(
            f"{text.name} cannot be read from line {number:,} on: its quotes do not match.",
            "Download the file again, and do not save it with a spreadsheet.",
        ) from trouble
    except (*UNPACKING, OSError) as trouble:
        raise SurveyRefused(
            f"{text.name} is damaged after line {number:,}.", "Download the file again."
        ) from trouble


def _count(text: Text) -> int:
    """About how many lines there are; reads all of it once, which finds what is cut off or too large."""
    lines = size = 0
    with text.open() as file:
        while block := file.read(_BLOCK):
            lines, size = lines + block.count(b"\n"), size + len(block)
            if size > MOST_BYTES:
                raise SurveyRefused(
                    f"{text.name} is far larger than a price survey.", "Download the file again."
                )
    return max(1, lines)
