"""From the rows of surveys to the price of a strength: which rows count, and on what their packs agree."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from shop.database import unit_price
from shop.imports.nadac.files import Opened
from shop.imports.nadac.rows import (
    EPOCH,
    NO_DAY,
    NO_UNIT,
    OPEN,
    Packs,
    Rows,
    SurveyRefused,
    day_of,
    days,
    together,
)
from shop.money import SMALLEST
from shop.pricing.acquisition import (
    Kind,
    Period,
    Quote,
    Source,
    agreed,
    in_force,
)

# --- Row by row: which price of which pack counts, and why others do not ----------------------------------

USUALLY_BAD, MOST_BAD = 20, 0.05
Advance = Callable[[int], None]


class Outcome(StrEnum):
    """What became of a row. Every row has one."""

    COUNTED = "priced a package in the catalog"
    UNKNOWN_PACK = "no such package in the catalog"
    OTHER_UNIT = "priced in a different unit than it is sold in"
    UNIT_NOT_STATED = "no unit stated, and not sold by the pill"
    REPEATED = "repeated an earlier line"
    CONTRADICTS = "contradicted an earlier line"
    UNREADABLE = "could not be read"


@dataclass
class Tally:
    """The rows of one file by outcome, and those a person should look at: (line, what is wrong)."""

    name: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.outcomes.total()


@dataclass
class SurveyPrices:
    """One survey's prices of our packages: rows, with the strength of each, in the order of strengths."""

    source: Source
    rows: Rows
    variant: NDArray[np.int64]


def sort_rows(
    opened: Iterable[Opened], packs: Packs, today: date, advance: Advance
) -> tuple[list[Tally], list[SurveyPrices]]:
    """Read all files, the weekly ones first: they say in which unit a pack is priced, a history does not.

    `advance` is told of rows as they are done. Raises SurveyRefused for a file without one readable line.
    """
    tallies: list[Tally] = []
    kept: dict[Source, list[tuple[Tally, Rows]]] = {}
    units = np.full(len(packs), NO_UNIT, np.int8)
    for one in sorted(opened, key=lambda one: -one.survey.kind):
        tally = Tally(one.name)
        rows, read = _of_our_packs(one, packs, units, today, tally, advance)
        _check_readable(tally, read)
        tallies.append(tally)
        for source, some in _by_week(rows, one):
            kept.setdefault(source, []).append((tally, some))
    surveys = [_survey(source, parts, packs) for source, parts in sorted(kept.items())]
    _keep_newest(surveys, packs)
    return tallies, surveys


def _check_readable(tally: Tally, read: int) -> None:
    """A few bad lines cost themselves; where they are many, nothing in the file can be trusted."""
    bad = tally.outcomes[Outcome.UNREADABLE]
    if bad < read and bad <= max(USUALLY_BAD, int(read * MOST_BAD)):
        return
    reason, _ = Counter(reason for _, reason in tally.faults).most_common(1)[0]
    number = next(number for number, one in tally.faults if one == reason)
    how_many = "none can" if bad == read else f"{bad:,} cannot"
    raise SurveyRefused(
        f"{tally.name} has {read:,} lines, of which {how_many} be read: in line {number:,}, {reason}.",
        "Use the file as CMS publishes it, and do not save it with a spreadsheet.",
    )


def _by_week(rows: Rows, one: Opened) -> Iterator[tuple[Source, Rows]]:
    """A file of many weeks is as many surveys: weeks do not vote against each other."""
    published = days(one.survey.published())
    week = np.where(rows.as_of == NO_DAY, published, rows.as_of)
    for number in np.unique(week) if len(week) else [published]:
        yield Source(EPOCH + timedelta(days=int(number)), one.survey.kind), rows.only(week == number)


def _keep_newest(surveys: Iterable[SurveyPrices], packs: Packs) -> None:
    """Where a week goes back to an older effective date of a pack, the newest one known stays in force.

    CMS: of several prices the one with the newest effective date, and of one date the newest “as of”.
    """
    first, price = np.full(len(packs), NO_DAY, np.int64), np.zeros(len(packs), np.int64)
    for survey in surveys:
        if survey.source.kind is not Kind.WEEKLY:
            continue
        rows = survey.rows
        place = packs.find(rows.code)
        on = days(survey.source.on)
        held = (rows.first <= on) & (rows.last >= on)
        older = held & (rows.first < first[place])
        rows.first[older] = first[place][older]
        rows.price[older] = price[place][older]
        first[place[held]], price[place[held]] = rows.first[held], rows.price[held]


