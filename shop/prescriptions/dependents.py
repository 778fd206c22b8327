"""What of this room keeps a patient on an account's list, and what proves who a patient is."""

from sqlalchemy import exists, select

from shop.database import db
from shop.patients.dependents import keeps_patient, proves_patient
from shop.prescriptions import states
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import PrescriptionStatus


@keeps_patient
def undecided(patient_id: int) -> str | None:
    """A prescription that no pharmacist has decided about."""
    theirs = exists().where(Prescription.patient_id == patient_id, Prescription.status.in_(states.OPEN))
    return (
        "A prescription for this person is still being reviewed."
        if db.session.scalar(select(theirs))
        else None
    )


@proves_patient
def approved(patient_id: int) -> bool:
    """A pharmacist has approved a prescription for the name and birth date as they are."""
    approved = Prescription.status == PrescriptionStatus.APPROVED
    return bool(db.session.scalar(select(exists().where(Prescription.patient_id == patient_id, approved))))
