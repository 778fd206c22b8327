"""What the review does for other rooms: orders are reviewed again when something about their patient changes,
customers are told which medicine must not stop suddenly, and alerts go with an account."""

from datetime import datetime

from sqlalchemy import delete, select

from shop.accounts.dependents import erases_account
from shop.clock import business_date, today
from shop.database import db
from shop.drug_review import stopping
from shop.drug_review.models import ReviewAlert
from shop.drug_review.order_review import note_open
from shop.orders.models import Order
from shop.orders.states import OrderStatus
from shop.patients.dependents import follows_patient
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import DECIDED
from shop.prescriptions.stop_warnings import StopWarning, warns_on_stopping


@erases_account
def alerts(user_id: int, _at: datetime) -> None:
    """What was said of a patient over a prescription nobody decided on, or an order that never left. What a
    pharmacist decided stays with the record it is part of."""
    undecided = select(Prescription.id).where(
        Prescription.user_id == user_id, Prescription.status.not_in(DECIDED)
    )
    unsent = select(Order.id).where(Order.user_id == user_id, Order.status != OrderStatus.SHIPPED)
    open_ = ReviewAlert.order_id.in_(unsent) & ReviewAlert.outcome.is_(None)
    db.session.execute(delete(ReviewAlert).where(ReviewAlert.prescription_id.in_(undecided) | open_))


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
