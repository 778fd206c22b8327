"""Deciding row by row what becomes of a survey: which price of which pack counts, and why others do not."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shop.imports.nadac.errors import SurveyRefused
from shop.imports.nadac.files import Opened
from shop.imports.nadac.packs import Packs
from shop.imports.nadac.rows import NO_UNIT, OPEN, Rows, together
from shop.pricing.acquisition import Kind, Source

Advance = Callable[[int], None]


class Outcome(StrEnum):
    """What became of a row. Every row has one."""

    COUNTED = "priced a pack we know"
    UNKNOWN_PACK = "no such pack in the catalogue"
    OTHER_UNIT = "priced in another unit than we sell in"
    UNIT_NOT_STATED = "no unit stated, and not counted in pills"
    REPEATED = "said the same once more"
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
class Ballot:
    """What one survey says of our packs: rows, with the strength of each, in the order of the strengths."""

    source: Source
    rows: Rows
    variant: NDArray[np.int64]


def sort_rows(
    opened: Iterable[Opened], packs: Packs, today: date, advance: Advance
) -> tuple[list[Tally], list[Ballot]]:
    """Read all files, the weekly ones first: they say in which unit a pack is priced, a history does not.

    `advance` is told of every so many rows. Raises SurveyRefused for a file without one readable line.
    """
    tallies: list[Tally] = []
    kept: dict[Source, list[tuple[Tally, Rows]]] = {}
    units = np.full(len(packs), NO_UNIT, np.int8)
    for one in sorted(opened, key=lambda one: -one.survey.kind):
        tally = Tally(one.name)
        rows = _of_our_packs(one, packs, units, today, tally, advance)
        if tally.outcomes[Outcome.UNREADABLE] == one.survey.total:
            number, reason = tally.faults[0]
            raise SurveyRefused(
                f"{one.name} has {tally.total} lines and not one can be read: in line {number}, {reason}.",
                "Take the file as CMS publishes it.",
            )
        tallies.append(tally)
        kept.setdefault(one.survey.source(), []).append((tally, rows))
    return tallies, [_ballot(source, parts, packs) for source, parts in sorted(kept.items())]


def _of_our_packs(
    one: Opened, packs: Packs, units: NDArray[np.int8], today: date, tally: Tally, advance: Advance
) -> Rows:
    """The rows of one file whose price may be believed; the others are tallied."""
    kept = []
    for rows in one.survey.batches(today):
        tally.outcomes[Outcome.UNREADABLE] += len(rows.faults)
        tally.faults += [(number, str(fault)) for number, fault in rows.faults]
        place = packs.find(rows.code)
        ours, theirs = rows.only(place >= 0), place[place >= 0]
        tally.outcomes[Outcome.UNKNOWN_PACK] += len(rows) - len(ours)
        if one.survey.kind is Kind.WEEKLY:
            units[theirs] = ours.unit
        stated = np.where(ours.unit == NO_UNIT, units[theirs], ours.unit)
        unstated = (stated == NO_UNIT) & ~packs.trusted[theirs]
        fits = (stated == packs.unit[theirs]) | ((stated == NO_UNIT) & packs.trusted[theirs])
        tally.outcomes[Outcome.UNIT_NOT_STATED] += int(unstated.sum())
        tally.outcomes[Outcome.OTHER_UNIT] += int((~fits & ~unstated).sum())
        kept.append(ours.only(fits))
        advance(rows.count)
    return together(kept)


def _ballot(source: Source, parts: list[tuple[Tally, Rows]], packs: Packs) -> Ballot:
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
    return Ballot(source, rows, variant[~again])


def _end_before_the_next(rows: Rows) -> None:
    """A pack has one price a day: where a survey lets periods overlap, the later one has the word."""
    same_pack = rows.code[1:] == rows.code[:-1]
    until = np.where(same_pack, rows.first[1:] - 1, OPEN).astype(np.int32)
    rows.last[:-1] = np.minimum(rows.last[:-1], until)
