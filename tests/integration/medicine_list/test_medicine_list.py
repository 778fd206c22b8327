"""The medicine list of a patient: what the rooms know of them, for their own account only."""

import pypdfium2
import pytest
from sqlalchemy import func, select, update

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.medicine_list.contents import medicine_list
from shop.orders.models import Order, OrderLine
from shop.patients import queries as patients
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.fills import Why
from shop.prescriptions.models import Prescription
from tests.factories import add_child, make_variant
from tests.integration.prescriptions.conftest import AT, TODAY


def own(user_id: int, name: str = "Ada Specimen"):
    found = next(one for one in patients.of_account(user_id) if one.name == name)
    db.session.rollback()
    return found


def address(patient) -> str:
    return f"/account/patients/{patient.reference}/medicines.pdf"


def text_of(answer) -> str:
    document = pypdfium2.PdfDocument(answer.data)
    said = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(said.split())


def ship(item_id: int) -> None:
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, AT, TODAY)
    with transaction():
        quantities.dispense_quantity([1], AT)


def test_it_lists_what_this_patient_takes_and_nothing_of_another(customer, approve, baclofen):
    _, item_id = approve(baclofen, 90, 1)
    ship(item_id)
    other, _ = approve(make_variant("Amoxicillin", "250 mg"))
    child = add_child(customer)
    with transaction():
        db.session.execute(
            update(Prescription).where(Prescription.reference == other).values(patient_id=child)
        )
    (one,) = medicine_list(own(customer), AT).prescribed
    assert (one.medicine, one.directions) == (
        "Baclofen tablet 10 mg",
        "Take 1 tablet by mouth 3 times a day.",
    )
    assert (one.prescriber, one.last_sent, one.next.why) == ("Ivor Sample, MD", TODAY, Why.TOO_EARLY)
    assert [one.medicine for one in medicine_list(own(customer, "Ben Specimen"), AT).prescribed] == [
        "Amoxicillin tablet 250 mg"
    ]


def test_what_was_bought_for_the_patient_without_a_prescription_is_listed(customer, approve, baclofen):
    approve(baclofen)
    ada, loratadine = own(customer), make_variant("Loratadine", "10 mg", rx=False)
    with transaction():
        order = Order(
            number="F-1",
            user_id=customer,
            status="shipped",
            currency="usd",
            subtotal_cents=1,
            delivery_cents=0,
            total_cents=1,
            created_at=AT,
            holds_until=AT,
            placed_at=AT,
            paid_at=AT,
            shipped_at=AT,
            recipient="Ada Specimen",
            line1="9 Nowhere Lane",
            city="Springfield",
            region="NY",
            postal_code="10001",
            country="US",
        )
        for patient_id, name in ((ada.id, "Loratadine tablet 10 mg"), (None, "Nobody’s")):
            line = OrderLine(
                variant_id=loratadine,
                patient_id=patient_id,
                prescription_required=False,
                name=name,
                unit="pill",
                unit_price=1,
                quantity=30,
                total_cents=1,
            )
            order.lines.append(line)
        db.session.add(order)
        db.session.flush()
    (bought,) = medicine_list(ada, AT).bought
    assert (bought.medicine, bought.quantity, bought.on) == ("Loratadine tablet 10 mg", 30, TODAY)


def test_the_owner_gets_a_file_that_nobody_keeps_and_the_reading_is_recorded(
    customer, sign_in, approve, baclofen
):
    approve(baclofen)
    ada = own(customer)
    answer = sign_in(customer).get(address(ada))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "medicine-list.pdf" in answer.headers["Content-Disposition"]
    assert "Baclofen tablet 10 mg" in text_of(answer)
    db.session.rollback()
    read = select(func.count()).where(
        AuditRecord.event == Event.PATIENT_READ.value, AuditRecord.subject_id == str(ada.id)
    )
    assert db.session.scalar(read) == 1


@pytest.mark.parametrize(("role", "status"), [("customer", 404), ("pharmacist", 403), ("admin", 403)])
def test_nobody_else_gets_it(customer, approve, baclofen, make_user, sign_in, role, status):
    approve(baclofen)
    assert sign_in(make_user(role)).get(address(own(customer))).status_code == status
