"""How much a prescription allows, until when, and whether an NPI is one. Pure; settings and the day come in.

The rest of what is looked at before an approval stands in `checks`; what may follow what, in `states`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Protocol

from stdnum import luhn

NPI_DIGITS = 10
NPI_PREFIX = "80840"
MOST_REFILLS = 99
MOST_ITEMS = 6
MOST_DOCUMENTS = 5
MOST_OPEN = 10


def authorized(quantity: int, refills: int) -> int:
    """Units a prescription item allows in all: quantity x (1 + refills). 90 with 2 refills: 270."""
    return quantity * (1 + refills)


def remaining(authorized: int, taken: int) -> int:
    """Units still to be had. `taken` counts what was dispensed and what orders hold.

    A part fill takes units, not a refill, so fills are never counted.
    """
    return authorized - taken


def last_day(issued_on: date, life_days: int) -> date:
    """The last day on which something is dispensed. Most states: one year for what is not controlled."""
    return issued_on + timedelta(days=life_days)


def valid_npi(text: str) -> bool:
    """Whether `text` is a National Provider Identifier: ten digits, the first 1 or 2, Luhn over 80840 + NPI.

    Source: CMS, "Requirements for NPI and NPI check digit". Some published examples pass Luhn with a 0 first.
    """
    if len(text) != NPI_DIGITS or not (text.isascii() and text.isdecimal()) or text[0] not in "12":
        return False
    return bool(luhn.is_valid(NPI_PREFIX + text))


@dataclass(frozen=True)
class Fill:
    """Units taken on a day, held for an order or dispensed."""

    on: date
    units: int


def next_fill_on(fills: Iterable[Fill], quantity: int, days_supply: int | None, share: float) -> date | None:
    """The first day a refill may be had, or None when nothing has to be waited for.

    `days_supply` is how long `quantity` units last; where the prescription does not say, no day follows.
    The first fill may be completed at any time. After it, `share` of the supply taken last has to be used;
    a supply begins when the one before it ends. Source: limits on early refills are the custom of payers and
    pharmacies, so `share` is a setting.
    """
    taken = sorted(fills, key=lambda fill: fill.on)
    if days_supply is None or sum(fill.units for fill in taken) < quantity:
        return None
    due = covered_until = date.min
    for fill in taken:
        begins = max(fill.on, covered_until)
        days = fill.units * days_supply / quantity
        covered_until = begins + timedelta(days=ceil(days))
        due = begins + timedelta(days=ceil(days * share))
    return due


class ApprovedItem(Protocol):
    """What decides about an approved item; `expires_on` is its prescription's last day."""

    @property
    def remaining(self) -> int: ...
    @property
    def expires_on(self) -> date: ...
    @property
    def next_fill_on(self) -> date | None: ...


def item_state(item: ApprovedItem, today: date) -> str:
    """`approved` (something may be had today), `used_up`, `expired` or `too_early`."""
    if item.expires_on < today:
        return "expired"
    if item.remaining <= 0:
        return "used_up"
    return "too_early" if item.next_fill_on is not None and today < item.next_fill_on else "approved"
