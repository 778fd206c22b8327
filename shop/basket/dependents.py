"""What of a basket keeps a patient on an account's list."""

from sqlalchemy import exists, select

from shop.basket.models import BasketLine
from shop.database import db
from shop.patients.dependents import keeps_patient


@keeps_patient
def in_basket(patient_id: int) -> str | None:
    """A line that says it is for the patient."""
    theirs = exists().where(BasketLine.patient_id == patient_id, BasketLine.removed_at.is_(None))
    return "A medicine in your basket is for this person." if db.session.scalar(select(theirs)) else None
