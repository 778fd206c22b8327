"""What must not stop suddenly: the customer is warned at a refusal, the pharmacist at a late refill."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.clock import now
from shop.database import db, transaction
from shop.drug_review.stopping import late_refills
from shop.prescriptions.models import PrescriptionItem, QuantityEntry
from tests.factories import make_variant
from tests.integration.drug_review.answers import say
from tests.integration.pharmacist.desk_browser import entered

pytestmark = pytest.mark.usefixtures("context")


def test_a_declined_baclofen_warns_desk_and_customer_with_the_labels_sentence(
    desk, submit, ada, customer, baclofen, sign_in
):
    reference = submit()
    fields = entered(baclofen, patient=ada)
    assert 'data-taper="baclofen"' in desk.post(reference, "check", do="check", **fields).text
    declined = fields | {"items-0-decision": "not_sold", "reason": "not_sold"}
    assert desk.decide(reference, "refuse", **declined).status_code == 303
    page = sign_in(customer).get(f"/prescriptions/{reference}").text
    assert 'data-taper="baclofen"' in page
    assert "<blockquote>" in page


def test_a_refusal_of_what_nobody_entered_warns_of_what_the_patient_gets(
    desk, submit, approve, customer, baclofen, sign_in
):
    approve(baclofen, refills=1)
    say(customer)
    patient_id = db.session.scalars(db.select(PrescriptionItem)).one().prescription.patient_id
    reference = submit(patient_id=patient_id)
    assert desk.decide(reference, "refuse", reason="not_signed").status_code == 303
    assert 'data-taper="baclofen"' in sign_in(customer).get(f"/prescriptions/{reference}").text


@pytest.mark.parametrize(("days_ago", "late"), [(29, False), (31, True), (90, False)])
def test_a_late_refill_is_listed_for_the_pharmacist(desk, approve, baclofen, days_ago, late):
    reference, item_id = approve(baclofen, 90, 1, 30)
    make_variant("Lisinopril", "10 mg")
    with transaction() as session:
        session.execute(update(PrescriptionItem).values(taken=90))
        sent = now() - timedelta(days=days_ago)
        session.add(QuantityEntry(item_id=item_id, order_line_id=1, kind="dispensed", quantity=90, at=sent))
    db.session.rollback()
    assert [one.reference for one in late_refills(now().date())] == ([reference] if late else [])
    page = desk.client.get("/pharmacist/reviews").text
    assert (f'data-late="{reference}"' in page) is late
