"""Taking a decision back: undone within a minute by who took it, or revoked later, for a coded reason.

What a revoked prescription still holds for orders is released by the job `release_revoked` of checkout, once
the minute is over; until then, and after it, nothing of it is dispensed (`ledger.quantities`).
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError
from shop.outbox import mail
from shop.outbox import service as outbox
from shop.prescriptions import steps
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import PrescriptionStatus, Step
from shop.prescriptions.steps import UNDO_WITHIN

RELEASE = "release_revoked"


class TooLateToUndo(DomainError):
    """More than a minute has passed, somebody else decided, or something was ordered on it since."""

    code = "too_late_to_undo"

    def __init__(self) -> None:
        super().__init__(
            "It’s too late to undo this decision.",
            "Open the prescription: an approval can be revoked there.",
        )


def revoke(reference: str, pharmacist_id: int, reason: Reason, note: str, at: datetime) -> None:
    """Revoke an approval: nothing more is dispensed, and open orders on it end. Raises AlreadyDecided."""
    prescription = steps.anyones(reference)
    steps.change(
        prescription,
        Step.REVOKE,
        revoked_by=pharmacist_id,
        revoked_at=at,
        reason=reason.value,
        pharmacist_note=note,
    )
    after = at + UNDO_WITHIN
    outbox.enqueue(
        RELEASE,
        _release_key(prescription),
        {"prescription_id": prescription.id, "pharmacist_id": pharmacist_id},
        at=at,
        run_after=after,
    )
    steps.record(Event.PRESCRIPTION_REVOKED, prescription, pharmacist_id, at, reason=reason.value)
    steps.notify("revoked", prescription, at, run_after=after)


def undo(reference: str, pharmacist_id: int, at: datetime) -> PrescriptionStatus:
    """Undo this pharmacist's decision of the last minute; the status it has again. Raises TooLateToUndo."""
    prescription = steps.anyones(reference)
    undone = _UNDOING.get(PrescriptionStatus(steps.status(prescription)))
    if undone is None:
        raise TooLateToUndo
    undone(prescription, pharmacist_id, at)
    steps.record(Event.PRESCRIPTION_UNDONE, prescription, pharmacist_id, at)
    return PrescriptionStatus(steps.status(prescription))


def undoable(pharmacist_id: int, at: datetime) -> Prescription | None:
    """The prescription that this pharmacist decided last, while that can still be undone."""
    latest = select(Prescription).where(or_(_decided(pharmacist_id, at), _revoked(pharmacist_id, at)))
    return db.session.scalar(latest.order_by(Prescription.decided_at.desc(), Prescription.id.desc()).limit(1))


def _decided(pharmacist_id: int, at: datetime) -> ColumnElement[bool]:
    status = Prescription.status.in_([PrescriptionStatus.APPROVED, PrescriptionStatus.REFUSED])
    mine = (Prescription.decided_by == pharmacist_id) & (Prescription.decided_at >= at - UNDO_WITHIN)
    return status & mine & Prescription.revoked_at.is_(None)


def _revoked(pharmacist_id: int, at: datetime) -> ColumnElement[bool]:
    status = Prescription.status == PrescriptionStatus.REVOKED
    return status & (Prescription.revoked_by == pharmacist_id) & (Prescription.revoked_at >= at - UNDO_WITHIN)


def _undo_decision(news: str) -> Callable[[Prescription, int, datetime], None]:
    def undo_it(prescription: Prescription, pharmacist_id: int, at: datetime) -> None:
        _back(
            prescription,
            _decided(pharmacist_id, at),
            decided_by=None,
            decided_at=None,
            reason=None,
            pharmacist_note="",
            expires_on=None,
        )
        _refuse_if_begun(prescription)
        if not mail.take_back(steps.mail_key(news, prescription)):
            raise TooLateToUndo

    return undo_it


def _undo_revoking(prescription: Prescription, pharmacist_id: int, at: datetime) -> None:
    _back(
        prescription,
        _revoked(pharmacist_id, at),
        revoked_by=None,
        revoked_at=None,
        reason=None,
        pharmacist_note="",
    )
    told = mail.take_back(steps.mail_key("revoked", prescription))
    if not (outbox.withdraw(_release_key(prescription)) and told):
        raise TooLateToUndo


_UNDOING = {
    PrescriptionStatus.APPROVED: _undo_decision("approved"),
    PrescriptionStatus.REFUSED: _undo_decision("refused"),
    PrescriptionStatus.REVOKED: _undo_revoking,
}


def _back(prescription: Prescription, only_if: ColumnElement[bool], **values: object) -> None:
    try:
        steps.change(prescription, Step.UNDO, only_if, **values)
    except DomainError as error:
        raise TooLateToUndo from error


def _refuse_if_begun(prescription: Prescription) -> None:
    """Raise TooLateToUndo where a fill was begun; items are locked first, for an order may just take one.

    The items stay, as what was typed in; the next approval replaces them.
    """
    mine = PrescriptionItem.prescription_id == prescription.id
    lock = select(PrescriptionItem.id).where(mine).order_by(PrescriptionItem.id).with_for_update()
    ids = db.session.scalars(lock).all()
    begun = select(PrescriptionFill.id).where(PrescriptionFill.item_id.in_(ids)).limit(1)
    if db.session.scalar(begun) is not None:
        raise TooLateToUndo


def _release_key(prescription: Prescription) -> str:
    return f"{RELEASE}:{prescription.reference}"
