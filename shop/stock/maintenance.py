"""What must be true of stock, and how long ended holds are kept."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, or_, select, text

from shop.clock import now
from shop.database import db, transaction
from shop.maintenance.checks import Result, result, verifies
from shop.maintenance.retention import kept_for, remove_rows
from shop.outbox.chores import periodically
from shop.stock import figures
from shop.stock.models import ENDED, Hold, Lot, Movement
from shop.stock.states import HoldState


@kept_for("keep_holds_days")
def ended_holds(before: datetime, most: int) -> int:
    """Holds that were released or dispensed. What was dispensed stays in stock_movement, order_line_lot."""
    old = select(Hold.id).where(text(ENDED), Hold.created_at < before)
    old = old.order_by(Hold.created_at).limit(most).with_for_update(skip_locked=True)
    return remove_rows(Hold, old)


@verifies("stock: counts of lots follow from their ledgers")
def counts() -> Result:
    """On hand is the sum of a lot's movements, held the sum of its open holds."""
    return result(db.session.scalar(select(func.count(Lot.id))) or 0, _wrong_counts())


def _wrong_counts() -> Iterator[str]:
    moved = (
        select(Movement.lot_id, func.sum(Movement.quantity).label("units"))
        .group_by(Movement.lot_id)
        .subquery()
    )
    held = (
        select(Hold.lot_id, func.sum(Hold.quantity).label("units"))
        .where(Hold.state == HoldState.HELD)
        .group_by(Hold.lot_id)
        .subquery()
    )
    on_shelf, kept = func.coalesce(moved.c.units, 0), func.coalesce(held.c.units, 0)
    rows = db.session.execute(
        select(Lot.id, Lot.on_hand, Lot.held, on_shelf.label("moved"), kept.label("kept"))
        .outerjoin(moved, moved.c.lot_id == Lot.id)
        .outerjoin(held, held.c.lot_id == Lot.id)
        .where(or_(Lot.on_hand != on_shelf, Lot.held != kept))
        .order_by(Lot.id)
    )
    for row in rows:
        yield f"lot {row.id}: on hand {row.on_hand}, moved {row.moved}; held {row.held}, holds {row.kept}"


EVERY_SECONDS = 3600


@periodically(EVERY_SECONDS)
def count_dispensing_rates() -> None:
    """So that the stock page does not add up a year's ledger each time it is opened."""
    with transaction():
        figures.count_rates(now())
