"""Patients in the database: sealed, found by name and birth date, changed by their account only."""

import base64
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.errors import NotFound
from shop.patients import dependents, errors, queries, rules, service
from shop.patients.models import Patient
from shop.patients.profile import Kidneys, Profile, YesNo
from shop.patients.rules import Relation
from shop.vault.sealing import Keyring

AT = datetime(2026, 11, 29, 15, tzinfo=UTC)
BORN = date(1988, 5, 4)
WHOLE = Profile(("penicillin",), (), (), YesNo.NO, YesNo.NO, Decimal("61.5"), Kidneys.NO_PROBLEM)


@pytest.fixture
def customer(context, make_user):
    return make_user("customer")


def add(user_id, name="Ada Specimen", born=BORN, relation=Relation.SELF, **more):
    with transaction():
        return service.add(user_id, relation, name, born, AT, **more)


def reference_of(patient_id):
    return db.session.scalars(select(Patient.reference).where(Patient.id == patient_id)).one()


def events(patient_id):
    rows = db.session.scalars(
        select(AuditRecord)
        .where(AuditRecord.subject_type == "patient", AuditRecord.subject_id == str(patient_id))
        .order_by(AuditRecord.id)
    )
    return [(row.event, row.actor_id, row.detail) for row in rows]


def test_what_is_said_of_a_patient_is_sealed_at_rest(customer):
    one = add(customer)
    with transaction():
        service.save_health(customer, reference_of(one), WHOLE, AT)
    with db.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM patient")).mappings().one()
        audit = str(connection.execute(text("SELECT * FROM audit_record")).all())
    stored = str(dict(row))
    for secret in ("Ada", "Specimen", "1988", "penicillin", "61.5"):
        assert secret not in stored
        assert secret not in audit
    facts = queries.by_id(one)
    assert (facts.name, facts.born, facts.health, facts.age_on(AT.date())) == (
        "Ada Specimen",
        BORN,
        WHOLE,
        38,
    )


@pytest.mark.parametrize("name", ["ADA SPECIMEN", "Specimen, Áda", "Ada Specimen"])
def test_a_patient_is_found_by_any_spelling_of_name_and_the_birth_date(customer, name):
    one = add(customer)
    assert [found.id for found in queries.found_by(name, BORN)] == [one]
    assert queries.found_by(name, BORN + timedelta(days=1)) == []
    assert queries.found_by(name, None) == []
    assert queries.found_by(name + " B", BORN) == []


def test_a_patient_is_found_under_every_key_that_is_held(customer, monkeypatch, context):
    one = add(customer)
    held = context.extensions["vault_keyring"]
    new = Keyring("new", {"new": base64.b64decode("A" * 43 + "="), **held.keys})
    monkeypatch.setitem(context.extensions, "vault_keyring", new)
    assert [found.id for found in queries.found_by("Ada Specimen", BORN)] == [one]
    two = add(customer, "Bo Specimen", relation=Relation.ADULT)
    assert [found.id for found in queries.found_by("Bo Specimen", BORN)] == [two]


def test_what_is_not_yours_is_not_found(customer, make_user):
    one = reference_of(add(customer))
    stranger = make_user("customer")
    assert queries.own(stranger, one) is None
    for step in (
        lambda: service.change(stranger, one, Relation.SELF, "Bo Other", BORN, AT),
        lambda: service.save_health(stranger, one, WHOLE, AT),
        lambda: service.remove(stranger, one, AT),
        lambda: service.put_back(stranger, one, AT),
        lambda: service.confirm_health(stranger, queries.own(customer, one).id, AT, "F-1"),
    ):
        with pytest.raises(NotFound), transaction():
            step()
    facts = queries.own(customer, one)
    assert (facts.name, facts.health, facts.removed_at) == ("Ada Specimen", Profile(), None)


def test_one_account_has_one_self_and_each_person_once(customer):
    add(customer)
    with pytest.raises(errors.SelfKnown):
        add(customer, "Bo Specimen")
    with pytest.raises(errors.PatientKnown):
        add(customer, "specimen ada", relation=Relation.ADULT)
    add(customer, born=date(2015, 1, 1), relation=Relation.CHILD)  # a child of the same name
    assert len(queries.of_account(customer)) == 2


def test_an_account_has_a_household_and_not_an_institution(customer):
    for number in range(rules.MOST_PATIENTS):
        add(customer, f"Child {number}", date(2020, 1, 1), Relation.CHILD)
    with pytest.raises(errors.TooManyPatients):
        add(customer)


