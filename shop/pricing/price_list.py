"""A price list as a CSV file: one strength a line, by its address in the store or an NDC of one of its packs.

Reading refuses line by line and writes nothing; `service` writes what was read. A file that a spreadsheet
saved is read too: with a byte order mark, and with commas, semicolons or tabs between the columns.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop import money
from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.ndc_codes import UnreadableCode, pack_key
from shop.database import db, portions
from shop.pricing.limits import price_problem
from shop.pricing.records import PriceRecord
from shop.pricing.rules import Breaks

# --- The shape of the file --------------------------------------------------------------------------------

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


def file_rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
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


# --- Its lines as prices ----------------------------------------------------------------------------------

BASES = {"fixed": False, "rule": True, "": False}


@dataclass(frozen=True)
class Entry:
    """What one line wants for a strength, and how the strength is priced now."""

    line: int
    variant_id: int
    name: str
    before: PriceRecord
    after: PriceRecord

    @property
    def differs(self) -> bool:
        if self.after.by_rule or self.before.by_rule:
            return self.after.by_rule != self.before.by_rule
        return self.after != self.before


@dataclass
class PriceList:
    """A file as read: `entries` a line each, and the refused lines as (number, sentence)."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def differing(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.differs]


@dataclass(frozen=True)
class _Known:
    id: int
    name: str
    record: PriceRecord


_COLUMNS = (
    Variant.id,
    Variant.slug,
    Product.name,
    Product.form,
    Variant.strength,
    Variant.price_basis,
    Variant.price,
    Variant.price_breaks,
)


# --- Out --------------------------------------------------------------------------------------------------


def lines(currency: str, locale: str) -> Iterator[dict[str, str]]:
    """Every strength as a line of the file, by medicine and strength."""
    code = select(func.min(Pack.ndc)).where(Pack.variant_id == Variant.id).scalar_subquery()
    rows = db.session.execute(
        select(*_COLUMNS, code.label("ndc"))
        .join(Product, Product.id == Variant.product_id)
        .order_by(Product.name, Product.id, Variant.strength_value, Variant.id)
        .execution_options(yield_per=2000)
    )
    for row in rows:
        yield {
            "variant": row.slug,
            "ndc": row.ndc or "",
            "medicine": f"{row.name} {row.form} {row.strength}",
            "basis": row.price_basis,
            "price": "" if row.price is None else money.format_unit_price(row.price, currency, locale),
            "breaks": breaks_text([(n, Decimal(price)) for n, price in row.price_breaks], currency, locale),
        }


# --- In ---------------------------------------------------------------------------------------------------


def read(content: bytes, currency: str, locale: str) -> PriceList:
    """What a file wants. Raises NoPriceList if it is not a price list."""
    rows = list(file_rows(content))
    known_slugs = _by_slug({row["variant"] for _, row in rows if row["variant"]})
    codes = {row["ndc"]: _code(row["ndc"]) for _, row in rows if not row["variant"]}
    known_codes = _by_code({code for code in codes.values() if code})
    found, seen = PriceList(), dict[int, int]()
    for number, row in rows:
        known = known_slugs.get(row["variant"]) or known_codes.get(codes.get(row["ndc"]) or "")
        try:
            found.entries.append(_entry(number, row, known, seen, currency, locale))
        except ValueError as refusal:
            found.refused.append((number, str(refusal)))
    return found


def _entry(
    number: int,
    row: Mapping[str, str],
    known: _Known | None,
    seen: dict[int, int],
    currency: str,
    locale: str,
) -> Entry:
    if known is None:
        what = row["variant"] or pack_key(row["ndc"])
        raise ValueError(f"There is no strength “{what[:60]}”.")
    if known.id in seen:
        raise ValueError(f"{known.name} is already in line {seen[known.id]}.")
    basis = row["basis"].lower()
    if basis not in BASES:
        raise ValueError(f"“{basis[:40]}” is not a basis: use “fixed” or “rule”.")
    if BASES[basis]:
        after = PriceRecord(True, None)
        _same_or_empty(row["price"], known.record, currency, locale)
    else:
        after = _fixed(row, known.record, currency, locale)
    seen[known.id] = number
    return Entry(number, known.id, known.name, known.record, after)


def _fixed(row: Mapping[str, str], before: PriceRecord, currency: str, locale: str) -> PriceRecord:
    if not row["price"]:
        if before == PriceRecord(False, None):
            return before
        raise ValueError("The price is missing.")
    price = money.parse_price(row["price"], currency, locale)
    breaks = parse_breaks(row["breaks"], currency, locale)
    if sentence := price_problem(price, breaks):
        raise ValueError(sentence)
    return PriceRecord(False, price, breaks)


def _same_or_empty(text: str, before: PriceRecord, currency: str, locale: str) -> None:
    """Somebody who wrote another price into a line that a rule prices meant something: ask, do not guess."""
    if text and before.by_rule and money.parse_price(text, currency, locale) != before.price:
        raise ValueError("A rule sets this price. To set it by hand, use “fixed” as its basis.")


def _code(text: str) -> str | None:
    try:
        return pack_key(text)
    except UnreadableCode:
        return None


def _by_slug(slugs: set[str]) -> dict[str, _Known]:
    return {row.slug: _known(row) for some in portions(slugs) for row in _variants(Variant.slug.in_(some))}


def _by_code(codes: set[str]) -> dict[str, _Known]:
    found = {}
    for some in portions(codes):
        packs = db.session.execute(select(Pack.ndc11, Pack.variant_id).where(Pack.ndc11.in_(some))).all()
        ids = {pack.variant_id for pack in packs}
        variants = {row.id: _known(row) for row in _variants(Variant.id.in_(ids))}
        found.update({pack.ndc11: variants[pack.variant_id] for pack in packs})
    return found


def _variants(where: ColumnElement[bool]) -> Iterable[Any]:
    return db.session.execute(select(*_COLUMNS).join(Product, Product.id == Variant.product_id).where(where))


def _known(row: Any) -> _Known:
    breaks = tuple((int(units), Decimal(price)) for units, price in row.price_breaks)
    record = PriceRecord(row.price_basis == "rule", row.price, breaks)
    return _Known(row.id, f"{row.name} {row.form} {row.strength}", record)
