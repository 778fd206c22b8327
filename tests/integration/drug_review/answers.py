"""A customer who answers the health questions anew."""

from dataclasses import replace

from shop.clock import now
from shop.database import db, transaction
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from tests.factories import HEALTHY, patient_of


def say(user_id: int, **answers) -> None:
    """Keep the account holder's answers, those not named as of somebody healthy."""
    with transaction():
        one = patients.by_id(patient_of(user_id))
        patient_steps.save_health(user_id, one.reference, replace(HEALTHY, **answers), now())
    db.session.rollback()
