"""The shape of a price list as a CSV file: its columns, its prices and breaks as text, and its lines.

Files that a spreadsheet saved are read too: with a byte order mark or two bytes a letter, with commas,
semicolons or tabs between the columns, with `sep=;`, a title or blank lines above the header.
"""

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from babel.numbers import get_decimal_symbol

from shop import money, numbers
from shop.pricing.rules import Breaks
from shop.text_files import Header, find_header, kept_as_text, wide_encoding

COLUMNS = ("variant", "ndc", "medicine", "basis", "price", "breaks")
READ = (*COLUMNS, "strength")
"""What is read. A pharmacy's own list may state the strength in a column of its own."""
MOST_BYTES = 64 * 1024 * 1024
SNIFFED = 64 * 1024
CENTS = 2
_GZIP = b"\x1f\x8b"
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


def decimal_marks(prices: Iterable[str], between: str, locale: str) -> str:
    """The marks that may be the decimal one of a file whose cells are parted by `between`.

    It is the one that its prices show. Where none shows any, "" leaves it to the locale; but a file that is
    parted as spreadsheets of another language do it may have either, and so may one that shows both.
    """
    shown = {mark for text in prices if (mark := numbers.shown_mark(text))}
    if shown:
        return "".join(sorted(shown))
    return "" if between not in ",;" or between == delimiter(locale) else ",."


def read_price(text: str, currency: str, locale: str, marks: str = "") -> Decimal:
    """A price of a file with these `decimal_marks`. Raises ValueError where it can be read in two ways."""
    found = sorted({money.parse_price(text, currency, locale, mark) for mark in marks or (None,)})
    if len(found) > 1:
        low, high = found
        raise ValueError(
            f"“{text[:40]}” can be read as {low} and as {high}, and the other prices do not say which. "
            f"Write {low}0 or {high}."
        )
    return found[0]


def parse_breaks(text: str, currency: str, locale: str, marks: str = "") -> Breaks:
    """The inverse of `breaks_text`. Raises ValueError with a sentence."""
    breaks = []
    for part in text.split(";"):
        if not part.strip():
            continue
        units, colon, price = part.partition(":")
        least = numbers.digits(units.strip(), 6)
        if not colon or least is None:
            raise ValueError(f"“{part.strip()[:40]}” is not a quantity price: enter it like 90: 0.47.")
        breaks.append((least, read_price(price.strip(), currency, locale, marks)))
    return tuple(breaks)


def opened(content: bytes) -> tuple[str, Header]:
    """The file's text and its header. Raises NoPriceList where there is none, or it names a column twice."""
    text = _text(content)
    header = find_header(text[:SNIFFED], _is_header)
    if header is None:
        raise NoPriceList("The first line must name the columns: “variant” or “ndc”, and “price”.")
    names = _names(header.names)
    twice = [name for name, count in Counter(names).items() if count > 1 and name in READ]
    if twice:
        raise NoPriceList(
            f"The column “{twice[0]}” appears twice. Delete one, so that it is clear which of them counts."
        )
    return text, header


def unread(header: Header) -> list[str]:
    """Names of columns that are not read, as the file writes them."""
    return [name.strip() for name in header.names if name.strip() and not {*_names([name])} & {*READ}]


def file_rows(text: str, header: Header) -> Iterator[tuple[int, dict[str, str], str | None]]:
    """(line number, the columns we know, why it cannot be read) of each line that is not empty.

    Raises NoPriceList where the text breaks off.
    """
    names = _names(header.names)
    below = io.StringIO(text, newline="")
    for _ in islice(below, header.lines):
        pass
    reader = csv.reader(below, delimiter=header.delimiter, strict=True)  # an open quote would swallow lines
    try:
        while (number := header.lines + reader.line_num + 1) and (cells := next(reader, None)) is not None:
            if any(cell.strip() for cell in cells):
                row = dict(zip(names, (kept_as_text(cell.strip()) for cell in cells), strict=False))
                yield number, {name: row.get(name, "") for name in READ}, _too_long(cells, names)
    except csv.Error as error:
        line = header.lines + reader.line_num
        why = "a cell is too long" if "limit" in str(error) else "its quotes do not match"
        raise NoPriceList(f"Line {line} cannot be read as CSV: {why}.") from error


def _text(content: bytes) -> str:
    if content.startswith(_GZIP):
        content = _unzipped(content)
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


def _unzipped(content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NoPriceList("The file is compressed, and damaged or incomplete. Unzip it first.") from error


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
