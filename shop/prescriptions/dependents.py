"""What of this room keeps a patient on an account's list, and what proves who a patient is."""

from datetime import datetime

from sqlalchemy import exists, select

from shop.accounts.dependents import (
    erases_account,
    exports_account,
    exports_files,
    keeps_account,
)
from shop.database import db
from shop.patients.dependents import keeps_patient, proves_patient, remembers_patient
from shop.prescriptions import erasing, exporting, states
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


@remembers_patient
def decided(patient_id: int) -> bool:
    """A pharmacist has decided on a prescription for this patient: record and profile stay together."""
    decided = Prescription.status.in_(states.DECIDED)
    return bool(db.session.scalar(select(exists().where(Prescription.patient_id == patient_id, decided))))


@keeps_account
def account_undecided(user_id: int, _at: datetime) -> str | None:
    """A prescription of the account that no pharmacist has decided about."""
    theirs = exists().where(Prescription.user_id == user_id, Prescription.status.in_(states.OPEN))
    return "A prescription is still being reviewed." if db.session.scalar(select(theirs)) else None


@erases_account
def prescriptions(user_id: int, at: datetime) -> None:
    erasing.erase(user_id, at)


exports_account("prescriptions")(exporting.everything)
exports_files(exporting.pages)
