"""Prescriptions that staff enter: by telephone, fax, on paper, transferred, electronic. Discarded if a slip.

There is no document: what was said or handed over is typed in on the desk, by who entered it.
"""

from datetime import datetime
from uuid import uuid4

from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError
from shop.patients import service as patients
from shop.prescriptions import steps
from shop.prescriptions.models import Prescription
from shop.prescriptions.origins import BY_STAFF
from shop.prescriptions.states import Origin, PrescriptionStatus, Step


class OriginNotByStaff(DomainError):
    """It is not said how it arrived, or that is no way in which staff enter one."""

    status = 422
    code = "origin_not_by_staff"

    def __init__(self) -> None:
        super().__init__("Not entered: choose how it arrived.", "By telephone, for example.")


class SentByCustomer(DomainError):
    """A customer sent it: it is refused with a reason, not discarded."""

    code = "sent_by_customer"

    def __init__(self) -> None:
        super().__init__(
            "The customer sent this prescription, so it can’t be discarded.", "Refuse it, with a reason."
        )


def enter(user_id: int, patient_id: int, origin: Origin, pharmacist_id: int, at: datetime) -> Prescription:
    """An open prescription of an account's patient, claimed by who enters it.

    Raises OriginNotByStaff, and NotFound for a patient who was removed meanwhile.
    """
    if origin not in BY_STAFF:
        raise OriginNotByStaff
    patient = patients.locked_by_id(user_id, patient_id)
    prescription = Prescription(
        reference=uuid4().hex,
        user_id=user_id,
        patient_id=patient.id,
        status=PrescriptionStatus.WAITING,
        submitted_at=at,
        origin=origin,
        entered_by=pharmacist_id,
        claimed_by=pharmacist_id,
        claimed_at=at,
    )
    db.session.add(prescription)
    db.session.flush()
    steps.record(
        Event.PRESCRIPTION_ENTERED,
        prescription,
        pharmacist_id,
        at,
        origin=origin.value,
        patient=patient.id,
    )
    return prescription


def discard(reference: str, pharmacist_id: int, at: datetime) -> None:
    """Take an entry back before its decision. Raises SentByCustomer, AlreadyDecided, TakenByAnother."""
    prescription = steps.anyones(reference)
    if prescription.entered_by is None:
        raise SentByCustomer
    steps.change(prescription, Step.WITHDRAW, steps.free_for(pharmacist_id, at))
    steps.record(Event.PRESCRIPTION_DISCARDED, prescription, pharmacist_id, at)
