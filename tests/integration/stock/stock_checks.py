"""What is true of stock at any moment, and a clock that stands still."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from shop.database import db
from shop.stock.models import Hold, Lot, Movement

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
TODAY = AT.date()


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def assert_ledgers_agree() -> None:
    """A lot's counts are the sums of its ledgers, and never impossible."""
    db.session.rollback()
    moved = dict(
        db.session.execute(
            select(Movement.lot_id, func.sum(Movement.quantity)).group_by(Movement.lot_id)
        ).all()
    )
    held = dict(
        db.session.execute(
            select(Hold.lot_id, func.sum(Hold.quantity)).where(Hold.state == "held").group_by(Hold.lot_id)
        ).all()
    )
    for lot in db.session.scalars(select(Lot)):
        assert 0 <= lot.held <= lot.on_hand, lot.number
        assert lot.on_hand == moved.get(lot.id, 0), lot.number
        assert lot.held == held.get(lot.id, 0), lot.number


def counts(lot_id: int) -> tuple[int, int]:
    """(on hand, held) of a lot, as the database has it."""
    db.session.rollback()
    lot = db.session.get_one(Lot, lot_id)
    return lot.on_hand, lot.held
