"""Whom a prescription is for, at the desk: shown, recorded, chosen, made, and compared."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.clock import now, today
from shop.database import db, transaction
from shop.patients import queries, service
from shop.patients.models import Patient
from shop.patients.profile import Profile
from shop.prescriptions.models import Prescription
from tests.factories import add_child, patient_of
from tests.integration.pharmacist.desk_browser import Desk, entered, status


def readings(patient_id: int) -> list[tuple[str, str | None, int]]:
    db.session.rollback()
    return [(one.role, one.name, one.times) for one in queries.readings(patient_id)]


def reference(patient_id: int) -> str:
    db.session.rollback()
    return queries.by_id(patient_id).reference


def patient_id_of(prescription: str) -> int | None:
    db.session.rollback()
    return db.session.scalars(
        select(Prescription.patient_id).where(Prescription.reference == prescription)
    ).one()


@pytest.fixture
def mother(context, customer) -> int:
    return patient_of(customer)


@pytest.fixture
def child(context, customer, mother) -> int:
    patient_id = add_child(customer, born=today() - timedelta(days=7 * 365))
    with transaction():
        answers = Profile(allergies=("penicillin: rash",), conditions=())
        service.save_health(customer, queries.by_id(patient_id).reference, answers, now())
    return patient_id


def test_the_patient_named_by_the_customer_is_shown_and_the_opening_recorded(desk, submit, mother, child):
    prescription = submit(patient_id=child)
    page = desk.open(prescription).text
    assert f'data-patient="{reference(child)}"' in page
    assert "penicillin: rash" in page
    assert 'data-unanswered="medicines"' in page
    assert 'data-not-asked="pregnancy"' in page  # of a child of seven nobody is to ask it
    assert readings(child) == [("pharmacist", "Marion Sample", 1)]
    assert readings(mother) == []


def test_without_a_patient_nobody_is_shown_and_nothing_can_be_approved(desk, submit, baclofen, mother):
    prescription = submit()
    assert "data-patient" not in desk.open(prescription).text
    answer = desk.decide(prescription, "approve", **entered(baclofen, patient=""))
    assert (answer.status_code, status(prescription)) == (422, "waiting")
    assert 'id="check-patient"' in answer.text
    assert readings(mother) == []


def test_the_pharmacist_chooses_another_patient_of_the_account(desk, submit, baclofen, mother, child):
    prescription = submit(patient_id=child)
    page = desk.post(prescription, "check", do="check", **entered(baclofen, patient=reference(mother))).text
    assert f'data-patient="{reference(mother)}"' in page
    assert readings(mother) == [("pharmacist", "Marion Sample", 1)]
    desk.decide(prescription, "approve", **entered(baclofen, patient=reference(mother)))
    assert patient_id_of(prescription) == mother


def test_a_strangers_patient_cannot_be_chosen(desk, submit, baclofen, mother, make_user):
    prescription, stranger = submit(), reference(patient_of(make_user("customer")))
    answer = desk.decide(prescription, "approve", **entered(baclofen, patient=stranger))
    assert (answer.status_code, status(prescription)) == (422, "waiting")


def test_whoever_the_document_names_can_become_a_patient(
    desk, submit, baclofen, mother, customer, pharmacist
):
    prescription = submit()
    fields = entered(baclofen, patient_name="Cyd Specimen", patient_birth_date="1950-02-03")
    assert desk.decide(prescription, "approve", **fields).status_code == 303
    made = queries.by_id(patient_id_of(prescription))
    assert (made.name, str(made.born), made.relation, made.user_id) == (
        "Cyd Specimen",
        "1950-02-03",
        None,
        customer,
    )
    record = select(AuditRecord).where(AuditRecord.event == "patient:added").order_by(AuditRecord.id.desc())
    assert db.session.scalars(record).first().actor_id == pharmacist


def test_a_person_the_account_has_is_not_made_twice(desk, submit, baclofen, mother):
    prescription = submit()
    fields = entered(baclofen, patient_name="SPECIMEN, Áda", patient_birth_date="1971-03-02")
    assert desk.decide(prescription, "approve", **fields).status_code == 303
    assert patient_id_of(prescription) == mother
    assert db.session.scalar(select(func.count(Patient.id))) == 1


def test_a_birth_date_that_cannot_be_is_said_and_what_was_typed_stays(desk, submit, baclofen):
    prescription = submit()
    answer = desk.decide(prescription, "approve", **entered(baclofen, patient_birth_date="2999-01-01"))
    assert (answer.status_code, status(prescription)) == (422, "waiting")
    assert 'value="Ivor Sample, MD"' in answer.text


def test_no_health_data_is_in_the_record_of_a_reading(desk, submit, child):
    desk.open(submit(patient_id=child))
    db.session.rollback()
    written = " ".join(str(row.detail) for row in db.session.scalars(select(AuditRecord)))
    assert not re.search("penicillin|Ben|Specimen|2019", written)


def test_an_admin_never_sees_a_patient(desk, submit, child, make_user, sign_in):
    prescription = submit(patient_id=child)
    admin = Desk(sign_in(make_user("admin")))
    answer = admin.open(prescription)
    assert answer.status_code == 403
    assert "penicillin" not in answer.text
    assert readings(child) == []
