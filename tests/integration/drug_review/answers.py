"""A customer who answers the health questions anew, and a pharmacist who decides about an order."""

from dataclasses import replace

from shop.clock import now, today
from shop.database import db, transaction
from shop.drug_review.order_review import decide, of_order
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from tests.factories import HEALTHY, patient_of


def say(user_id: int, **answers) -> None:
    """Keep the account holder's answers, those not named as of somebody healthy."""
    with transaction():
        one = patients.by_id(patient_of(user_id))
        patient_steps.save_health(user_id, one.reference, replace(HEALTHY, **answers), now())
    db.session.rollback()


def settle(number: str, pharmacist_id: int) -> None:
    """A pharmacist decides about what the review asks of a placed order, if it asks anything."""
    db.session.rollback()
    _, asked = of_order(number, today())
    if asked:
        outcomes = {one.key: next(iter(one.alert.outcomes)) for one in asked}
        notes = {one.key: "Looked at." for one in asked}
        with transaction():
            decide(number, outcomes, notes, pharmacist_id, now(), today())
