"""What a customer's prescriptions give of the medicine on a page, each patient for themselves."""

from dataclasses import dataclass
from datetime import date

from shop.patients import queries as patients
from shop.prescriptions.ledger.coverage import Coverage, coverage_of


@dataclass(frozen=True)
class OnPrescription:
    """`patient` is the name of whom it is for, "" where the account has one patient only."""

    patient: str
    coverage: Coverage


def on_prescription(user_id: int, variant_id: int, quantity: int, today: date) -> list[OnPrescription]:
    """By patient, what an item of theirs gives of a variant, `quantity` units wanted; none without an item.

    What nobody has decided yet is told in the basket, not here: it may be for another medicine.
    """
    known = patients.of_account(user_id)
    found = coverage_of(user_id, {(one.id, variant_id): quantity for one in known}, today)
    return [
        OnPrescription(one.name if len(known) > 1 else "", coverage)
        for one in known
        if (coverage := found[one.id, variant_id]).item_id is not None
    ]
