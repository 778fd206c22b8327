"""A pharmacist opens the next fill before its day: a coded decision, recorded with who and when."""

from datetime import date, datetime

from sqlalchemy import select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError, NotFound
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger.fills import Why
from shop.prescriptions.ledger.quantities import covered_today, locked_item
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem


class NothingToOpen(DomainError):
    """There is no fill that waits for its day: one is open already, none is left, or it has expired."""

    code = "nothing_to_open"

    def __init__(self) -> None:
        super().__init__(
            "There is no fill to open early: one is open already, or none is left.",
            "Reload the page to see the fills as they are now.",
        )


def open_next(
    reference: str, item_id: int, reason: EarlyReason, pharmacist_id: int, at: datetime, today: date
) -> int:
    """Open the next fill of an item now, and give its number.

    Raises NotFound for an item that is not of this prescription, and NothingToOpen.
    """
    found = select(PrescriptionItem.id).join(Prescription).where(Prescription.reference == reference)
    if db.session.scalar(found.where(PrescriptionItem.id == item_id)) is None:
        raise NotFound("We couldn’t find this medicine.", "Go back to the prescription.")
    item = locked_item(item_id)
    covered = covered_today(item, today)
    if covered.why not in (Why.TOO_EARLY, Why.DAYS_UNKNOWN) or covered.number is None:
        raise NothingToOpen
    db.session.add(
        PrescriptionFill(
            item_id=item.id,
            number=covered.number,
            quantity=item.quantity,
            opened_on=today,
            opened_by=pharmacist_id,
            reason=reason.value,
        )
    )
    db.session.flush()
    audit.record(
        Event.PRESCRIPTION_FILL_OPENED,
        at=at,
        subject=("prescription_item", item.id),
        actor_id=pharmacist_id,
        fill=covered.number,
        reason=reason.value,
    )
    return covered.number
