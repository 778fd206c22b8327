"""The shape of a price list: CSV as spreadsheets save it, and prices from so many units on. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from shop import money
from shop.pricing.rules import Breaks

COLUMNS = ("variant", "ndc", "medicine", "basis", "price", "breaks")
MOST_BYTES = 64 * 1024 * 1024


class NoPriceList(ValueError):
    """The file is not a price list; the message says what is missing."""


def breaks_text(breaks: Iterable[tuple[int, Decimal]], currency: str, locale: str) -> str:
    """ "60: $0.49; 90: $0.47"."""
    return "; ".join(f"{n}: {money.format_unit_price(price, currency, locale)}" for n, price in breaks)


def parse_breaks(text: str, currency: str, locale: str) -> Breaks:
    """The inverse of `breaks_text`. Raises ValueError with a sentence."""
    breaks = []
    for part in text.split(";"):
        if not part.strip():
            continue
        units, colon, price = part.partition(":")
        if not (colon and units.strip().isascii() and units.strip().isdecimal() and len(units.strip()) < 7):
            raise ValueError(f"“{part.strip()[:40]}” is not a quantity price: enter it like 90: 0.47.")
        breaks.append((int(units), money.parse_price(price.strip(), currency, locale)))
    return tuple(breaks)


def rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, the columns we know) of each line that is not empty."""
    if len(content) > MOST_BYTES:
        raise NoPriceList("The file is too large for a price list.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoPriceList("The file is not UTF-8 text: save it as “CSV UTF-8”.") from error
    if "\0" in text:
        raise NoPriceList("The file is not text: save it as “CSV UTF-8”.")
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    try:
        yield from _named(reader)
    except csv.Error as error:
        raise NoPriceList(f"Line {reader.line_num} cannot be read as CSV: {error}.") from error


def _named(reader: Any) -> Iterator[tuple[int, dict[str, str]]]:
    names = [name.strip().lower() for name in next(reader, [])]
    if "price" not in names or not {"variant", "ndc"} & set(names):
        raise NoPriceList("The first line must name the columns: “variant” or “ndc”, and “price”.")
    while (number := reader.line_num + 1) and (cells := next(reader, None)) is not None:
        if any(cell.strip() for cell in cells):
            row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            yield number, {name: row.get(name, "") for name in COLUMNS}
