"""A pharmacist’s browser at the desk, and what became of a prescription."""

import re

import pytest

from shop.clock import now
from shop.database import db
from shop.patients import queries as patients
from shop.prescriptions import queries
from tests.csrf import csrf_token
from tests.factories import patient_of

TODAY = now().date().isoformat()


def entered(variant_id: int, **changes) -> dict[str, str]:
    return {
        "patient": "new",
        "patient_name": "Ada Specimen",
        "prescriber_name": "Ivor Sample, MD",
        "prescriber_npi": "1234567893",
        "prescriber_address": "1 Example Road, Springfield, NY 10001",
        "prescriber_phone": "(555) 555-0111",
        "issued_on": TODAY,
        "signed": "y",
        "outcome-birth": "adult",  # for those without a date of birth
        "items-0-variant_id": str(variant_id),
        "items-0-quantity": "90",
        "items-0-refills": "1",
        "items-0-days_supply": "30",
        "items-0-directions": "1 tablet three times a day",
    } | changes


@pytest.fixture
def ada(context, customer) -> str:
    """The account holder as a patient: the reference."""
    patient = patients.by_id(patient_of(customer))
    db.session.rollback()
    return patient.reference


@pytest.fixture
def desk(context, sign_in, pharmacist):
    return Desk(sign_in(pharmacist))


class Desk:
    """A pharmacist's browser."""

    def __init__(self, client) -> None:
        self.client = client

    def open(self, reference: str):
        return self.client.get(f"/pharmacist/prescriptions/{reference}")

    def post(self, reference: str, action: str, **fields):
        address = f"/pharmacist/prescriptions/{reference}/{action}"
        return self.client.post(address, data=fields | {"csrf_token": csrf_token(self.client)})

    def decide(self, reference: str, decision: str, *, settle: bool = True, **fields):
        """Take a decision; before an approval, settle what the drug review asks, unless a test does that."""
        if decision == "approve" and settle:
            fields = first_outcomes(self.post(reference, "check", do="check", **fields).text) | fields
        return self.post(reference, "decide", decision=decision, **fields)


def first_outcomes(html: str, note: str = "Dr Sample, by phone.") -> dict[str, str]:
    """What settles every question of the drug review on a page: its first outcome, with a note."""
    first = r'<option value="">[^<]*</option>\s*<option value="(\w+)"'
    found = re.findall(rf'name="outcome-(drug-\w+)">{first}', html)
    outcomes = {f"outcome-{key}": code for key, code in found}
    return outcomes | {f"note-{key}": note for key, _ in found}


def status(reference: str) -> str:
    db.session.rollback()
    return queries.by_reference(reference).status
