"""The stock desk's figures: what the shelf is worth, what expires when, how long each variant lasts.

Values are at cost in the currency's units; a lot whose cost is unknown counts for nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import case, extract, func, select

from shop.database import db
from shop.money import UNIT_PLACES
from shop.stock.inventory import VALUE
from shop.stock.models import Lot, Movement
from shop.stock.rules import days_of_cover


@dataclass(frozen=True)
class StockHealth:
    """The figures on top of the desk."""

    lots: int
    variants: int
    value: Decimal
    expiring_value: Decimal
    quarantined: int
    expired: int


@dataclass(frozen=True)
class Supply:
    """How much of a variant is free to sell, and how much was dispensed since a day, in units."""

    variant_id: int
    free: int
    dispensed: int

    @property
    def days(self) -> int | None:
        return days_of_cover(self.free, self.dispensed)


def health(today: date, expires_before: date) -> StockHealth:
    """What the shelf holds now, and how much of it expires from today to a day. One query."""
    soon = case((Lot.expires_on.between(today, expires_before), VALUE), else_=0)
    lots, variants, value, expiring, quarantined, expired = db.session.execute(
        select(
            func.count(),
            func.count(Lot.variant_id.distinct()),
            func.sum(VALUE),
            func.sum(soon),
            func.sum(case((Lot.status == "quarantined", 1), else_=0)),
            func.sum(case((Lot.expires_on < today, 1), else_=0)),
        ).where(Lot.on_hand > 0)
    ).one()
    return StockHealth(
        lots, variants, _money(value), _money(expiring), int(quarantined or 0), int(expired or 0)
    )


def expiring_by_month(
    first: date, before: date, soon: date
) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
    """By (year, month), the value of lots that expire from `first` on and before `before`.

    Two values each: what expires before `soon`, and the rest.
    """
    year, month = extract("year", Lot.expires_on), extract("month", Lot.expires_on)
    early = case((Lot.expires_on < soon, VALUE), else_=0)
    rows = db.session.execute(
        select(year, month, func.sum(early), func.sum(VALUE))
        .where(Lot.on_hand > 0, Lot.expires_on >= first, Lot.expires_on < before)
        .group_by(year, month)
    )
    return {
        (int(y), int(m)): (_money(sooner), _money(value) - _money(sooner)) for y, m, sooner, value in rows
    }


def supply(since: datetime, today: date) -> dict[int, Supply]:
    """Of every variant that ever had a lot: what is free today, and was dispensed since. One query."""
    sellable = case(((Lot.status == "pickable") & (Lot.expires_on >= today), Lot.on_hand - Lot.held), else_=0)
    taken = (
        select(Movement.lot_id, func.sum(-Movement.quantity).label("units"))
        .where(Movement.kind == "dispensed", Movement.at >= since)
        .group_by(Movement.lot_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Lot.variant_id, func.sum(sellable), func.coalesce(func.sum(taken.c.units), 0))
        .outerjoin(taken, taken.c.lot_id == Lot.id)
        .group_by(Lot.variant_id)
    )
    return {
        variant_id: Supply(variant_id, int(units), int(dispensed)) for variant_id, units, dispensed in rows
    }


def _money(scaled: int | Decimal | None) -> Decimal:
    return Decimal(scaled or 0).scaleb(-UNIT_PLACES)
