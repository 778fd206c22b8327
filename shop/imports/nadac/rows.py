"""Rows of a survey file as columns of numbers, checked: three quarters of a million fit in a few megabytes.

Days are counted from 1 January 1970, prices in units of 1/100,000 of the currency.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, case, select

from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.sale_units import holds_doses
from shop.database import db
from shop.errors import DomainError
from shop.money import UNIT_PLACES
from shop.pricing.acquisition import Unit, needs_no_unit, surveyed_unit


class SurveyRefused(DomainError):
    """A file that is no price survey, or not one that can be read safely. Nothing was written."""

    code = "survey_refused"


EPOCH = date(1970, 1, 1)
OPEN = 2**31 - 1  # the day of an end that is not known
NO_DAY = -(2**31)  # a day that the file does not state
BAD_DAY = NO_DAY + 1  # one that cannot be read
SERIAL_DAY = NO_DAY + 2  # a spreadsheet's number for one
DAY_FIRST = NO_DAY + 3  # one that is written with the day before the month
TWO_WAYS = float("inf")  # a price that can be read in two ways
ROUNDED_PRICE = float("-inf")  # one whose last digits a spreadsheet has left out
NOT_AN_NDC, ROUNDED_NDC = -1, -2
NO_UNIT = 0
UNITS = {Unit.EACH: 1, Unit.MILLILITRE: 2, Unit.GRAM: 3}
EARLIEST = date(1990, 1, 1)
LONGEST_AHEAD = timedelta(days=366)
END_OF_TIME = date(2099, 12, 31)  # how the history writes "until further notice"
HIGHEST_PRICE = 10_000_000
NOISE = 1e-3  # of a fifth decimal: at the highest price a binary number is off by 0.00015


class Fault(StrEnum):
    """Why a row cannot be read. It costs only itself."""

    NDC = "the NDC is not 11 digits (a spreadsheet drops the zeros at its beginning)"
    ROUNDED = "a spreadsheet has rounded the NDC (like 5.8E+10): use the file as it was downloaded"
    SERIAL_DAY = "a date is a spreadsheet’s number for a day (like 46043): use the file as it was downloaded"
    DAY_FIRST = "a date has its day before its month"
    DATE = "the effective date is missing, or not written as 06/17/2015 or 2015-06-17"
    DATE_RANGE = "the effective date is before 1990 or more than a year ahead"
    ENDS_EARLY = "it ends before it begins"
    ROUNDED_PRICE = "a spreadsheet has rounded the price (like 3.6E-02): use the file as it was downloaded"
    TWO_WAYS = "the price can be read in two ways (like 1,234), and no other shows the decimal mark"
    PRICE = "the price is missing or unreadable"
    NOT_POSITIVE = "the price is not above zero"
    TOO_LARGE = "the price is far too high"
    DECIMALS = "the price has more than five decimals"
    UNIT = "the pricing unit is not EA, ML, or GM"
    AS_OF = "the “as of” date is missing, unreadable, before 1990, or more than a year ahead"


@dataclass
class Rows:
    """Some rows of a file. All columns are equally long; `faults` are the rows that are not among them."""

    line: NDArray[np.int32]
    code: NDArray[np.int64]  # the NDC's 11 digits as a number
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    price: NDArray[np.int64]
    unit: NDArray[np.int8]
    as_of: NDArray[np.int32]  # NO_DAY where the file states none
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.line)

    @property
    def count(self) -> int:
        """How many rows of the file these are, with the faulty ones."""
        return len(self) + len(self.faults)

    @property
    def newest(self) -> date:
        """The latest first day; the earliest of all days where there are no rows."""
        return EPOCH + timedelta(days=int(self.first.max())) if len(self) else date.min

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Rows":
        """Those rows, in that order, without the faults."""
        return Rows(
            self.line[chosen],
            self.code[chosen],
            self.first[chosen],
            self.last[chosen],
            self.price[chosen],
            self.unit[chosen],
            self.as_of[chosen],
        )


def checked(
    line: NDArray[np.int32],
    code: NDArray[np.int64],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    price: NDArray[np.float64],
    unit: NDArray[np.int8],
    today: date,
    as_of: NDArray[np.int32] | None = None,
) -> Rows:
    """The rows that can be meant, and the others by fault. `as_of`: None where the file has no such column.

    What is missing comes as -1 (code, unit), NO_DAY (first), BAD_DAY (as_of) or not-a-number (price), what
    a program has spoiled as ROUNDED_NDC, SERIAL_DAY, DAY_FIRST, ROUNDED_PRICE or
    TWO_WAYS.
    """
    weeks = np.full(len(line), NO_DAY, np.int32) if as_of is None else as_of
    latest = days(today + LONGEST_AHEAD)
    scaled = np.where(np.abs(price) <= HIGHEST_PRICE, price, 1) * 10**UNIT_PLACES
    cents = np.rint(scaled)
    last = np.where(last >= days(END_OF_TIME), OPEN, last).astype(np.int32)
    missing = first == NO_DAY
    tests = (
        (Fault.ROUNDED, code == ROUNDED_NDC),
        (Fault.NDC, code < 0),
        (Fault.SERIAL_DAY, (first == SERIAL_DAY) | (weeks == SERIAL_DAY)),
        (Fault.DAY_FIRST, (first == DAY_FIRST) | (weeks == DAY_FIRST)),
        (Fault.DATE, missing),
        (Fault.DATE_RANGE, (first < days(EARLIEST)) | (first > latest)),
        (Fault.ENDS_EARLY, last < first),
        (Fault.ROUNDED_PRICE, price == ROUNDED_PRICE),
        (Fault.TWO_WAYS, price == TWO_WAYS),
        (Fault.PRICE, ~np.isfinite(price)),
        (Fault.NOT_POSITIVE, price <= 0),
        (Fault.TOO_LARGE, price > HIGHEST_PRICE),
        (Fault.DECIMALS, (np.abs(scaled - cents) > NOISE) | (cents == 0)),
        (Fault.UNIT, unit < 0),
        (Fault.AS_OF, (weeks != NO_DAY) & ((weeks < days(EARLIEST)) | (weeks > latest))),
    )
    sound = np.ones(len(line), bool)
    faults: list[tuple[int, Fault]] = []
    for fault, wrong in tests:
        faults += [(int(number), fault) for number in line[wrong & sound]]
        sound &= ~wrong
    rows = Rows(line, code, first, last, cents.astype(np.int64), unit, weeks).only(sound)
    rows.faults = sorted(faults)
    return rows


def together(parts: list[Rows]) -> Rows:
    """Several pieces as one, faults left aside."""

    def column(name: str, kind: type[Any]) -> NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *(getattr(part, name) for part in parts)], dtype=kind)

    return Rows(
        column("line", np.int32),
        column("code", np.int64),
        column("first", np.int32),
        column("last", np.int32),
        column("price", np.int64),
        column("unit", np.int8),
        column("as_of", np.int32),
    )


def ndc_code(text: str) -> int:
    """An NDC of 11 digits as a number; NOT_AN_NDC where it is something else."""
    return int(text) if len(text) == 11 and text.isascii() and text.isdigit() else NOT_AN_NDC


def days(day: date) -> int:
    return (day - EPOCH).days


def day_of(days: int) -> date | None:
    """The day behind a number; None for an open end."""
    return None if days == OPEN else EPOCH + timedelta(days=days)


# --- The catalogue's packs as columns of numbers, by their NDCs: what surveys price -----------------------


AT_ONCE = 10_000
NONE_FITS = -1


@dataclass(frozen=True)
class Packs:
    """Sorted by `code`. `unit` is the one a survey must price in (NONE_FITS: none), `trusted` whether a price
    without a unit may be believed. `contents`, by variant: mL or g in the container that is its unit.
    """

    code: NDArray[np.int64]
    variant: NDArray[np.int64]
    unit: NDArray[np.int8]
    trusted: NDArray[np.bool_]
    contents: dict[int, Decimal] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.code)

    def find(self, code: NDArray[np.int64]) -> NDArray[np.intp]:
        """The place of each NDC's pack; -1 where there is none."""
        if not len(self):
            return np.full(len(code), -1)
        place = np.minimum(np.searchsorted(self.code, code), len(self) - 1)
        return np.where(self.code[place] == code, place, -1)


