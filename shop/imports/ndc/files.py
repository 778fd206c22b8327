"""Reading the directory's two files, plain or .gz, line by line; the wrong file is refused by its first line.

A line that cannot be read (bytes, control characters, length, number of fields) is handed on as a `BadLine`
and costs only itself.
"""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import IO, cast

from shop.errors import DomainError

LONGEST_LINE = 64 * 1024
BLOCK = 1024 * 1024
PRODUCT_COLUMNS = (
    "PRODUCTID",
    "PRODUCTNDC",
    "PRODUCTTYPENAME",
    "PROPRIETARYNAME",
    "PROPRIETARYNAMESUFFIX",
    "NONPROPRIETARYNAME",
    "DOSAGEFORMNAME",
    "ROUTENAME",
    "STARTMARKETINGDATE",
    "ENDMARKETINGDATE",
    "MARKETINGCATEGORYNAME",
    "APPLICATIONNUMBER",
    "LABELERNAME",
    "SUBSTANCENAME",
    "ACTIVE_NUMERATOR_STRENGTH",
    "ACTIVE_INGRED_UNIT",
    "PHARM_CLASSES",
    "DEASCHEDULE",
    "NDC_EXCLUDE_FLAG",
)
PACKAGE_COLUMNS = (
    "PRODUCTID",
    "PRODUCTNDC",
    "NDCPACKAGECODE",
    "PACKAGEDESCRIPTION",
    "STARTMARKETINGDATE",
    "ENDMARKETINGDATE",
    "NDC_EXCLUDE_FLAG",
    "SAMPLE_PACKAGE",
)
_GZIP = b"\x1f\x8b"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_WHERE = "Both files are in the NDC directory’s text download: product.txt comes first, package.txt second."


class WrongFile(DomainError):
    """The file is not what the command needs; nothing was written."""

    status = 400
    code = "wrong_file"


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read, and why."""

    number: int
    reason: str


@dataclass(slots=True)
class Line:
    """One line's fields, in the order of the columns asked for."""

    number: int
    fields: Sequence[str]


def read(path: Path, columns: Sequence[str], other: Sequence[str] = ()) -> Iterator[Line | BadLine]:
    """Every line below the header. `other` are the columns of the file that may have been swapped with it.

    Raises:
        WrongFile: before the first line when the file is another one, and where a compressed file breaks off.
    """
    with _refusing(path), _opened(path) as file:
        header = _header(path, file, columns, other)
        yield from _lines(file, header, columns)


def count_lines(path: Path) -> int:
    """Lines below the header, for a progress bar.

    Raises:
        WrongFile: the file cannot be read to its end.
    """
    with _refusing(path), _opened(path) as file:
        return max(0, sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b"")) - 1)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as trouble:
        raise WrongFile(
            f"{path.name} is damaged or incomplete: it cannot be unpacked.",
            "Download it again.",
        ) from trouble
    except OSError as trouble:
        raise WrongFile(f"{path.name} cannot be read: {trouble.strerror}.", "Check the path.") from trouble


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        compressed = file.read(len(_GZIP)) == _GZIP
    return cast(IO[bytes], gzip.open(path, "rb")) if compressed else path.open("rb")


def _header(path: Path, file: IO[bytes], columns: Sequence[str], other: Sequence[str]) -> list[str]:
    raw = file.readline(LONGEST_LINE)
    if not raw:
        raise WrongFile(f"{path.name} is empty.", _WHERE)
    text = raw.decode("utf-8-sig", "replace").rstrip("\r\n")
    if text.lstrip().startswith("<"):
        raise WrongFile(f"{path.name} is a web page, not the NDC directory.", _WHERE)
    header = [name.strip().upper() for name in text.split("\t")]
    missing = [name for name in columns if name not in header]
    if not missing:
        return header
    if other and all(name in header for name in other):
        raise WrongFile(f"{path.name} is the other of the two files: swap them.", _WHERE)
    if len(header) == 1:
        raise WrongFile(f"{path.name} is not the NDC directory: its first line has no column names.", _WHERE)
    raise WrongFile(f"{path.name} lacks the columns {', '.join(missing)}.", _WHERE)


def _lines(file: IO[bytes], header: list[str], columns: Sequence[str]) -> Iterator[Line | BadLine]:
    pick = itemgetter(*(header.index(name) for name in columns))
    number = 1
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_rest(file)
            yield BadLine(number, "the line is longer than 64 kB")
            continue
        text = _text(raw)
        if text is None:
            yield BadLine(number, "the line is not text")
        elif _CONTROL.search(text):
            yield BadLine(number, "the line contains control characters")
        elif len(fields := text.split("\t")) != len(header):
            yield BadLine(number, f"the line has {len(fields)} fields instead of {len(header)}")
        else:
            yield Line(number, [field.strip() for field in pick(fields)])


def _skip_rest(file: IO[bytes]) -> None:
    while part := file.readline(LONGEST_LINE):
        if part.endswith(b"\n"):
            return


def _text(raw: bytes) -> str | None:
    """UTF-8, otherwise Windows-1252, in which the directory writes “Schwäbisch”; None when it is neither."""
    try:
        return raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252").rstrip("\r\n")
    except UnicodeDecodeError:
        return None
