"""Correcting a lot's count: miscounted, broken, expired, lost or found units, as a movement each.

Nothing that was booked is edited. What is on hand never falls below what is held for orders.
"""

from datetime import datetime

from sqlalchemy import update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.clock import business_date
from shop.database import db, rows_changed
from shop.errors import DomainError, NotFound
from shop.projections.cache_version import stock_changed
from shop.stock.models import Lot
from shop.stock.rules import Correction, CorrectionRefusal, LotFacts, correction_refusal
from shop.stock.service import MOST_ON_HAND, booked_by, record_movement
from shop.stock.states import MovementKind


class NotCorrected(DomainError):
    """The count can't be corrected as entered; `why` says which rule stands against it."""

    status = 422
    code = "lot_not_corrected"

    def __init__(self, why: CorrectionRefusal, free: int) -> None:
        message, todo = _WORDS[why]
        super().__init__(message.format(free=f"{free:,}"), todo)
        self.why = why


_WORDS = {
    CorrectionRefusal.NOTHING: ("Enter at least one unit.", ""),
    CorrectionRefusal.RESERVED: (
        "Only {free} units of this lot aren’t reserved for orders.",
        "Quarantine the lot and reallocate its orders to other lots, or cancel them. Then take the rest out.",
    ),
    CorrectionRefusal.TOO_MANY: ("The lot would exceed a billion units.", "Check the quantity."),
    CorrectionRefusal.NOT_EXPIRED: ("This lot hasn’t expired.", "Choose another reason."),
    CorrectionRefusal.NOT_RECALLED: (
        "This lot isn’t quarantined for a recall.",
        "Quarantine it for the recall first, or choose another reason.",
    ),
}


def correct(lot_id: int, why: Correction, units: int, form: str, actor_id: int, at: datetime) -> bool:
    """Add or take out `units` (a positive number) of a lot. False when this form was booked before.

    Raises NotFound and NotCorrected.
    """
    if booked_by(form) is not None:
        return False
    lot = db.session.get(Lot, lot_id, with_for_update=True, populate_existing=True)
    if lot is None:
        raise NotFound("There is no such lot.", "Go back to the stock list.")
    facts = LotFacts(lot.id, lot.number, lot.expires_on, lot.status, lot.on_hand - lot.held)
    if refused := correction_refusal(why, units, facts, lot.status_reason, business_date(at)):
        raise NotCorrected(refused, facts.free)
    change = units if why.adds else -units
    after = Lot.on_hand + change
    fits = (after >= Lot.held) & (after <= MOST_ON_HAND)
    if not rows_changed(update(Lot).where(Lot.id == lot_id, fits).values(on_hand=after)):
        refused = CorrectionRefusal.TOO_MANY if why.adds else CorrectionRefusal.RESERVED
        raise NotCorrected(refused, facts.free)
    record_movement(lot_id, MovementKind.ADJUSTED, change, at, actor_id, delivery=form, reason=why.value)
    stock_changed([lot.variant_id])
    audit.record(
        Event.LOT_CORRECTED,
        at=at,
        subject=("lot", lot_id),
        actor_id=actor_id,
        reason=why.value,
        quantity=change,
    )
    db.session.flush()
    return True
