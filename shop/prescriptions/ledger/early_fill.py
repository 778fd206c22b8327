"""A pharmacist opens the next fill before its day: a coded decision, recorded with who and when, and taken
back while nothing was ordered of it."""

from datetime import date, datetime

from sqlalchemy import Select, exists, select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError, NotFound
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger.fills import Why
from shop.prescriptions.ledger.quantities import covered_today, locked_item
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem, QuantityEntry


class NothingToOpen(DomainError):
    """There is no fill that waits for its day: one is open already, none is left, or it has expired."""

    code = "nothing_to_open"

    def __init__(self) -> None:
        super().__init__(
            "There is no fill to open early: one is open already, or none is left.",
            "Reload the page to see the fills as they are now.",
        )


class NothingToClose(DomainError):
    """No fill of the medicine was opened early, or something was ordered of it."""

    code = "nothing_to_close"

    def __init__(self) -> None:
        super().__init__(
            "This fill can’t be closed: it wasn’t opened early, or something was ordered from it.",
            "Reload the page to see the fills as they are now.",
        )


def open_next(
    reference: str, item_id: int, reason: EarlyReason, pharmacist_id: int, at: datetime, today: date
) -> int:
    """Open the next fill of an item now, and give its number.

    Raises NotFound for an item that is not of this prescription, and NothingToOpen.
    """
    item = _locked(reference, item_id)
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


def close_again(reference: str, item_id: int, pharmacist_id: int, at: datetime) -> int:
    """Take the last opening of a fill back: it opens on its day. Its number.

    Raises NotFound as `open_next`, and NothingToClose.
    """
    item = _locked(reference, item_id)
    fill = db.session.scalar(_untouched().where(PrescriptionFill.item_id == item.id))
    if fill is None:
        raise NothingToClose
    number = fill.number
    db.session.delete(fill)
    db.session.flush()
    audit.record(
        Event.PRESCRIPTION_FILL_CLOSED,
        at=at,
        subject=("prescription_item", item.id),
        actor_id=pharmacist_id,
        fill=number,
    )
    return number


def closable(prescription: Prescription) -> set[int]:
    """The items of a prescription of which the last opening can be taken back."""
    mine = PrescriptionFill.item_id.in_([item.id for item in prescription.items])
    return {fill.item_id for fill in db.session.scalars(_untouched().where(mine))}


def _untouched() -> Select[PrescriptionFill]:
    """Fills that were opened early, one by one, and that the ledger does not name."""
    ordered = exists().where(QuantityEntry.fill_id == PrescriptionFill.id)
    early = PrescriptionFill.opened_by.is_not(None), PrescriptionFill.count == 1
    return select(PrescriptionFill).where(*early, ~ordered)


def _locked(reference: str, item_id: int) -> PrescriptionItem:
    found = select(PrescriptionItem.id).join(Prescription).where(Prescription.reference == reference)
    if db.session.scalar(found.where(PrescriptionItem.id == item_id)) is None:
        raise NotFound("We couldn’t find this medicine.", "Go back to the prescription.")
    return locked_item(item_id)