def test_only_staff_may_leave_out_what_a_document_does_not_say(customer, make_user):
    with pytest.raises(errors.BirthDateWrong):
        add(customer, born=None)
    pharmacist = make_user("pharmacist")
    one = add(customer, born=None, relation=None, actor_id=pharmacist)
    assert events(one) == [("patient:added", pharmacist, {})]


def test_each_step_leaves_a_record_without_health_data(customer):
    one = add(customer)
    reference = reference_of(one)
    with transaction():
        service.change(customer, reference, Relation.SELF, "Ada B. Specimen", BORN, AT)
        service.save_health(customer, reference, WHOLE, AT)
        service.confirm_health(customer, one, AT + timedelta(days=1), "F-1")
        service.remove(customer, reference, AT)
    with transaction():
        service.put_back(customer, reference, AT + timedelta(days=1))
    assert [(event, detail) for event, _, detail in events(one)] == [
        ("patient:added", {}),
        ("patient:changed", {}),
        ("patient:health:changed", {}),
        ("patient:health:confirmed", {"order": "F-1"}),
        ("patient:removed", {}),
        ("patient:restored", {}),
    ]
    facts = queries.by_id(one)
    assert (facts.name, facts.health_confirmed_at) == ("Ada B. Specimen", AT + timedelta(days=1))
    assert [found.id for found in queries.found_by("Ada B. Specimen", BORN)] == [one]


def test_an_unanswered_question_keeps_a_profile_from_being_confirmed(customer):
    one = add(customer)
    with transaction():
        service.save_health(customer, reference_of(one), Profile(allergies=()), AT)
    with pytest.raises(errors.HealthIncomplete), transaction():
        service.confirm_health(customer, one, AT, "F-1")
    assert queries.by_id(one).health_confirmed_at is None


def test_a_patient_whom_something_open_depends_on_stays(customer, monkeypatch):
    one = add(customer)
    monkeypatch.setattr(dependents, "_asked", [lambda patient_id: "A prescription is waiting."])
    with pytest.raises(errors.PatientNeeded, match="waiting"), transaction():
        service.remove(customer, reference_of(one), AT)
    assert queries.by_id(one).removed_at is None


def test_a_name_that_a_pharmacist_approved_is_not_changed_into_another(customer, monkeypatch):
    one = reference_of(add(customer))
    monkeypatch.setattr(dependents, "_proofs", [lambda patient_id: True])
    for name, born in (("Bo Specimen", BORN), ("Ada Specimen", date(2015, 1, 1))):
        with pytest.raises(errors.PatientProven), transaction():
            service.change(customer, one, Relation.SELF, name, born, AT)
    with transaction():
        service.change(customer, one, Relation.ADULT, "ADA SPÉCIMEN", BORN, AT)
    assert queries.own(customer, one).name == "ADA SPÉCIMEN"


def test_a_removal_can_be_undone_for_a_while_only(customer):
    one = reference_of(add(customer))
    with transaction():
        service.remove(customer, one, AT)
    assert queries.own(customer, one) is None
    assert [gone.reference for gone in queries.removed_of(customer, AT)] == [one]
    late = AT + rules.UNDO_FOR
    assert queries.removed_of(customer, late) == []
    with pytest.raises(NotFound), transaction():
        service.put_back(customer, one, late)
    add(customer)  # somebody else is the account holder now
    with pytest.raises(errors.PatientKnown), transaction():
        service.put_back(customer, one, AT)


def test_who_has_read_a_patient_is_told_by_role_name_and_day(customer, make_user):
    one, other = add(customer), add(customer, "Bo Specimen", relation=Relation.ADULT)
    pharmacist = make_user("pharmacist", name="Marion Sample")
    for who, role, at in (
        (customer, "customer", AT),
        (pharmacist, "pharmacist", AT + timedelta(minutes=5)),
        (pharmacist, "pharmacist", AT + timedelta(minutes=9)),
        (pharmacist, "pharmacist", AT + timedelta(days=1)),
    ):
        with transaction():
            service.record_reading(one, who, role, at)
    assert [(one.role, one.name, one.at, one.times) for one in queries.readings(one)] == [
        ("pharmacist", "Marion Sample", AT + timedelta(days=1), 1),
        ("pharmacist", "Marion Sample", AT + timedelta(minutes=9), 2),
        ("customer", None, AT, 1),
    ]
    assert queries.readings(other) == []
    assert Event("patient:read") is Event.PATIENT_READ
