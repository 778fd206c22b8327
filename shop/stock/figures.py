"""The stock page's figures: what the stock is worth, what expires when, how long each variant lasts.

Values are at cost in the currency's units; a lot whose cost is unknown counts for nothing.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, case, delete, extract, func, select, text

from shop.clock import business_date, day_start, days_back
from shop.database import db
from shop.money import UNIT_PLACES
from shop.stock.inventory import VALUE
from shop.stock.models import DISPENSED, ON_HAND, DispensingRate, Lot, Movement
from shop.stock.rules import RATE_DAYS, days_of_cover
from shop.stock.states import LotStatus


@dataclass(frozen=True)
class StockHealth:
    """The figures at the top of the stock page."""

    lots: int
    variants: int
    value: Decimal
    expiring_value: Decimal
    quarantined: int
    expired: int


@dataclass(frozen=True)
class Supply:
    """How much of a variant is free to sell, and how much was dispensed in the last 90 days, in units."""

    variant_id: int
    free: int
    dispensed: int

    @property
    def days(self) -> int | None:
        return days_of_cover(self.free, self.dispensed)


def health(today: date, expires_by: date) -> StockHealth:
    """What is in stock now, and how much of it expires from today through a day. One query."""
    soon = case((Lot.expires_on.between(today, expires_by), VALUE), else_=0)
    lots, variants, value, expiring, quarantined, expired = db.session.execute(
        select(
            func.count(),
            func.count(Lot.variant_id.distinct()),
            func.sum(VALUE),
            func.sum(soon),
            func.sum(case((Lot.status == LotStatus.QUARANTINED, 1), else_=0)),
            func.sum(case((~Lot.good_on(today), 1), else_=0)),
        ).where(text(ON_HAND))
    ).one()
    return StockHealth(
        lots, variants, _money(value), _money(expiring), int(quarantined or 0), int(expired or 0)
    )


def expiring_by_month(first: date, last: date, soon: date) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
    """By (year, month), the value of lots that expire from `first` through `last`.

    Two values each: what expires through `soon`, and the rest.
    """
    year, month = extract("year", Lot.expires_on), extract("month", Lot.expires_on)
    early = case((Lot.expires_by(soon), VALUE), else_=0)
    rows = db.session.execute(
        select(year, month, func.sum(early), func.sum(VALUE))
        .where(text(ON_HAND), Lot.expires_on.between(first, last))
        .group_by(year, month)
    )
    return {
        (int(y), int(m)): (_money(sooner), _money(value) - _money(sooner)) for y, m, sooner, value in rows
    }


def supply(today: date) -> dict[int, Supply]:
    """Of every variant that ever had a lot: what is free today, and was dispensed in the last 90 days.

    The dispensed units are those of the kept rate, with what was dispensed after it was counted and without
    the days that have passed out of the 90 since. At most four queries.
    """
    sellable = case(
        ((Lot.status == LotStatus.PICKABLE) & Lot.good_on(today), Lot.on_hand - Lot.held), else_=0
    )
    rows = db.session.execute(select(Lot.variant_id, func.sum(sellable)).group_by(Lot.variant_id))
    free = {variant_id: int(units) for variant_id, units in rows}
    dispensed = _last_days(today)
    return {one: Supply(one, units, dispensed[one]) for one, units in free.items()}


def count_rates(at: datetime) -> None:
    """Recount what was dispensed in the last 90 days, as the base of `supply`."""
    counted = _dispensed(Movement.at >= _first_moment(business_date(at)))
    db.session.execute(delete(DispensingRate))
    db.session.add_all(
        DispensingRate(variant_id=variant_id, units=units, as_of=at) for variant_id, units in counted.items()
    )
    db.session.flush()


def _last_days(today: date) -> Counter[int]:
    """Units of each variant dispensed in the last 90 days, of which `today` is the last."""
    first = _first_moment(today)
    rows = db.session.execute(
        select(DispensingRate.variant_id, DispensingRate.units, DispensingRate.as_of)
    ).all()
    as_of = max((row.as_of for row in rows), default=first)
    if as_of <= first:  # nobody has counted for 90 days: then all is counted now
        return _dispensed(Movement.at >= first)
    units = Counter({row.variant_id: row.units for row in rows}) + _dispensed(Movement.at > as_of)
    counted_from = _first_moment(business_date(as_of))
    if counted_from < first:
        units -= _dispensed(Movement.at >= counted_from, Movement.at < first)
    return units


def _first_moment(today: date) -> datetime:
    return day_start(days_back(today, RATE_DAYS))


def _dispensed(*when: ColumnElement[bool]) -> Counter[int]:
    """Units dispensed of each variant at such times. The partial index has nothing but these rows."""
    rows = db.session.execute(
        select(Lot.variant_id, func.sum(-Movement.quantity))
        .join(Lot, Lot.id == Movement.lot_id)
        .where(text(f"stock_movement.{DISPENSED}"), *when)
        .group_by(Lot.variant_id)
    )
    return Counter({variant_id: int(units) for variant_id, units in rows})


def _money(scaled: int | Decimal | None) -> Decimal:
    return Decimal(scaled or 0).scaleb(-UNIT_PLACES)
