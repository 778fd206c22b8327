"""Text that other programs saved: in which encoding it is, and where the header of its table stands.

Spreadsheets save a table in two bytes a letter, with semicolons, with `sep=;` or a title above the header.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

DELIMITERS = "\t;,|"
HEADER_WITHIN = 50
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def wide_encoding(start: bytes) -> str | None:
    """The encoding of a text with two or four bytes a letter, by its first bytes; None for others."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return None if name == "utf-8-sig" else name
    some = start[:200]
    if len(some) >= 4 and not any(some[1::2]) and all(some[::2]):
        return "utf-16-le"
    if len(some) >= 4 and not any(some[::2]) and all(some[1::2]):
        return "utf-16-be"
    return None


_AS_TEXT = re.compile(r'="([^"]*)"')


def kept_as_text(cell: str) -> str:
    """A cell without what keeps it text in a spreadsheet: ="00002143380", or '00002143380."""
    if cell[:1] not in ("=", "'"):
        return cell
    found = _AS_TEXT.fullmatch(cell)
    return found[1].strip() if found else cell.removeprefix("'")


@dataclass(frozen=True)
class Header:
    """Where a table's header stands: after `above` records, and it ends with physical line `lines`."""

    names: tuple[str, ...]
    delimiter: str
    above: tuple[tuple[str, ...], ...]
    lines: int


def find_header(start: str, named: Callable[[Sequence[str]], bool]) -> Header | None:
    """The first record that `named` accepts, read with each of the usual delimiters; None: there is none.

    `start` is the beginning of the text, as read with newline="".
    """
    for delimiter in _delimiters(start):
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        above: list[tuple[str, ...]] = []
        try:
            for record in islice(reader, HEADER_WITHIN):
                if named(record):
                    return Header(tuple(record), delimiter, tuple(above), reader.line_num)
                above.append(tuple(record))
        except csv.Error:
            continue
    return None


def _delimiters(start: str) -> str:
    """All of them; first the one that a first line `sep=;` names."""
    first = start.lstrip("\ufeff \r\n").split("\n", 1)[0].rstrip("\r").strip('"')
    if first[:4].casefold() == "sep=" and len(first) == len("sep=;"):
        return first[-1] + DELIMITERS
    return DELIMITERS
