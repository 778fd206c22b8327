"""The shape of a price list as a CSV file: its columns, its prices and breaks as text, and its lines.

Files that a spreadsheet saved are read too: with a byte order mark or two bytes a letter, with commas,
semicolons or tabs between the columns, with `sep=;`, a title or blank lines above the header.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from babel.numbers import get_decimal_symbol

from shop import money, numbers
from shop.pricing.rules import Breaks
from shop.text_files import find_header, wide_encoding

COLUMNS = ("variant", "ndc", "medicine", "basis", "price", "breaks")
MOST_BYTES = 64 * 1024 * 1024
SNIFFED = 64 * 1024
CENTS = 2
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_TEXT = (
    (b"PK\x03\x04", "The file is a workbook (.xlsx) or a ZIP archive. Save it as “CSV UTF-8”."),
    (b"\xd0\xcf\x11\xe0", "The file is an old workbook (.xls). Save it as “CSV UTF-8”."),
    (b"%PDF", "The file is a PDF, not a price list."),
)


class NoPriceList(ValueError):
    """The file is not a price list; the message says what is missing."""


# --- Out --------------------------------------------------------------------------------------------------


def delimiter(locale: str) -> str:
    """What spreadsheets of this language expect between cells: not the mark that stands in their numbers."""
    return ";" if get_decimal_symbol(locale) == "," else ","


def price_text(price: Decimal, currency: str, locale: str) -> str:
    """ "$0.49", but 0.00123 without a sign: a spreadsheet rounds what has one to cents."""
    if -int(price.normalize().as_tuple().exponent) <= CENTS:
        return money.format_unit_price(price, currency, locale)
    return money.format_number(price, locale)


def breaks_text(breaks: Iterable[tuple[int, Decimal]], currency: str, locale: str) -> str:
    """ "60: $0.49; 90: $0.47"."""
    return "; ".join(f"{n}: {money.format_unit_price(price, currency, locale)}" for n, price in breaks)


def harmless(cell: str) -> str:
    """A name as a cell that no spreadsheet computes: an apostrophe before what would begin a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


# --- In ---------------------------------------------------------------------------------------------------


def parse_breaks(text: str, currency: str, locale: str) -> Breaks:
    """The inverse of `breaks_text`. Raises ValueError with a sentence."""
    breaks = []
    for part in text.split(";"):
        if not part.strip():
            continue
        units, colon, price = part.partition(":")
        least = numbers.digits(units.strip(), 6)
        if not colon or least is None:
            raise ValueError(f"“{part.strip()[:40]}” is not a quantity price: enter it like 90: 0.47.")
        breaks.append((least, money.parse_price(price.strip(), currency, locale)))
    return tuple(breaks)


def file_rows(content: bytes) -> Iterator[tuple[int, dict[str, str], str | None]]:
    """(line number, the columns we know, why it cannot be read) of each line that is not empty.

    Raises NoPriceList where the header is missing or names a column twice, or where the text breaks off.
    """
    text = _text(content)
    header = find_header(text[:SNIFFED], _is_header)
    if header is None:
        raise NoPriceList("The first line must name the columns: “variant” or “ndc”, and “price”.")
    names = _names(header.names)
    twice = [name for name, count in Counter(names).items() if count > 1 and name in COLUMNS]
    if twice:
        raise NoPriceList(
            f"The column “{twice[0]}” appears twice. Delete one, so that it is clear which of them counts."
        )
    below = io.StringIO(text, newline="")
    for _ in islice(below, header.lines):
        pass
    reader = csv.reader(below, delimiter=header.delimiter, strict=True)  # an open quote would swallow lines
    try:
        while (number := header.lines + reader.line_num + 1) and (cells := next(reader, None)) is not None:
            if any(cell.strip() for cell in cells):
                row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
                yield number, {name: row.get(name, "") for name in COLUMNS}, _too_long(cells, names)
    except csv.Error as error:
        line = header.lines + reader.line_num
        why = "a cell is too long" if "limit" in str(error) else "its quotes do not match"
        raise NoPriceList(f"Line {line} cannot be read as CSV: {why}.") from error


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise NoPriceList("The file is too large for a price list.")
    for mark, sentence in _NOT_TEXT:
        if content.startswith(mark):
            raise NoPriceList(sentence)
    try:
        text = content.decode(wide_encoding(content) or "utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise NoPriceList("The file is not UTF-8 text: save it as “CSV UTF-8”.") from error
    if "\0" in text:
        raise NoPriceList("The file is not text: save it as “CSV UTF-8”.")
    if not text.strip():
        raise NoPriceList("The file is empty.")
    if text.lstrip().startswith("<"):
        raise NoPriceList("The file is a web page, not a price list.")
    return text


def _names(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()).casefold() for cell in cells]


def _is_header(cells: Sequence[str]) -> bool:
    names = set(_names(cells))
    return "price" in names and bool({"variant", "ndc"} & names)


def _too_long(cells: Sequence[str], names: Sequence[str]) -> str | None:
    if not any(cell.strip() for cell in cells[len(names) :]):
        return None
    return (
        f"The line has {len(cells)} cells and the header {len(names)}: if a price is written with a comma, "
        "put it in quotes."
    )
