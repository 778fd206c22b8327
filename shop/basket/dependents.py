"""What of a basket keeps a patient on an account's list; it goes with the account."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update

from shop.accounts.dependents import erases_account, exports_account
from shop.basket import queries
from shop.basket.models import Basket, BasketLine
from shop.basket.owner import BasketOwner
from shop.catalogue import queries as catalogue
from shop.database import db
from shop.patients.dependents import keeps_patient


@keeps_patient
def in_basket(patient_id: int) -> str | None:
    """A line that says it is for the patient."""
    theirs = exists().where(BasketLine.patient_id == patient_id, BasketLine.removed_at.is_(None))
    return "A medicine in your basket is for this person." if db.session.scalar(select(theirs)) else None


@erases_account
def basket(user_id: int, _at: datetime) -> None:
    """A basket is nobody's record."""
    db.session.execute(delete(Basket).where(Basket.user_id == user_id))
    db.session.execute(update(Basket).where(Basket.guest_id == user_id).values(guest_id=None))


@exports_account("basket")
def what_is_in(user_id: int) -> list[dict[str, Any]]:
    """The medicines in it, with their quantities."""
    held = queries.lines(BasketOwner(user_id=user_id))
    variants = catalogue.variants(line.variant_id for line in held)
    return [
        {"medicine": variants[line.variant_id].label, "quantity": line.quantity}
        for line in held
        if line.variant_id in variants
    ]