def packs() -> Packs:
    """All packs, those the directory no longer has as well: they had a price while they were sold.

    Of an inhaler nobody knows whether it is surveyed whole or by the dose, so no price of one fits.
    """
    in_one = case((and_(Product.unit == "pack", Pack.size == 1), Pack.description), else_="")
    rows = db.session.execute(
        select(
            Pack.ndc11,
            Pack.size,
            in_one,
            Pack.variant_id,
            Product.unit,
            Variant.content,
            Variant.content_unit,
        )
        .join(Variant, Variant.id == Pack.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .execution_options(yield_per=AT_ONCE)
    )
    codes, variants, units, trusted = [], [], [], []
    contents: dict[int, Decimal] = {}
    for ndc11, size, described, variant_id, product_unit, content, content_unit in rows:
        unit = None if holds_doses(described) else surveyed_unit(content_unit or product_unit, size)
        if content:
            contents[variant_id] = content
        codes.append(ndc_code(ndc11))
        variants.append(variant_id)
        units.append(NONE_FITS if unit is None else UNITS[unit])
        trusted.append(needs_no_unit(product_unit))
    order = np.argsort(np.array(codes, np.int64))
    return Packs(
        np.array(codes, np.int64)[order],
        np.array(variants, np.int64)[order],
        np.array(units, np.int8)[order],
        np.array(trusted, np.bool_)[order],
        contents,
    )
