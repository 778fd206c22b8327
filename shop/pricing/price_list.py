"""A price list as a CSV file: one strength a line, by its address in the store or an NDC of one of its packs.

Reading refuses line by line and writes nothing; `service` writes what was read. All that a line names
(variant, NDC, medicine) must be one strength.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.ndc_codes import UnreadableCode, pack_key
from shop.database import db, portions
from shop.pricing.list_file import (
    NoPriceList,
    breaks_text,
    decimal_marks,
    file_rows,
    harmless,
    opened,
    parse_breaks,
    price_text,
    read_price,
    unread,
)
from shop.pricing.records import PriceRecord
from shop.pricing.rules import price_problem

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
    """A file as read: `entries` a line each, refused lines as (number, sentence), and `unread` columns."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def differing(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.differs]


@dataclass(frozen=True)
class _Known:
    """A strength: `name` as it is said, `names` all the ways a list may name it, folded; and `strength`."""

    id: int
    name: str
    names: frozenset[str]
    strength: str
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
            "ndc": _printed(row.ndc or ""),
            "medicine": harmless(f"{row.name} {row.form} {row.strength}"),
            "basis": row.price_basis,
            "price": "" if row.price is None else price_text(row.price, currency, locale),
            "breaks": breaks_text([(n, Decimal(price)) for n, price in row.price_breaks], currency, locale),
        }


class _Reader(NamedTuple):
    """How the numbers of a file are read: currency, locale, and the marks that may be decimal."""

    currency: str
    locale: str
    marks: str


# --- In ---------------------------------------------------------------------------------------------------


def read(content: bytes, currency: str, locale: str) -> PriceList:
    """What a file wants. Raises NoPriceList if it is not a price list."""
    text, header = opened(content)
    rows = list(file_rows(text, header))
    if not rows:
        raise NoPriceList("The file names its columns, but has no line below them. It may be cut off.")
    reads = _Reader(currency, locale, _marks(rows, header.delimiter, locale))
    known_slugs = _by_slug({row["variant"] for _, row, _ in rows if row["variant"]})
    codes = {row["ndc"]: _code(row["ndc"]) for _, row, _ in rows if row["ndc"]}
    known_codes = _by_code({code for code in codes.values() if code})
    found, seen = PriceList(unread=unread(header)), dict[int, int]()
    for number, row, unreadable in rows:
        try:
            if unreadable:
                raise ValueError(unreadable)
            known = _named(row, known_slugs.get(row["variant"]), known_codes.get(codes.get(row["ndc"]) or ""))
            found.entries.append(_entry(number, row, known, seen, reads))
        except ValueError as refusal:
            found.refused.append((number, str(refusal)))
    return found


def _marks(rows: Iterable[tuple[int, Mapping[str, str], Any]], between: str, locale: str) -> str:
    prices = (text for _, row, _ in rows for text in (row["price"], *row["breaks"].split(";")))
    return decimal_marks(prices, between, locale)


def _named(row: Mapping[str, str], by_slug: _Known | None, by_code: _Known | None) -> _Known:
    """The one strength that everything in a line names. Raises ValueError where it names none, or two."""
    if row["variant"] and by_slug is None:
        raise ValueError(f"There is no strength “{row['variant'][:60]}”.")
    if row["ndc"] and by_code is None:
        code = _readable(row["ndc"])
        if by_slug is None:
            raise ValueError(f"There is no strength “{code[:60]}”.")
        raise ValueError(
            f"{by_slug.name} has no pack with the NDC {row['ndc'][:20]}. Correct the NDC, or leave it blank."
        )
    known = by_slug or by_code
    if known is None:
        raise ValueError("Neither a variant nor an NDC is stated.")
    if by_slug and by_code and by_slug.id != by_code.id:
        raise ValueError(
            f"The variant is {by_slug.name}, and the NDC {row['ndc'][:20]} is of {by_code.name}. "
            "Correct the one that is wrong, or leave it blank."
        )
    if row["medicine"] and _folded(row["medicine"]) not in known.names:
        raise ValueError(
            f"The line is for {known.name}, but the medicine is called “{row['medicine'][:60]}”. "
            "Correct the one that is wrong, or leave the medicine blank."
        )
    if row["strength"] and _folded(row["strength"]) != known.strength:
        raise ValueError(
            f"The line is for {known.name}, but its strength is “{row['strength'][:40]}”. "
            "Correct the one that is wrong, or leave the strength blank."
        )
    return known


def _readable(ndc: str) -> str:
    """The key of an NDC. Raises ValueError with the cause, which is often a spreadsheet."""
    try:
        return pack_key(ndc)
    except UnreadableCode as trouble:
        spoiled = re.fullmatch(r"\d{1,9}|[\d.,]+E\+?\d+", ndc, re.ASCII | re.IGNORECASE)
        cause = " A spreadsheet took it for a number: take it from an export, where it has hyphens."
        raise ValueError(f"{trouble}: “{ndc[:20]}”.{cause if spoiled else ''}") from trouble


def _folded(name: str) -> str:
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|[.,]\d+|[^\W\d_]+|%", name.casefold()))


def _entry(
    number: int,
    row: Mapping[str, str],
    known: _Known,
    seen: dict[int, int],
    reads: _Reader,
) -> Entry:
    if known.id in seen:
        raise ValueError(f"{known.name} is already in line {seen[known.id]}.")
    basis = row["basis"].lower()
    if basis not in BASES:
        raise ValueError(f"“{basis[:40]}” is not a basis: use “fixed” or “rule”.")
    if BASES[basis]:
        after = PriceRecord(True, None)
        _same_or_empty(row["price"], known.record, reads)
    else:
        after = _fixed(row, known.record, reads)
    seen[known.id] = number
    return Entry(number, known.id, known.name, known.record, after)


def _fixed(row: Mapping[str, str], before: PriceRecord, reads: _Reader) -> PriceRecord:
    if not row["price"]:
        if before == PriceRecord(False, None):
            return before
        raise ValueError("The price is missing.")
    price = read_price(row["price"], *reads)
    breaks = parse_breaks(row["breaks"], *reads)
    if sentence := price_problem(price, breaks):
        raise ValueError(sentence)
    return PriceRecord(False, price, breaks)


def _same_or_empty(text: str, before: PriceRecord, reads: _Reader) -> None:
    """Somebody who wrote another price into a line that a rule prices meant something: ask, do not guess."""
    if text and before.by_rule and read_price(text, *reads) != before.price:
        raise ValueError("A rule sets this price. To set it by hand, use “fixed” as its basis.")


def _printed(code: str) -> str:
    """With hyphens, so that a spreadsheet takes it for text and keeps its leading zeros."""
    return f"{code[:5]}-{code[5:9]}-{code[9:]}" if len(code) == 11 and code.isdecimal() else code


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
    label = f"{row.name} {row.form} {row.strength}"
    names = {label, row.name, f"{row.name} {row.form}", f"{row.name} {row.strength}"}
    return _Known(row.id, label, frozenset(map(_folded, names)), _folded(row.strength), record)
