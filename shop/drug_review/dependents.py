"""What the review does for other rooms: orders are reviewed again when something about their patient changes,
and customers are told which medicine must not stop suddenly."""

from datetime import datetime

from shop.clock import business_date, today
from shop.drug_review import stopping
from shop.drug_review.order_review import note_open
from shop.patients.dependents import follows_patient
from shop.prescriptions.models import Prescription
from shop.prescriptions.stop_warnings import StopWarning, warns_on_stopping


@follows_patient
def reviewed_again(patient_id: int, at: datetime) -> None:
    """An allergy added after the order holds it up, and the desk counts it at once."""
    note_open(patient_id, at, business_date(at))


@warns_on_stopping
def not_to_be_stopped(prescription: Prescription) -> list[StopWarning]:
    """In the label's words: what a refusal keeps from the patient and they must not stop by themselves."""
    return [
        StopWarning(alert.fact.ingredient, alert.fact.label)
        for alert in stopping.of_prescription(prescription, today())
        if alert.fact
    ]
