"""Holding units for order lines: held when the order is created, dispensed when it ships, or released.

A count is taken by an UPDATE that names the condition it needs, with a CHECK behind it: of two customers for
the last pack, one finds no row to change. Rows are locked in one order: the hold before its lot, lots by
variant, expiry and id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from shop.catalogue.sale_units import pack_sizes_for
from shop.clock import business_date
from shop.database import db, rows_changed
from shop.errors import DomainError
from shop.projections.cache_version import stock_changed
from shop.stock import rules
from shop.stock.models import Hold, Lot
from shop.stock.queries import lots_to_pick, sold_closed
from shop.stock.service import record_movement
from shop.stock.states import HoldState, LotStatus, MovementKind


class OutOfStock(DomainError):
    """Fewer units are free than were asked for. `left` is how many there are."""

    code = "out_of_stock"

    def __init__(self, variant_id: int, left: int) -> None:
        super().__init__(
            f"{f'Only {left} are' if left else 'None are'} left of one medicine in your basket.",
            "Choose a smaller quantity or remove it." if left else "Remove it for now.",
        )
        self.variant_id = variant_id
        self.left = left


class LotNotPickable(DomainError):
    """A lot held for an order was quarantined, or expired, before it was packed."""

    code = "lot_not_pickable"


@dataclass(frozen=True)
class LotUnits:
    """So many units of a lot, for one order line: held, or dispensed."""

    order_line_id: int
    lot_id: int
    lot_number: str
    expires_on: date
    quantity: int


def hold(order_line_id: int, variant_id: int, quantity: int, outlasts: date, at: datetime) -> list[LotUnits]:
    """Hold `quantity` units for an order line, FEFO among the lots good on `outlasts`. All or `OutOfStock`.

    What is sold in closed packs is kept in whole packs of one size, so only from lots whose pack is known.

    Callers with several lines go through them by variant id, so that lots are always locked in one order,
    and let `OutOfStock` end their transaction: what was taken before it is given back by the rollback.
    """
    if quantity < 1:
        raise ValueError("a hold is for at least one unit")
    size = _pack_size(variant_id, quantity, outlasts) if sold_closed(variant_id) else None
    return _hold(order_line_id, variant_id, quantity, outlasts, at, size)


def _pack_size(variant_id: int, quantity: int, outlasts: date) -> int:
    """The one pack size to take `quantity` units in: the fewest packs that are free. Raises OutOfStock."""
    lots = lots_to_pick(variant_id)
    fitting = pack_sizes_for(quantity, {lot.pack_size for lot in lots if lot.pack_size})
    free = {
        size: sum(pick.quantity for pick in rules.fefo_packs(lots, quantity, outlasts, size))
        for size in fitting
    }
    enough = [size for size in fitting if free[size] == quantity]
    if not enough:
        raise OutOfStock(variant_id, max(free.values(), default=0))
    return enough[0]


def _hold(
    order_line_id: int,
    variant_id: int,
    quantity: int,
    outlasts: date,
    at: datetime,
    size: int | None,
) -> list[LotUnits]:
    held: list[LotUnits] = []
    missing = quantity
    while missing:
        lots = lots_to_pick(variant_id)
        picks = (
            rules.fefo_packs(lots, missing, outlasts, size) if size else rules.fefo(lots, missing, outlasts)
        )
        found = sum(pick.quantity for pick in picks)
        if found < missing:
            raise OutOfStock(variant_id, quantity - missing + found)
        for pick in picks:
            if _reserve(pick):  # otherwise somebody was quicker: look again
                missing -= pick.quantity
                held.append(_hold_row(order_line_id, pick, at))
    stock_changed([variant_id])
    db.session.flush()
    return held


def release(order_line_ids: Sequence[int], at: datetime) -> None:
    """Give back what is still held for these order lines. Doing it again changes nothing."""
    for one in _holds(order_line_ids):
        _give_back(one)
    db.session.flush()


def dispense(order_line_ids: Sequence[int], at: datetime, actor_id: int) -> list[LotUnits]:
    """Dispense what is held for these order lines, and return from which lots.

    Refuses with `LotNotPickable` when a lot was quarantined or expired in the meantime. What was dispensed
    or released before is not dispensed again: then the list is empty, and a caller who needs units refuses.
    """
    dispensed: list[LotUnits] = []
    today = business_date(at)
    for one in _holds(order_line_ids):
        if not _end(one, HoldState.DISPENSED):
            continue
        taken = rows_changed(
            update(Lot)
            .where(Lot.id == one.lot_id, Lot.status == LotStatus.PICKABLE, Lot.good_on(today))
            .values(held=Lot.held - one.quantity, on_hand=Lot.on_hand - one.quantity)
        )
        lot = db.session.get_one(Lot, one.lot_id, populate_existing=True)
        if not taken:
            refuse_unpickable(lot.number, lot.status, lot.expires_on, today)
            raise RuntimeError(f"lot {lot.id} holds less than was held of it")
        record_movement(
            lot.id, MovementKind.DISPENSED, -one.quantity, at, actor_id, order_line_id=one.order_line_id
        )
        dispensed.append(LotUnits(one.order_line_id, lot.id, lot.number, lot.expires_on, one.quantity))
    db.session.flush()
    return dispensed


def reallocate(order_line_ids: Sequence[int], outlasts: date, at: datetime) -> list[LotUnits]:
    """Hold other lots for these lines in place of those that are quarantined or expired.

    Returns the new holds. All or `OutOfStock`, which has to end the transaction as for `hold`.
    """
    held: list[LotUnits] = []
    today = business_date(at)
    _lock_lots(order_line_ids)  # those to be picked are not known yet, and may stand before those given back
    for one in _holds(order_line_ids):
        lot = db.session.get_one(Lot, one.lot_id, populate_existing=True)
        if _good(lot, today) or not _give_back(one):
            continue
        until, size = max(outlasts, today), None
        if sold_closed(lot.variant_id):
            size = lot.pack_size or _pack_size(lot.variant_id, one.quantity, until)
        held += _hold(one.order_line_id, lot.variant_id, one.quantity, until, at, size)
    return held


def refuse_unpickable(number: str, status: str, expires_on: date, today: date) -> None:
    """Raise LotNotPickable for a lot that may not be dispensed today."""
    if status != LotStatus.PICKABLE:
        raise LotNotPickable(
            f"Lot {number}, held for this order, is quarantined.",
            "Reallocate the order to other lots, or lift the quarantine if it was a mistake.",
        )
    if not rules.good_on(expires_on, today):
        raise LotNotPickable(
            f"Lot {number}, held for this order, has expired.", "Reallocate the order to other lots."
        )


def _give_back(one: Hold) -> bool:
    if not _end(one, HoldState.RELEASED):
        return False
    given_back = update(Lot).where(Lot.id == one.lot_id).values(held=Lot.held - one.quantity)
    stock_changed(db.session.scalars(given_back.returning(Lot.variant_id)))
    return True


def _good(lot: Lot, today: date) -> bool:
    return lot.status == LotStatus.PICKABLE and lot.good_on(today)


def _reserve(pick: rules.Pick) -> bool:
    taken = rows_changed(
        update(Lot)
        .where(
            Lot.id == pick.lot.id, Lot.status == LotStatus.PICKABLE, Lot.on_hand - Lot.held >= pick.quantity
        )
        .values(held=Lot.held + pick.quantity)
    )
    return taken == 1


def _hold_row(order_line_id: int, pick: rules.Pick, at: datetime) -> LotUnits:
    db.session.add(
        Hold(lot_id=pick.lot.id, order_line_id=order_line_id, quantity=pick.quantity, created_at=at)
    )
    return LotUnits(order_line_id, pick.lot.id, pick.lot.number, pick.lot.expires_on, pick.quantity)


def _holds(order_line_ids: Sequence[int]) -> Sequence[Hold]:
    """What is held for these lines, in the order in which lots are always locked."""
    return db.session.scalars(
        select(Hold)
        .join(Lot, Lot.id == Hold.lot_id)
        .where(Hold.order_line_id.in_(order_line_ids), Hold.state == HoldState.HELD)
        .order_by(Lot.variant_id, Lot.expires_on, Lot.id, Hold.id)
    ).all()


def _lock_lots(order_line_ids: Sequence[int]) -> None:
    """Lock all lots of what is held for these lines, in the order in which lots are always locked."""
    held = select(Hold.lot_id).where(Hold.order_line_id.in_(order_line_ids), Hold.state == HoldState.HELD)
    variants = select(Lot.variant_id).where(Lot.id.in_(held))
    lots = select(Lot.id).where(Lot.variant_id.in_(variants))
    in_order = lots.order_by(Lot.variant_id, Lot.expires_on, Lot.id)
    db.session.execute(in_order.with_for_update(key_share=True))


def _end(one: Hold, state: HoldState) -> bool:
    """Close a hold. False when somebody closed it first."""
    return bool(
        rows_changed(update(Hold).where(Hold.id == one.id, Hold.state == HoldState.HELD).values(state=state))
    )
