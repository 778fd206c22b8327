"""Moving units to the lot they belong to: they were booked under a wrong lot number or expiration date.

Two movements, one out and one in, or none. The store has one shelf, so nothing moves between places.
"""

from datetime import date, datetime

from sqlalchemy import select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.errors import DomainError, NotFound
from shop.stock.models import Lot
from shop.stock.rules import LotFacts, Move, MoveRefusal, move_refusal
from shop.stock.service import booked_by, receive_lot, record_movement
from shop.stock.states import MovementKind


class NotMoved(DomainError):
    """The units can't be moved; `why` says which rule stands against it."""

    status = 422
    code = "lot_not_moved"

    def __init__(self, why: MoveRefusal, free: int) -> None:
        message, todo = _WORDS[why]
        super().__init__(message.format(free=f"{free:,}"), todo)
        self.why = why


_WORDS = {
    MoveRefusal.NOTHING: ("Enter at least one unit.", ""),
    MoveRefusal.SAME_LOT: ("The units are already in this lot.", "Enter the lot number on the package."),
    MoveRefusal.QUARANTINED: (
        "This lot is quarantined, so its units can’t be moved.",
        "Release it first if it can be used.",
    ),
    MoveRefusal.RESERVED: (
        "Only {free} units of this lot aren’t reserved for orders.",
        "Quarantine the lot and reallocate its orders to other lots, or cancel them. Then move the rest.",
    ),
}


def move(
    lot_id: int, number: str, expires_on: date, units: int, form: str, actor_id: int, at: datetime
) -> int | None:
    """Move `units` of a lot to lot `number` of the same package; that lot's id. None when `form` was booked.

    The other lot is made if it is not in stock, and takes the cost of these units into its average. Raises
    NotFound, NotMoved, and LotRefused as for a delivery.
    """
    if booked_by(form) is not None:
        return None
    lot = db.session.get(Lot, lot_id)
    if lot is None:
        raise NotFound("Lot not found.", "Go back to the stock list.")
    number = number.strip()
    of_pack = Lot.pack_id.is_(None) if lot.pack_id is None else Lot.pack_id == lot.pack_id
    same = (Lot.variant_id == lot.variant_id) & of_pack & (Lot.number == number)
    both = select(Lot).where((Lot.id == lot_id) | same).order_by(Lot.expires_on, Lot.id)
    db.session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    facts = LotFacts(lot.id, lot.number, lot.expires_on, lot.status, lot.on_hand - lot.held)
    if refused := move_refusal(units, facts, number):
        raise NotMoved(refused, facts.free)
    left = Lot.on_hand - units
    if not rows_changed(update(Lot).where(Lot.id == lot_id, left >= Lot.held).values(on_hand=left)):
        raise NotMoved(MoveRefusal.RESERVED, facts.free)
    record_movement(lot_id, MovementKind.ADJUSTED, -units, at, actor_id, delivery=form, reason=Move.OUT.value)
    audit.record(
        Event.LOT_CORRECTED,
        at=at,
        subject=("lot", lot_id),
        actor_id=actor_id,
        reason=Move.OUT.value,
        quantity=-units,
    )
    return receive_lot(
        lot.variant_id,
        lot.pack_id,
        number,
        expires_on,
        units,
        lot.unit_cost,
        actor_id,
        at,
        moved=True,
    )
