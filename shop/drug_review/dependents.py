"""What the review does when something about a patient changes: their placed orders are reviewed again."""

from datetime import datetime

from shop.clock import business_date
from shop.drug_review.order_review import note_open
from shop.patients.dependents import follows_patient


@follows_patient
def reviewed_again(patient_id: int, at: datetime) -> None:
    """An allergy added after the order holds it up, and the desk counts it at once."""
    note_open(patient_id, at, business_date(at))
