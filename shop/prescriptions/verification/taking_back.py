"""Taking a decision back: undone within a minute by who took it; an approval revoked later, for a coded
reason, or transferred to another pharmacy; a question taken back until the customer answers it.

What such a prescription still holds for orders is released by the job `release_ended` of checkout, once the
minute is over; until then, and after it, nothing of it is dispensed (`ledger.quantities`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError
from shop.outbox import mail
from shop.outbox import service as outbox
from shop.prescriptions import steps
from shop.prescriptions.models import Message, Prescription, PrescriptionFill, PrescriptionItem
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import PrescriptionStatus, Step
from shop.prescriptions.steps import UNDO_WITHIN

RELEASE = "release_ended"


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
    _end(prescription, "revoked", pharmacist_id, at)
    steps.record(Event.PRESCRIPTION_REVOKED, prescription, pharmacist_id, at, reason=reason.value)


def transfer(reference: str, pharmacist_id: int, to: str, at: datetime) -> None:
    """Give what is left of an approval to another pharmacy; here it ends like revoked. Raises AlreadyDecided.

    `to` is that pharmacy's name and phone number, which the customer sees.
    """
    prescription = steps.anyones(reference)
    steps.change(
        prescription,
        Step.TRANSFER,
        transferred_by=pharmacist_id,
        transferred_at=at,
        transferred_to=to,
    )
    _end(prescription, "transferred", pharmacist_id, at)
    steps.record(Event.PRESCRIPTION_TRANSFERRED, prescription, pharmacist_id, at)


def _end(prescription: Prescription, news: str, pharmacist_id: int, at: datetime) -> None:
    """Once the minute is over, end what is open on it and tell the customer."""
    after = at + UNDO_WITHIN
    outbox.enqueue(
        RELEASE,
        _release_key(prescription),
        {"prescription_id": prescription.id, "pharmacist_id": pharmacist_id},
        at=at,
        run_after=after,
    )
    steps.notify(news, prescription, at, run_after=after)


def undo(reference: str, pharmacist_id: int, at: datetime) -> PrescriptionStatus:
    """Undo this pharmacist's decision of the last minute; the status it has again. Raises TooLateToUndo."""
    prescription = steps.anyones(reference)
    undone = _UNDOING.get(PrescriptionStatus(steps.status(prescription)))
    if undone is None:
        raise TooLateToUndo
    undone(prescription, pharmacist_id, at)
    steps.record(Event.PRESCRIPTION_UNDONE, prescription, pharmacist_id, at)
    return PrescriptionStatus(steps.status(prescription))


def take_back_question(reference: str, pharmacist_id: int, at: datetime) -> bool:
    """It needs no answer any more: asked by mistake, or settled with the prescriber. Back in the queue.

    Whether the customer was told of it before; what was asked stays in the correspondence. Raises
    AlreadyDecided where it was answered, or a decision was taken.
    """
    prescription = steps.anyones(reference)
    steps.change(prescription, Step.TAKE_BACK, reason=None, pharmacist_note="")
    asked = select(func.max(Message.id)).where(
        Message.prescription_id == prescription.id, Message.reason.is_not(None)
    )
    is_told = not mail.take_back(steps.mail_key("asked", prescription, f":{db.session.scalar(asked)}"))
    steps.record(Event.PRESCRIPTION_QUESTION_TAKEN_BACK, prescription, pharmacist_id, at)
    return is_told


def undoable(pharmacist_id: int, at: datetime) -> Prescription | None:
    """The prescription that this pharmacist decided last, while that can still be undone."""
    mine = or_(_decided(pharmacist_id, at), _revoked(pharmacist_id, at), _transferred(pharmacist_id, at))
    last = func.coalesce(Prescription.revoked_at, Prescription.transferred_at, Prescription.decided_at)
    latest = select(Prescription).where(mine).order_by(last.desc(), Prescription.id.desc())
    return db.session.scalar(latest.limit(1))


def _decided(pharmacist_id: int, at: datetime) -> ColumnElement[bool]:
    status = Prescription.status.in_([PrescriptionStatus.APPROVED, PrescriptionStatus.REFUSED])
    mine = (Prescription.decided_by == pharmacist_id) & (Prescription.decided_at >= at - UNDO_WITHIN)
    return status & mine & Prescription.revoked_at.is_(None)


def _revoked(pharmacist_id: int, at: datetime) -> ColumnElement[bool]:
    status = Prescription.status == PrescriptionStatus.REVOKED
    return status & (Prescription.revoked_by == pharmacist_id) & (Prescription.revoked_at >= at - UNDO_WITHIN)


def _transferred(pharmacist_id: int, at: datetime) -> ColumnElement[bool]:
    mine = Prescription.transferred_by == pharmacist_id
    in_time = Prescription.transferred_at >= at - UNDO_WITHIN
    return (Prescription.status == PrescriptionStatus.TRANSFERRED) & mine & in_time


def _undo_decision(prescription: Prescription, pharmacist_id: int, at: datetime) -> None:
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
    told = [mail.take_back(steps.mail_key(news, prescription)) for news in steps.DECISION_NEWS]
    if not any(told):
        raise TooLateToUndo


def _undo_revoking(prescription: Prescription, pharmacist_id: int, at: datetime) -> None:
    _back(
        prescription,
        _revoked(pharmacist_id, at),
        revoked_by=None,
        revoked_at=None,
        reason=None,
        pharmacist_note="",
    )
    _not_ended(prescription, "revoked")


def _undo_transfer(prescription: Prescription, pharmacist_id: int, at: datetime) -> None:
    _back(
        prescription,
        _transferred(pharmacist_id, at),
        transferred_by=None,
        transferred_at=None,
        transferred_to=None,
    )
    _not_ended(prescription, "transferred")


def _not_ended(prescription: Prescription, news: str) -> None:
    """Take back what `_end` asked for."""
    told = mail.take_back(steps.mail_key(news, prescription))
    if not (outbox.withdraw(_release_key(prescription)) and told):
        raise TooLateToUndo


_UNDOING: Mapping[PrescriptionStatus, Callable[[Prescription, int, datetime], None]] = {
    PrescriptionStatus.APPROVED: _undo_decision,
    PrescriptionStatus.REFUSED: _undo_decision,
    PrescriptionStatus.REVOKED: _undo_revoking,
    PrescriptionStatus.TRANSFERRED: _undo_transfer,
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
