"""What may be picked and in which order: first expired, first out (FEFO). Pure; dates are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from shop.stock.states import LotStatus

RATE_DAYS = 90
"""The rate of sale is taken from so many days past (the store's own choice)."""

USUAL_SUPPLY_DAYS = 90
"""Days a supply is taken to last where nothing says so. General knowledge: a quarter is the most that is
commonly dispensed at once, so a lot that outlasts it outlasts the usual supply."""


class Reason(StrEnum):
    """Why a lot is quarantined. Recall classes as in 21 CFR 7.3(m); the code is what the audit keeps."""

    RECALL_1 = "recall_class_1"
    RECALL_2 = "recall_class_2"
    RECALL_3 = "recall_class_3"
    DAMAGED = "damaged"
    TEMPERATURE = "temperature"
    DOUBTFUL = "doubtful_origin"
    COUNT = "count_differs"


class LiftReason(StrEnum):
    """Why a quarantined lot may be sold after all."""

    RECALL_ENDED = "recall_ended"
    EXAMINED = "examined_and_sound"
    MISTAKE = "put_aside_by_mistake"  # as stored


class Correction(StrEnum):
    """Why a lot's count is corrected; each either adds units or takes them out."""

    RECEIVED_FEWER = "received_fewer"  # the delivery was miscounted
    RECEIVED_MORE = "received_more"
    BROKEN = "broken"
    EXPIRED = "expired"
    RECALLED = "recalled"
    LOST = "lost"
    FOUND = "found"
    SUPPLIER = "returned_to_supplier"

    @property
    def adds(self) -> bool:
        """Whether units come in."""
        return self in (Correction.RECEIVED_MORE, Correction.FOUND)


class Move(StrEnum):
    """Both sides of units moved from one lot to another."""

    OUT = "moved_out"
    IN = "moved_in"


class MoveRefusal(StrEnum):
    """Why units can't be moved to another lot."""

    NOTHING = "nothing"
    SAME_LOT = "same_lot"
    QUARANTINED = "quarantined"  # else a recalled unit would be sold under another number
    RESERVED = "reserved"


class CorrectionRefusal(StrEnum):
    """Why a lot's count can't be corrected so."""

    NOTHING = "nothing"
    RESERVED = "reserved"  # would leave fewer than are held for orders
    NOT_EXPIRED = "not_expired"
    NOT_RECALLED = "not_recalled"
    TOO_MANY = "too_many"


class LotState(StrEnum):
    """What to do with a lot today."""

    EMPTY = "empty"
    QUARANTINED = "quarantined"
    EXPIRED = "expired"
    SOON = "soon"
    PICK = "pick"


class Misfit(StrEnum):
    """Why a lot's units cannot have come in a pack."""

    UNKNOWN_SIZE = "unknown_size"
    PART_OF_A_PACK = "part_of_a_pack"


@dataclass(frozen=True)
class LotFacts:
    """A lot as the rules see it; `free` is on hand minus held, `pack_size` what one of its packs holds."""

    id: int
    number: str
    expires_on: date
    status: LotStatus
    free: int
    pack_size: int | None = None

    def free_in_packs(self, size: int) -> int:
        """Units free in whole packs of `size`; none in a lot of other packs."""
        return self.free // size * size if self.pack_size == size else 0


@dataclass(frozen=True)
class Pick:
    """So many units of one lot."""

    lot: LotFacts
    quantity: int


def good_on(expires_on: date, day: date) -> bool:
    """A lot may be sold through its expiry date. `Lot.good_on` asks this in SQL."""
    return expires_on >= day


def expires_by(expires_on: date, day: date) -> bool:
    """Whether `day` is the last on which it may be sold, or later. `Lot.expires_by` asks this in SQL."""
    return expires_on <= day


def correction_refusal(
    why: Correction, units: int, lot: "LotFacts", reason: str, today: date
) -> CorrectionRefusal | None:
    """Why `units` (a positive number) may not be added to or taken from a lot; None where they may.

    Never below what is held for orders. `reason` is the code that the lot was quarantined for.
    """
    if units < 1:
        return CorrectionRefusal.NOTHING
    if why is Correction.EXPIRED and good_on(lot.expires_on, today):
        return CorrectionRefusal.NOT_EXPIRED
    recalled = lot.status == LotStatus.QUARANTINED and reason in (
        Reason.RECALL_1,
        Reason.RECALL_2,
        Reason.RECALL_3,
    )
    if why is Correction.RECALLED and not recalled:
        return CorrectionRefusal.NOT_RECALLED
    return None if why.adds or units <= lot.free else CorrectionRefusal.RESERVED


def move_refusal(units: int, lot: LotFacts, number: str) -> MoveRefusal | None:
    """Why `units` of a lot can't be moved to lot `number`; None where they can."""
    if units < 1:
        return MoveRefusal.NOTHING
    if number == lot.number:
        return MoveRefusal.SAME_LOT
    if lot.status == LotStatus.QUARANTINED:
        return MoveRefusal.QUARANTINED
    return None if units <= lot.free else MoveRefusal.RESERVED


def outlasts(today: date, delivery_days: int, supply_days: int = USUAL_SUPPLY_DAYS) -> date:
    """The day a lot has to be good on: delivered, then taken to the last pill. Both in days.

    The only such rule: pages, the list, the basket and the packing desk all ask it.
    """
    return today + timedelta(days=delivery_days + supply_days)


def misfit(on_hand: int, pack_size: int | None, closed: bool) -> Misfit | None:
    """Why a lot with so many units cannot be said to be of a pack, None where it can.

    What may be opened fits any pack; what is sold `closed` is there in whole packs of a known size.
    """
    if not closed:
        return None
    if not pack_size:
        return Misfit.UNKNOWN_SIZE
    return Misfit.PART_OF_A_PACK if on_hand % pack_size else None


def pickable(lot: LotFacts, until: date) -> bool:
    """Never quarantined, never empty, and good on the day the last unit is used."""
    return lot.status == LotStatus.PICKABLE and lot.free > 0 and good_on(lot.expires_on, until)


def fefo(lots: Iterable[LotFacts], quantity: int, until: date) -> list[Pick]:
    """Units from the earliest-expiring lots good on `until`; fewer than `quantity` if there are no more."""
    picks: list[Pick] = []
    missing = quantity
    for lot in sorted(lots, key=lambda one: (one.expires_on, one.id)):
        if missing and pickable(lot, until):
            taken = min(missing, lot.free)
            picks.append(Pick(lot, taken))
            missing -= taken
    return picks


def fefo_packs(lots: Iterable[LotFacts], quantity: int, until: date, size: int) -> list[Pick]:
    """As `fefo`, in whole packs of `size` units only."""
    whole = [replace(lot, free=lot.free_in_packs(size)) for lot in lots]
    return fefo(whole, quantity // size * size, until)


def lot_state(status: str, on_hand: int, expires_on: date, today: date, soon_days: int) -> LotState:
    """Quarantine is said before expiry: a recalled lot is not simply thrown away when it expires.

    Soon is within `soon_days`, the last of them included.
    """
    if on_hand == 0:
        return LotState.EMPTY
    if status == LotStatus.QUARANTINED:
        return LotState.QUARANTINED
    if not good_on(expires_on, today):
        return LotState.EXPIRED
    return LotState.SOON if expires_by(expires_on, today + timedelta(days=soon_days)) else LotState.PICK


def days_of_cover(free: int, dispensed: int) -> int | None:
    """Days that `free` units last at the rate of the last `RATE_DAYS`; None when nothing was dispensed."""
    return free * RATE_DAYS // dispensed if dispensed else None


def average_cost(
    known: Decimal | None, on_hand: int, delivered: Decimal | None, quantity: int
) -> Decimal | None:
    """What a unit of a lot cost once `quantity` more arrived, weighted by units; None counts for nothing.

    Exact; the column rounds it.
    """
    if known is None or delivered is None:
        return known if delivered is None else delivered
    return (known * on_hand + delivered * quantity) / (on_hand + quantity)
