"""Reading the directory's two files line by line; the wrong file is refused by its first line.

A line that cannot be read (bytes, control characters, length, number of fields) is handed on as a `BadLine`
and costs only itself.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from shop.imports.ndc.opening import LONGEST_LINE, Bytes, Layout, WrongFile, opened
from shop.text_files import kept_as_text

__all__ = [
    "BREAKS_OFF",
    "PACKAGE_COLUMNS",
    "PRODUCT_COLUMNS",
    "QUOTES",
    "BadLine",
    "Line",
    "WrongFile",
    "code_in",
    "count_lines",
    "read",
]

BREAKS_OFF = ", and the file breaks off in it"
QUOTES = "the quotes around its fields do not match, as a spreadsheet would have set them"
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
FLAGS = ("NDC_EXCLUDE_FLAG", "SAMPLE_PACKAGE")
"""What keeps a row out, and is never empty: a line that ends before them is cut off."""
_CODE = re.compile(r"(?<!\d)(?:\d{4}-\d{4}|\d{5}-\d{3,4})(?!\d)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read, and why; `code` of the product it seems to be of, "" where none is seen."""

    number: int
    reason: str
    code: str = ""


@dataclass(slots=True)
class Line:
    """One line's fields, in the order of the columns asked for."""

    number: int
    fields: Sequence[str]


def read(path: Path, columns: Sequence[str], other: Sequence[str] = ()) -> Iterator[Line | BadLine]:
    """Every line below the header. `other` are the columns of the file that may have been swapped with it.

    Raises:
        WrongFile: before the first line when the file is another one, and where it breaks off.
    """
    with opened(path, columns, other) as (file, layout):
        yield from _lines(file, layout, columns)


def count_lines(path: Path, columns: Sequence[str], other: Sequence[str] = ()) -> int:
    """Lines below the header, for a progress bar.

    Raises:
        WrongFile: the file is another one, or cannot be read to its end.
    """
    with opened(path, columns, other) as (file, _layout):
        return sum(1 for _ in iter(lambda: file.readline(LONGEST_LINE), b""))


def _lines(file: Bytes, layout: Layout, columns: Sequence[str]) -> Iterator[Line | BadLine]:
    pick = itemgetter(*(layout.names.index(name) for name in columns))
    least = 1 + max(layout.names.index(name) for name in FLAGS if name in columns)
    number = layout.line
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if len(raw) >= LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_rest(file)
            yield BadLine(number, "the line is longer than 64 kB", code_in(raw.decode("latin-1")))
            continue
        text = _text(raw)
        if layout.resaved and text is not None and not text.strip(layout.delimiter + ' "'):
            continue  # a row that somebody emptied
        if text is None:
            yield BadLine(number, "the line is not text", code_in(raw.decode("latin-1")))
        elif _CONTROL.search(text):
            yield BadLine(number, "the line contains control characters", code_in(text))
        elif (fields := _fields(text, layout)) is None:
            yield BadLine(number, QUOTES, code_in(text))
        elif len(fields) < least or len(fields := _filled(fields, layout)) != len(layout.names):
            why = f"the line has {len(fields)} fields instead of {len(layout.names)}"
            yield BadLine(number, why if raw.endswith(b"\n") else why + BREAKS_OFF, code_in(text))
        else:
            yield Line(number, [field.strip() for field in pick(fields)])


def code_in(text: str) -> str:
    """The first product code in a text, "" where there is none."""
    found = _CODE.search(text)
    return found[0] if found else ""


def _fields(text: str, layout: Layout) -> list[str] | None:
    """The fields of a line, without the quotes that a spreadsheet puts around some; None: these do not match.

    The directory itself has quotes inside names only, and a field that begins with one is a spreadsheet's.
    """
    if not layout.resaved and not text.startswith('"') and '\t"' not in text:
        fields = text.split("\t")
    else:
        try:
            fields = next(csv.reader([text], delimiter=layout.delimiter, strict=True), [])
        except csv.Error:
            return None
    return [kept_as_text(field) for field in fields] if '="' in text else fields


def _filled(fields: list[str], layout: Layout) -> list[str]:
    """As many fields as there are columns: some programs leave out empty cells at the end, or add some."""
    if len(fields) == len(layout.names) or not layout.resaved:
        return fields
    while len(fields) > len(layout.names) and not fields[-1]:
        fields.pop()
    return fields + [""] * (len(layout.names) - len(fields))


def _skip_rest(file: Bytes) -> None:
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