def _of_our_packs(
    one: Opened, packs: Packs, units: NDArray[np.int8], today: date, tally: Tally, advance: Advance
) -> tuple[Rows, int]:
    """The rows of one file whose price may be believed, the others being tallied; and how many it has."""
    kept, read = [], 0
    for rows in one.survey.batches(today):
        tally.outcomes[Outcome.UNREADABLE] += len(rows.faults)
        tally.faults += [(number, str(fault)) for number, fault in rows.faults]
        place = packs.find(rows.code)
        ours, theirs = rows.only(place >= 0), place[place >= 0]
        tally.outcomes[Outcome.UNKNOWN_PACK] += len(rows) - len(ours)
        if one.survey.kind is Kind.WEEKLY:
            stating = ours.unit != NO_UNIT
            units[theirs[stating]] = ours.unit[stating]
        stated = np.where(ours.unit == NO_UNIT, units[theirs], ours.unit)
        unstated = (stated == NO_UNIT) & ~packs.trusted[theirs]
        fits = (stated == packs.unit[theirs]) | ((stated == NO_UNIT) & packs.trusted[theirs])
        tally.outcomes[Outcome.UNIT_NOT_STATED] += int(unstated.sum())
        tally.outcomes[Outcome.OTHER_UNIT] += int((~fits & ~unstated).sum())
        kept.append(ours.only(fits))
        advance(rows.count)
        read += rows.count
    return together(kept), read


def _survey(source: Source, parts: list[tuple[Tally, Rows]], packs: Packs) -> SurveyPrices:
    """The files of one survey as one, each pack and day once."""
    rows = together([rows for _, rows in parts])
    part = np.concatenate([np.full(len(rows), place) for place, (_, rows) in enumerate(parts)]).astype(
        np.intp
    )
    variant = packs.variant[packs.find(rows.code)] if len(rows) else np.empty(0, np.int64)
    order = np.lexsort((rows.line, part, rows.first, rows.code, variant))
    rows, part, variant = rows.only(order), part[order], variant[order]
    again = np.zeros(len(rows), bool)
    again[1:] = (rows.code[1:] == rows.code[:-1]) & (rows.first[1:] == rows.first[:-1])
    same = np.zeros(len(rows), bool)
    same[1:] = again[1:] & (rows.price[1:] == rows.price[:-1]) & (rows.last[1:] == rows.last[:-1])
    for place, (tally, _) in enumerate(parts):
        mine = part == place
        tally.outcomes[Outcome.COUNTED] += int((mine & ~again).sum())
        tally.outcomes[Outcome.REPEATED] += int((mine & same).sum())
        lines = rows.line[mine & again & ~same]
        tally.outcomes[Outcome.CONTRADICTS] += len(lines)
        tally.faults = sorted([*tally.faults, *((int(line), str(Outcome.CONTRADICTS)) for line in lines)])
    rows = rows.only(~again)
    _end_before_the_next(rows)
    return SurveyPrices(source, rows, variant[~again])


def _end_before_the_next(rows: Rows) -> None:
    """A pack has one price a day: where a survey lets periods overlap, the later one takes precedence."""
    same_pack = rows.code[1:] == rows.code[:-1]
    until = np.where(same_pack, rows.first[1:] - 1, OPEN).astype(np.int32)
    rows.last[:-1] = np.minimum(rows.last[:-1], until)


# --- Survey by survey: the packs of each strength agree ---------------------------------------------------

Proposals = dict[int, dict[Source, list[Period]]]
"""By strength and survey: its periods, oldest first."""


def price_consensus(
    surveys: Iterable[SurveyPrices], contents: Mapping[int, Decimal], advance: Advance
) -> Proposals:
    """What each survey comes to for each strength it has a price for; `advance` is told of rows done.

    A survey prices a mL or a g; by `contents` that becomes the price of the container which is sold.
    """
    found: Proposals = {}
    for survey in surveys:
        text, on = survey.source.text, survey.source.on
        weekly = survey.source.kind is Kind.WEEKLY
        for variant_id, quotes in _by_strength(survey):
            content = contents.get(variant_id)
            periods = [
                Period(_of_container(price, content), first, last, text)
                for price, first, last in (in_force(quotes, on) if weekly else agreed(quotes))
            ]
            found.setdefault(variant_id, {})[survey.source] = periods
            advance(len(quotes))
    return found


def _of_container(price: Decimal, content: Decimal | None) -> Decimal:
    if content is None:
        return price
    return max((price * content).quantize(SMALLEST, rounding=ROUND_HALF_UP), SMALLEST)


def _by_strength(survey: SurveyPrices) -> Iterator[tuple[int, list[Quote]]]:
    if not len(survey.rows):
        return
    day, price = cache(day_of), cache(unit_price)  # a survey has few distinct days and prices
    starts = np.flatnonzero(np.diff(survey.variant, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(survey.variant)], strict=True):
        quotes = [
            (day(first) or date.min, day(last), price(units))
            for first, last, units in zip(
                survey.rows.first[start:stop].tolist(),
                survey.rows.last[start:stop].tolist(),
                survey.rows.price[start:stop].tolist(),
                strict=True,
            )
        ]
        yield int(survey.variant[start]), quotes
