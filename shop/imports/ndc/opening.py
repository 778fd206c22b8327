"""Opening the directory's files however they come: plain, .gz, in the ZIP file, or saved by a spreadsheet.

Whatever it is, bytes with line feeds come out, in UTF-8 or Windows-1252. What holds no lines of text (a
workbook, a web page) is refused by name, before anything is written.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from shop.errors import DomainError
from shop.text_files import DELIMITERS, wide_encoding

LONGEST_LINE = 64 * 1024
BLOCK = 1024 * 1024
MOST_BYTES = 1024 * BLOCK  # of one file in a ZIP archive: fifteen times that of 2019
MOST_PARTS = 100
MOST_BEFORE_HEADER = 5
PRODUCTS_ONLY = "SUBSTANCENAME"
_GZIP, _ZIP, _OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WHERE = (
    "Give the NDC directory’s text download: the ZIP file itself, or product.txt first and "
    "package.txt second."
)


class WrongFile(DomainError):
    """The file is not what the command needs; nothing was written."""

    status = 400
    code = "wrong_file"


class Bytes(Protocol):
    """What is read: bytes in which lines end with a line feed."""

    def readline(self, limit: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Layout:
    """The columns' names in upper case, the mark between them, and the number of the header's line."""

    names: tuple[str, ...]
    delimiter: str
    line: int

    @property
    def resaved(self) -> bool:
        """Whether another program wrote the file: the directory itself has tabs."""
        return self.delimiter != "\t"


@contextmanager
def opened(path: Path, columns: Sequence[str], other: Sequence[str] = ()) -> Iterator[tuple[Bytes, Layout]]:
    """The file behind its header. `other` are the columns of the file that may have been swapped with it.

    Raises WrongFile when it is another file, and where it breaks off while it is read.
    """
    try:
        with _unpacked(path, columns) as packed:
            file = _in_lines(packed)
            yield file, _header(path.name, file, columns, other)
    except UnicodeError as trouble:
        raise WrongFile(
            f"{path.name} is damaged or incomplete: its letters of two bytes break off.",
            "Save it again as UTF-8.",
        ) from trouble
    except (EOFError, zlib.error, BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError) as trouble:
        raise WrongFile(
            f"{path.name} is damaged or incomplete: it cannot be unpacked, and no column names can be read.",
            f"Download it again. {WHERE}",
        ) from trouble
    except OSError as trouble:
        raise WrongFile(f"{path.name} cannot be read: {trouble.strerror}.", "Check the path.") from trouble


@contextmanager
def _unpacked(path: Path, columns: Sequence[str]) -> Iterator[IO[bytes]]:
    with path.open("rb") as plain:
        start = plain.read(len(_ZIP))
        plain.seek(0)
        if start == _ZIP:
            with ZipFile(plain) as archive, archive.open(_member(path.name, archive, columns)) as file:
                yield file
        elif start.startswith(_GZIP):
            with gzip.open(plain, "rb") as file:
                yield cast(IO[bytes], file)
        elif start == _OLE:
            raise _workbook(path.name)
        else:
            yield plain


def _member(name: str, archive: ZipFile, columns: Sequence[str]) -> ZipInfo:
    """The file of the archive that has these columns; the archive holds both."""
    parts = [part for part in archive.infolist() if not part.is_dir()]
    if len(parts) > MOST_PARTS or any(part.file_size > MOST_BYTES for part in parts):
        raise WrongFile(f"{name} would unzip to far more than the NDC directory.", WHERE)
    found = [part for part in parts if _holds(archive, part, columns)]
    if len(found) == 1:
        return found[0]
    if found:
        raise WrongFile(
            f"{name} holds more than one such file: {', '.join(part.filename for part in found)}.",
            "Unzip it, and give the two files of one day.",
        )
    inside = [part.filename.lower() for part in parts]
    if any(one.startswith("xl/") or one.endswith((".xls", ".xlsx")) for one in inside):
        raise _workbook(name)
    raise WrongFile(
        f"{name} is a ZIP archive without the NDC directory’s {_which(columns)}: no file in it has the "
        f"column names {', '.join(columns[:3])} and so on.",
        WHERE,
    )


def _holds(archive: ZipFile, part: ZipInfo, columns: Sequence[str]) -> bool:
    """Whether a file of the archive has these columns; what it is called says nothing (.xls may be text)."""
    with archive.open(part) as file:
        try:
            _header(part.filename, _in_lines(file), columns, ())
        except (WrongFile, UnicodeError):
            return False
    return True


def _which(columns: Sequence[str]) -> str:
    return "product.txt" if PRODUCTS_ONLY in columns else "package.txt"


def _workbook(name: str) -> WrongFile:
    return WrongFile(
        f"{name} is a workbook of a spreadsheet, not text with column names in its first line.",
        f"A spreadsheet changes codes, dates and quotes: do not save it as text either. {WHERE}",
    )


def _in_lines(file: IO[bytes]) -> Bytes:
    """The same with line feeds and one byte a letter: UTF-16 and old Mac files are rewritten when read."""
    buffered = io.BufferedReader(cast(io.RawIOBase, file), BLOCK) if not hasattr(file, "peek") else file
    start = buffered.peek(LONGEST_LINE)[:LONGEST_LINE]
    if encoding := wide_encoding(start):
        return _Rewritten(buffered, encoding, "utf-8")
    if b"\r" in start and b"\n" not in start:
        return _Rewritten(buffered, "latin-1", "latin-1")
    return cast(Bytes, buffered)


class _Rewritten:
    """A file in another encoding or with other line ends, line by line."""

    def __init__(self, file: IO[bytes], encoding: str, wanted: str) -> None:
        self.text = io.TextIOWrapper(file, encoding, newline=None)
        self.wanted = wanted

    def readline(self, limit: int = -1, /) -> bytes:
        return self.text.readline(limit).encode(self.wanted)


def _header(name: str, file: Bytes, columns: Sequence[str], other: Sequence[str]) -> Layout:
    raw = file.readline(LONGEST_LINE)
    if not raw:
        raise WrongFile(f"{name} is empty.", WHERE)
    if raw.decode("utf-8-sig", "replace").lstrip().startswith("<"):
        raise WrongFile(f"{name} is a web page, not the NDC directory.", WHERE)
    nearest: tuple[str, ...] = ()
    for number in range(1, MOST_BEFORE_HEADER + 1):
        text = raw.decode("utf-8-sig", "replace").strip("\r\n")
        for delimiter in DELIMITERS:
            names = _names(text, delimiter)
            if set(columns) <= set(names):
                if twice := [column for column in columns if names.count(column) > 1]:
                    raise WrongFile(
                        f"{name} has the column {twice[0]} twice, and nobody can say which of them counts.",
                        f"Use the file as it was downloaded. {WHERE}",
                    )
                return Layout(names, delimiter, number)
            if other and set(other) <= set(names):
                raise WrongFile(
                    f"{name} is the directory’s {_which(other)}, where its {_which(columns)} needs to be: "
                    "swap them, or add the one that is missing.",
                    WHERE,
                )
            nearest = max(nearest, names, key=lambda found: len(set(columns) & set(found)))
        raw = file.readline(LONGEST_LINE)
    if not set(columns) & set(nearest):
        raise WrongFile(f"{name} is not the NDC directory: its first line has no column names.", WHERE)
    missing = [column for column in columns if column not in nearest]
    raise WrongFile(f"{name} lacks the columns {', '.join(missing)}.", WHERE)


def _names(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(
            cell.strip("\ufeff ").upper() for cell in next(csv.reader([text], delimiter=delimiter), ())
        )
    except csv.Error:
        return ()
