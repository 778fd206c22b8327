"""What may be picked and in which order: first expired, first out (FEFO). Pure; dates are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class LotFacts:
    """A lot as the rules see it; `free` is on hand minus held, in units."""

    id: int
    number: str
    expires_on: date
    status: str
    free: int


@dataclass(frozen=True)
class Pick:
    """So many units of one lot."""

    lot: LotFacts
    quantity: int


def outlasts(today: date, delivery_days: int, supply_days: int) -> date:
    """The day a lot has to last until: delivered, then taken to the last pill. Both in days."""
    return today + timedelta(days=delivery_days + supply_days)


def pickable(lot: LotFacts, until: date) -> bool:
    """Never quarantined, never empty, and good on the day the last unit is used."""
    return lot.status == "pickable" and lot.free > 0 and lot.expires_on >= until


def fefo(lots: Iterable[LotFacts], quantity: int, until: date) -> list[Pick]:
    """Units from the earliest-expiring lots that last until `until`; fewer than `quantity` if there are no more."""
    picks: list[Pick] = []
    missing = quantity
    for lot in sorted(lots, key=lambda one: (one.expires_on, one.id)):
        if missing and pickable(lot, until):
            taken = min(missing, lot.free)
            picks.append(Pick(lot, taken))
            missing -= taken
    return picks
