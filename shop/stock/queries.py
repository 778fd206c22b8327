"""Reading stock: what is free per variant, and the lots as the desk sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from shop.database import db
from shop.stock.models import Lot
from shop.stock.rules import LotFacts

FREE = Lot.on_hand - Lot.held
PER_PAGE = 50
SORTS: dict[str, InstrumentedAttribute[object]] = {
    "expires": Lot.expires_on,  # type: ignore[dict-item]
    "lot": Lot.number,  # type: ignore[dict-item]
    "on_hand": Lot.on_hand,  # type: ignore[dict-item]
    "variant": Lot.variant_id,  # type: ignore[dict-item]
}


@dataclass(frozen=True)
class LotRow:
    """One line of the stock desk; quantities in units, cost per unit."""

    id: int
    variant_id: int
    number: str
    expires_on: date
    status: str
    on_hand: int
    held: int
    unit_cost: Decimal | None


@dataclass(frozen=True)
class LotPage:
    """Some of the lots that match. `number` counts from 1."""

    rows: list[LotRow]
    number: int
    total: int

    @property
    def total_pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def first(self) -> int:
        return min(self.total, (self.number - 1) * PER_PAGE + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.number * PER_PAGE)


@dataclass(frozen=True)
class StockHealth:
    """The figures on top of the desk. Value at cost, in units of the currency."""

    lots: int
    variants: int
    value: Decimal
    expiring_lots: int
    quarantined: int


def available(variant_ids: Iterable[int], outlasts: date) -> dict[int, int]:
    """Units free to sell of each variant, in lots that are still good on `outlasts`. Absent means none."""
    rows = db.session.execute(
        select(Lot.variant_id, func.sum(FREE))
        .where(Lot.variant_id.in_(list(variant_ids)), Lot.status == "pickable", Lot.expires_on >= outlasts)
        .group_by(Lot.variant_id)
    )
    return {variant_id: int(units) for variant_id, units in rows if units}


def lots_to_pick(variant_id: int) -> list[LotFacts]:
    """The lots of a variant that have something free, earliest expiry first."""
    rows = db.session.execute(
        select(Lot.id, Lot.number, Lot.expires_on, Lot.status, FREE)
        .where(Lot.variant_id == variant_id, Lot.status == "pickable", FREE > 0)
        .order_by(Lot.expires_on, Lot.id)
    )
    return [LotFacts(*row) for row in rows]


def lots_page(
    *,
    number: int = 1,
    sort: str = "expires",
    variant_ids: Sequence[int] | None = None,
    text: str = "",
    expires_before: date | None = None,
    state: str = "",
) -> LotPage:
    """Lots for the desk. `text` matches a lot number, or one of `variant_ids` if those are given as well.

    `state`: "pickable", "quarantined", "empty", or "" for all that are not empty.
    """
    chosen = _filtered(variant_ids, text, expires_before, state)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    number = max(1, min(number, -(-total // PER_PAGE) or 1))
    column = SORTS.get(sort, Lot.expires_on)
    lots = db.session.scalars(
        chosen.order_by(column, Lot.expires_on, Lot.id).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    )
    return LotPage([_row(lot) for lot in lots], number, total)


def lot(lot_id: int) -> LotRow | None:
    found = db.session.get(Lot, lot_id)
    return _row(found) if found else None


def health(expires_before: date) -> StockHealth:
    """What the shelf holds now, and how much of it expires before a day. One query."""
    soon = case((Lot.expires_on < expires_before, 1), else_=0)
    lots, variants, scaled, expiring, quarantined = db.session.execute(
        select(
            func.count(),
            func.count(Lot.variant_id.distinct()),
            func.sum(Lot.on_hand * Lot.unit_cost),
            func.sum(soon),
            func.sum(case((Lot.status == "quarantined", 1), else_=0)),
        ).where(Lot.on_hand > 0)
    ).one()
    return StockHealth(lots, variants, Decimal(scaled or 0), int(expiring or 0), int(quarantined or 0))


def _filtered(
    variant_ids: Sequence[int] | None, text: str, expires_before: date | None, state: str
) -> Select[tuple[Lot]]:
    chosen = select(Lot)
    if text:
        needle = Lot.number.icontains(text, autoescape=True)
        chosen = chosen.where(or_(needle, Lot.variant_id.in_(variant_ids)) if variant_ids else needle)
    elif variant_ids is not None:
        chosen = chosen.where(Lot.variant_id.in_(variant_ids))
    if expires_before:
        chosen = chosen.where(Lot.expires_on < expires_before)
    if state == "empty":
        return chosen.where(Lot.on_hand == 0)
    if state in ("pickable", "quarantined"):
        chosen = chosen.where(Lot.status == state)
    return chosen.where(Lot.on_hand > 0)


def _row(lot: Lot) -> LotRow:
    return LotRow(
        lot.id, lot.variant_id, lot.number, lot.expires_on, lot.status, lot.on_hand, lot.held, lot.unit_cost
    )
