"""Opening a price survey: of which kind a file is, told by its content, never by its name.

Whatever is neither is refused here, with the likely mistake and the way out, before anything is written.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO, Protocol, cast
from zipfile import BadZipFile, ZipFile

from shop.imports.nadac import history_file, weekly_file
from shop.imports.nadac.line_cells import Cells
from shop.imports.nadac.rows import Rows, SurveyRefused
from shop.imports.nadac.weekly_file import COLUMNS, WeeklyFile, columns, lacking, listed, stated
from shop.imports.nadac.workbook import is_workbook
from shop.pricing.acquisition import Kind
from shop.text_files import Header, find_header, wide_encoding

GET_ONE = "Use the NADAC file as CMS publishes it (.csv or .xlsx), or the .parquet price history."
SNIFFED = 4096
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_MARKS = (
    (
        b"\xd0\xcf\x11\xe0",
        "is an old workbook (.xls) or has a password.",
        "Save it as plain .xlsx.",
    ),
    (
        _GZIP,
        "is compressed, and no line of the text in it names the columns of a price survey.",
        f"{GET_ONE} For the NDC directory, use import-ndc.",
    ),
    (b"%PDF", "is a PDF.", GET_ONE),
    (
        _ZIP,
        "is a ZIP archive, but not a workbook, and no file in it names the columns of a price survey.",
        f"Save an OpenDocument sheet as .xlsx; unzip a workbook that is in it. {GET_ONE}",
    ),
)


class SurveyFile(Protocol):
    """An opened survey. `batches` may be read once, and raises SurveyRefused where the file is broken.

    `published` is the day it is “as of”, known when it has been read.
    """

    kind: Kind
    total: int

    def batches(self, today: date) -> Iterator[Rows]: ...

    def published(self) -> date: ...


@dataclass(frozen=True)
class Opened:
    """A file by the name it was given, with what is in it."""

    name: str
    survey: SurveyFile


def open_survey(path: Path) -> Opened:
    """Recognize a file and open it, or refuse it with a reason."""
    try:
        with path.open("rb") as file:
            start = file.read(SNIFFED)
    except OSError as trouble:
        raise SurveyRefused(
            f"{path.name} cannot be read: {trouble.strerror}.", "Check the path."
        ) from trouble
    survey = _opened(path, start)
    if survey is not None:
        return Opened(path.name, survey)
    reason, todo = _mistake(start)
    raise SurveyRefused(f"{path.name} {reason}", todo)


def _opened(path: Path, start: bytes) -> SurveyFile | None:
    if start.startswith(_ZIP):
        return weekly_file.open_workbook(path) if is_workbook(path) else open_archive(path)
    if start.startswith(_GZIP):
        return open_compressed(path)
    if start.startswith(b"PAR1"):
        return history_file.open_parquet(path)
    if not start or start.startswith(tuple(mark for mark, *_ in _MARKS)):
        return None
    return open_text(path)


def _mistake(start: bytes) -> tuple[str, str]:
    """What the file probably is instead."""
    if not start:
        return "is empty.", "The download may have failed: try it again."
    for mark, reason, todo in _MARKS:
        if start.startswith(mark):
            return reason, todo
    text = start.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<"):
        return "is a web page, not a price survey.", "Open the address in a browser and save the file itself."
    if "PRODUCTNDC" in text or "NDCPACKAGECODE" in text:
        return "is part of the NDC directory.", "Import that with: flask catalogue import-ndc PRODUCT PACKAGE"
    return (
        "is not a price survey: no line names the columns "
        f"{weekly_file.listed(weekly_file.COLUMNS)}, and it isn’t a workbook or a price history.",
        GET_ONE,
    )


# --- Text, as the data portal gives it, with any of the usual marks between columns -----------------------
# It may be packed (.gz, or one file in a ZIP). A year of weeks has more than a million lines, so they are
# read as they come, and again where that is needed.


_START_OF_TEXT = 64 * 1024
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
            return file.read(_START_OF_TEXT)


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
