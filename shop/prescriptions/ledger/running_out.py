"""When a patient's supply of a medicine runs out, by estimate, and when to ask for a new prescription. Pure.

An estimate: it counts from the day each package left, and takes the directions as followed. What was sent
without a days' supply gives no date, and neither does anything sent with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from shop.prescriptions.ledger.fills import Covered, Why
from shop.prescriptions.rules import valid_on

RENEW_BEFORE = timedelta(days=30)
"""So long before its last day a prescription "expires soon": prescribers need days (store policy)."""


@dataclass(frozen=True)
class Supply:
    """Units that left on a day, and how many days they last; None where the prescription does not say."""

    on: date
    days: int | None


class Renewal(StrEnum):
    """Why a patient may want a new prescription now."""

    USED_UP = "used_up"
    LAST_FILL = "last_fill"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires_soon"


def days_of(units: int, fill: int, days_supply: int | None) -> int | None:
    """How many days `units` last, where a fill of `fill` units lasts `days_supply`; None where unknown."""
    return None if days_supply is None else ceil(units * days_supply / fill)


def run_out(supplies: Iterable[Supply]) -> date | None:
    """The first day without any, by estimate; None where nothing left yet or a days' supply is unknown.

    Supplies follow each other: one that leaves before the last ends begins when that one ends.
    """
    ends: date | None = None
    for one in sorted(supplies, key=lambda supply: supply.on):
        if one.days is None:
            return None
        ends = max(one.on, ends or one.on) + timedelta(days=one.days)
    return ends


def after_soon(today: date) -> date:
    """A prescription that is still valid on this day does not expire soon."""
    return today + RENEW_BEFORE + timedelta(days=1)


def renewal(covered: Covered, last_fill: int, expires_on: date, today: date) -> Renewal | None:
    """Why a new prescription may be asked for, or None while this one has fills and time left.

    `last_fill` is the number of the item's last fill: while that one is open, nothing follows it.
    """
    if covered.why is Why.EXPIRED:
        return Renewal.EXPIRED
    if covered.why is Why.USED_UP:
        return Renewal.USED_UP
    if covered.why is Why.OPEN and covered.number is not None and covered.number >= last_fill:
        return Renewal.LAST_FILL
    return None if valid_on(expires_on, after_soon(today)) else Renewal.EXPIRES_SOON
