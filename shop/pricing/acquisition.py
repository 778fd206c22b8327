"""How the prices of many packs become one price of a strength for each period. Pure.

Knows nothing of files and tables. A survey prices packs (NDCs); the store buys and prices strengths.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

DAY = timedelta(days=1)
LAPSES_AFTER = timedelta(days=365)

Quote = tuple[date, date | None, Decimal]
"""What a survey states for one package: first day, last day (None: until further notice), price per unit."""


_SURVEY = "CMS National Average Drug Acquisition Cost (NADAC), "
_READ = re.compile(re.escape(_SURVEY) + r"(weekly file|price history) of (\d{4}-\d{2}-\d{2})")


class Kind(IntEnum):
    """Of two files of one day, the larger value takes precedence."""

    OTHER = 0
    HISTORY = 1
    WEEKLY = 2


_NAMES = {Kind.HISTORY: "price history", Kind.WEEKLY: "weekly file"}


@dataclass(frozen=True, order=True)
class Source:
    """A survey file and the last day it knows of. Sources sort from the oldest to the newest."""

    on: date
    kind: Kind

    @property
    def text(self) -> str:
        """What is stored, and shown to customers."""
        return f"{_SURVEY}{_NAMES[self.kind]} of {self.on.isoformat()}"


def read_source(text: str, effective_on: date) -> Source:
    """The source behind a stored text. Of one that no import wrote, the price's own first day is the date."""
    found = _READ.fullmatch(text)
    if found is None:
        return Source(effective_on, Kind.OTHER)
    kind = next(kind for kind, name in _NAMES.items() if name == found[1])
    return Source(date.fromisoformat(found[2]), kind)


class Unit(StrEnum):
    """What a survey's price is for."""

    EACH = "EA"
    MILLILITRE = "ML"
    GRAM = "GM"


@dataclass(frozen=True, slots=True)
class Period:
    """One price per unit of a strength from `effective_on` to `ends_on`, both included; None: still so."""

    price: Decimal
    effective_on: date
    ends_on: date | None
    source: str


def outdated(period: Period | None, today: date) -> date | None:
    """The day a survey's price is of when that is over a year ago, else None."""
    if period is None:
        return None
    on = read_source(period.source, period.effective_on).on
    return on if today - on > LAPSES_AFTER else None


def surveyed_unit(product_unit: str, pack_size: int | None) -> Unit | None:
    """The unit a survey must price in, so that its price is one per unit of the product; None: none can.

    What is sold by the pack is surveyed each (each patch, each vial), which is the pack's price only where
    the pack holds one.
    """
    if product_unit == "pack":
        return Unit.EACH if pack_size == 1 else None
    return {"pill": Unit.EACH, "mL": Unit.MILLILITRE, "g": Unit.GRAM}.get(product_unit)


def needs_no_unit(product_unit: str) -> bool:
    """Whether a price without a unit may be believed: of pills, which surveys always price each.

    In the weekly file of 17 June 2015 this holds for all 13,251 packs of tablets and capsules, but solutions,
    creams and powders are each priced in two or three different units.
    """
    return product_unit == "pill"


def agreed(quotes: Iterable[Quote]) -> list[tuple[Decimal, date, date | None]]:
    """One price on each day: the one most packs share, the lower of two that equally many share.

    A quote until further notice counts for a year from its first day: surveys never take back a pack that
    went off the market, and such packs would outnumber those that are sold. Where all quotes have lapsed, the
    last agreed price stands. Days without any quote are left out. Periods of the same price are one.

    That a quote lapses is no news of that day: it changes nothing until a survey says something again. So no
    period starts on a day that no survey states.

    Returns (price, first day, last day or None), oldest first.
    """
    changes, lapses, stands_from = _changes(quotes)
    packs: Counter[Decimal] = Counter()
    found: list[tuple[Decimal, date, date | None]] = []
    for day in sorted(changes.keys() | lapses.keys()):
        for price, more in changes.get(day, ()):
            packs[price] += more
        packs.subtract(lapses.get(day, ()))
        if day not in changes:
            continue
        winner = _most_common(packs)
        if winner is None:
            if stands_from is None or day < stands_from:
                _close(found, day)
        elif not found or found[-1][0] != winner or found[-1][2] is not None:
            _close(found, day)
            found.append((winner, day, None))
    return found


def in_force(quotes: Sequence[Quote], on: date) -> list[tuple[Decimal, date, date | None]]:
    """What the week of `on` says: the price in force then since its earliest day, and what is to follow.

    It is the price most packs share; of two that equally many share the one that took effect later, then the
    lower one. A pack has one quote for each day, in force from its first day until the next one's.
    """
    found: list[tuple[Decimal, date, date | None]] = []
    for day in (on, *sorted({first for first, *_ in quotes if first > on})):
        firsts: dict[Decimal, list[date]] = {}
        for first, last, price in quotes:
            if first <= day and (last is None or day <= last):
                firsts.setdefault(price, []).append(first)
        if not firsts:
            continue
        winner = min(firsts, key=lambda p: (-len(firsts[p]), -max(firsts[p]).toordinal(), p))
        if not found or found[-1][0] != winner:
            _close(found, day)
            found.append((winner, min(firsts[winner]) if day == on else day, None))
    return found


def timeline(surveys: Iterable[Sequence[Period]]) -> list[Period]:
    """What several surveys say together; the oldest survey first, each with its periods oldest first.

    A newer survey takes precedence from its own first day: it knows what the older one could not.
    """
    found: list[Period] = []
    for periods in surveys:
        if periods:
            found = [*_before(found, periods[0].effective_on), *periods]
    return found


def joined(periods: Iterable[Period]) -> list[Period]:
    """Neighboring periods of the same price as one, under the later one's source; gaps stay."""
    found: list[Period] = []
    for period in periods:
        last = found[-1] if found else None
        if last and last.price == period.price and last.ends_on and last.ends_on + DAY == period.effective_on:
            found[-1] = replace(period, effective_on=last.effective_on)
        else:
            found.append(period)
    return found


def _changes(
    quotes: Iterable[Quote],
) -> tuple[dict[date, list[tuple[Decimal, int]]], dict[date, list[Decimal]], date | None]:
    """By day, which quotes come and go; by day, which lapse; the first day of one until further notice."""
    changes: dict[date, list[tuple[Decimal, int]]] = {}
    lapses: dict[date, list[Decimal]] = {}
    stands_from: date | None = None
    for first, last, price in quotes:
        changes.setdefault(first, []).append((price, 1))
        if last is None:
            stands_from = first if stands_from is None else min(stands_from, first)
            lapses.setdefault(first + LAPSES_AFTER, []).append(price)
        else:
            changes.setdefault(last + DAY, []).append((price, -1))
    return changes, lapses, stands_from


def _most_common(packs: Counter[Decimal]) -> Decimal | None:
    return min(((-count, price) for price, count in packs.items() if count > 0), default=(0, None))[1]


def _close(found: list[tuple[Decimal, date, date | None]], day: date) -> None:
    """End the last period on the day before, unless it ended earlier."""
    if found and found[-1][2] is None:
        found[-1] = (found[-1][0], found[-1][1], day - DAY)


def _before(periods: Iterable[Period], day: date) -> list[Period]:
    """What is left of the periods when everything from that day on is cut off."""
    return [
        period if period.ends_on and period.ends_on < day else replace(period, ends_on=day - DAY)
        for period in periods
        if period.effective_on < day
    ]
