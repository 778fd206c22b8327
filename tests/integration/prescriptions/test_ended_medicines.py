"""What is said of a medicine that was declined, revoked or transferred is said of no other one."""

from dataclasses import replace

import pytest

from shop.database import transaction
from shop.prescriptions.reasons import Reason, of_medicine
from shop.prescriptions.verification import decisions, taking_back
from shop.prescriptions.verification.medicines import medicines
from shop.prescriptions.verification.typed import Declined, TypedItem
from tests.factories import make_variant
from tests.integration.prescriptions.conftest import AT, covered, grounds, typed


@pytest.fixture
def lisinopril(context) -> int:
    return make_variant("Lisinopril")


@pytest.fixture
def same(context) -> int:
    """Another product of the medicine prescribed."""
    return make_variant("Examplofen", ingredients=("baclofen",))


def told(customer: int, *variant_ids: int) -> list[tuple[str, str | None]]:
    found = [covered(customer, one) for one in variant_ids]
    return [(one.state, one.reason) for one in found]


def test_revoked(customer, pharmacist, baclofen, same, lisinopril, approve):
    reference, _ = approve(baclofen)
    with transaction():
        taking_back.revoke(reference, pharmacist, Reason.PRESCRIBER_STOPPED, "", AT)
    stopped = ("refused", "prescriber_stopped")
    assert told(customer, baclofen, same, lisinopril) == [stopped, stopped, ("none", None)]
    approve(baclofen)  # a new prescription counts, whatever was said of the one before
    assert told(customer, baclofen) == [("approved", None)]


def test_transferred(customer, pharmacist, baclofen, lisinopril, approve):
    reference, _ = approve(baclofen)
    with transaction():
        taking_back.transfer(reference, pharmacist, "Sample Pharmacy, (555) 555-0199", AT)
    assert told(customer, baclofen, lisinopril) == [("transferred", None), ("none", None)]
    assert covered(customer, baclofen).prescription_reference == reference


@pytest.mark.parametrize("partly", [True, False])
def test_declined(customer, pharmacist, baclofen, lisinopril, submit, partly):
    amoxicillin = make_variant("Amoxicillin", "500 mg", form="capsule")
    no = TypedItem(
        amoxicillin, None, None, None, "", as_written="Amoxicillin", declined=Declined("unreadable", "")
    )
    one, known = typed(baclofen), grounds([baclofen, amoxicillin])
    references = [submit(), submit()]
    with transaction():
        if partly:
            both = replace(one, items=(*one.items, no))
            decisions.approve(references[1], pharmacist, both, known, {}, "", AT)
        else:
            decisions.approve(references[0], pharmacist, one, known, {}, "", AT)
            steps = (pharmacist, Reason.UNREADABLE, "", AT)
            decisions.refuse(references[1], *steps, [no], medicines([amoxicillin], "US"))
    if partly:
        with transaction():
            decisions.refuse(references[0], pharmacist, Reason.NOT_SIGNED, "", AT)
    assert told(customer, baclofen, amoxicillin, lisinopril) == [
        ("approved", None),
        ("refused", "unreadable"),
        ("none", None),
    ]
    assert covered(customer, amoxicillin).reason_sentence == of_medicine("unreadable")[0]


def test_a_document_that_names_no_medicine_is_about_any(customer, pharmacist, baclofen, lisinopril, submit):
    reference = submit()
    with transaction():
        decisions.refuse(reference, pharmacist, Reason.NOT_SIGNED, "", AT)
    assert told(customer, lisinopril) == [("refused", "not_signed")]
