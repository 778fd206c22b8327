"""How many units of a prescription may be had now, and from which day more. Pure; the day comes in.

An item authorizes a number of fills of one quantity, never a sum of units: 90 with 3 refills is four fills of
90, and an order takes from the fill that is current. Part fills complete the same fill. A refill must arrive
by mail before the last supply ends, and not long before. Source: the store's rules for fills
(docs/prescriptions.md); limits on early refills are the custom of payers and pharmacies, so share and promise
are settings.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from shop.prescriptions.rules import refill_wait, valid_on


class Why(StrEnum):
    """What decides about an item today, the best first."""

    OPEN = "approved"
    TOO_EARLY = "too_early"
    NOT_YET = "not_yet"
    DAYS_UNKNOWN = "days_unknown"
    USED_UP = "used_up"
    EXPIRED = "expired"
    NONE = "none"


@dataclass(frozen=True)
class Item:
    """What one approved medicine of a prescription authorizes: `fills` fills of `quantity` units each.

    A fill lasts `days_supply` days, None where the prescription does not say. Dispensing is possible from
    `usable_from` through `expires_on`. `share` of a supply is used before the next fill opens;
    `promise_days` is how long delivery takes at most. `stands_in`: another product was prescribed than is
    asked for.
    """

    id: int
    quantity: int
    fills: int
    days_supply: int | None
    usable_from: date
    expires_on: date
    share: float = 0.75
    promise_days: int = 7
    stands_in: bool = False


@dataclass(frozen=True)
class Shipment:
    """Units of a fill that left on a day."""

    on: date
    units: int


@dataclass(frozen=True)
class Fill:
    """One begun fill: `taken` of its `quantity` units are dispensed or held for orders.

    `number` counts from 1; `count` is 1, or how many fills a pharmacist combined in this one.
    """

    item_id: int
    number: int
    quantity: int
    taken: int
    shipments: tuple[Shipment, ...] = ()
    count: int = 1

    @property
    def left(self) -> int:
        return self.quantity - self.taken

    @property
    def shipped(self) -> int:
        return sum(shipment.units for shipment in self.shipments)


@dataclass(frozen=True)
class Line:
    """What is asked for: `quantity` units. `packs` are the sizes of the closed packs it comes in, none where
    it is counted out."""

    quantity: int
    packs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Covered:
    """`now` units may be had today, of fill `number`; from `next_on` on, `next_units` more.

    Where the next fill is not open yet, `number` is the one that waits. `elsewhere` are units that other
    lines of the same basket take: they are not among `now`.

    `next_on` is None where nothing follows, or nobody can say when; then `why` tells. While part of the
    current fill is still here, it is the day that follows if all of it were shipped today.
    """

    why: Why
    now: int = 0
    next_on: date | None = None
    next_units: int = 0
    item_id: int | None = None
    number: int | None = None
    elsewhere: int = 0


NOTHING = Covered(Why.NONE)


def coverage(
    items: Iterable[Item],
    fills: Iterable[Fill],
    line: Line,
    today: date,
    elsewhere: Mapping[int, int] | None = None,
) -> Covered:
    """What the items of one patient that allow a medicine give for a line today.

    The item that expires first and has enough is used, one for this very product before one for another;
    otherwise the one with the most now; otherwise the one that opens first. Units of two items are never
    added up: a line is dispensed on one prescription. `elsewhere` are units that lines above this one take,
    by item: two products that fill one prescription share its fill.
    """
    begun = list(fills)
    found = [
        (
            item,
            _without(
                covered_by(item, [fill for fill in begun if fill.item_id == item.id], today, line.packs),
                (elsewhere or {}).get(item.id, 0),
            ),
        )
        for item in items
    ]
    if not found:
        return NOTHING
    order = list(Why)

    def worse(pair: tuple[Item, Covered]) -> tuple[object, ...]:
        item, covered = pair
        enough = covered.now >= line.quantity
        return (
            not enough,
            0 if enough else -covered.now,
            order.index(covered.why),
            date.max if enough else covered.next_on or date.max,
            item.stands_in,
            item.expires_on,
            item.id,
        )

    return min(found, key=worse)[1]


def _without(covered: Covered, elsewhere: int) -> Covered:
    taken = min(elsewhere, covered.now)
    return replace(covered, now=covered.now - taken, elsewhere=taken) if taken else covered


def covered_by(item: Item, begun: Sequence[Fill], today: date, packs: Collection[int] = ()) -> Covered:
    """The same for one item; `begun` are its fills, `packs` the closed packs it would be dispensed in.

    The rest of a begun fill that is less than the smallest pack ends the fill: the next one follows it.
    """
    if not valid_on(item.expires_on, today):
        return Covered(Why.EXPIRED, item_id=item.id)
    if today < item.usable_from:
        return Covered(Why.NOT_YET, 0, item.usable_from, item.quantity, item.id)
    fills = sorted(begun, key=lambda fill: fill.number)
    follows = _follows(fills[-1]) if fills else 1
    for fill in fills:
        if fill.left > 0 and (follows > item.fills or not _is_scrap(fill, packs)):
            return _open(item, fill, is_last=follows > item.fills, today=today)
    if not fills:
        return _open(item, Fill(item.id, 1, item.quantity, 0), is_last=item.fills == 1, today=today)
    if follows > item.fills:
        return Covered(Why.USED_UP, item_id=item.id)
    opens = next_opens(item, fills[-1], today)
    if opens is None:
        return Covered(Why.DAYS_UNKNOWN, item_id=item.id, number=follows)
    if not valid_on(item.expires_on, opens):
        return Covered(Why.USED_UP, item_id=item.id)
    if opens > today:
        return Covered(Why.TOO_EARLY, 0, opens, item.quantity, item.id, follows)
    return _open(item, Fill(item.id, follows, item.quantity, 0), is_last=follows == item.fills, today=today)


def _is_scrap(fill: Fill, packs: Collection[int]) -> bool:
    """Whether what is left of a begun fill is less than any pack: nobody can have it."""
    return bool(packs) and fill.taken > 0 and fill.left < min(packs)


def most_combined(
    item: Item, begun: Sequence[Fill], today: date, most_days: int, packs: Collection[int] = ()
) -> int:
    """How many of the next fills may be combined in one; 0 where not even two.

    They are whole: of a fill that was begun, the rest comes first. All days so far and theirs stay within
    `most_days`, and a fill whose days nobody knows is combined with none.
    """
    covered = covered_by(item, begun, today, packs)
    if covered.why not in (Why.OPEN, Why.TOO_EARLY) or covered.number is None or not item.days_supply:
        return 0
    if any(fill.number == covered.number and fill.taken for fill in begun):
        return 0
    last = min(item.fills, most_days // item.days_supply)
    most = last - covered.number + 1
    return most if most > 1 else 0


def _follows(fill: Fill) -> int:
    """The number of the fill after this one."""
    return fill.number + fill.count


def _open(item: Item, fill: Fill, *, is_last: bool, today: date) -> Covered:
    follows = None if is_last else next_opens(item, replace(fill, taken=fill.quantity), today)
    if follows is not None and not valid_on(item.expires_on, follows):
        follows = None
    return Covered(Why.OPEN, fill.left, follows, item.quantity if follows else 0, item.id, fill.number)


def wait_days(item: Item, units: int | None = None) -> int:
    """Days after its shipment that a supply of `units` (a whole fill) keeps the next fill closed."""
    assert item.days_supply is not None
    days = item.days_supply if units is None else ceil(units * item.days_supply / item.quantity)
    return refill_wait(days, item.share, item.promise_days)


def next_opens(item: Item, last: Fill, today: date) -> date | None:
    """The day on which the fill after `last`, which is complete, opens; None where no days' supply is known.

    Of a fill sent in parts, each part's supply begins when the one before it ends. What is held and has not
    left yet counts as if it left today.
    """
    if item.days_supply is None:
        return None
    parts = sorted(last.shipments, key=lambda part: part.on)
    if waiting := last.taken - last.shipped:
        parts.append(Shipment(today, waiting))
    lasts = date.min
    for part in parts:
        lasts = max(part.on, lasts) + timedelta(days=ceil(part.units * item.days_supply / item.quantity))
    whole = ceil(last.taken * item.days_supply / item.quantity)
    before_end = whole - wait_days(item, last.taken)
    return max(lasts - timedelta(days=before_end), parts[-1].on + timedelta(days=1))
