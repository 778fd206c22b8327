"""Whom a prescription is for, as the customer sends it."""

import pytest

from shop.database import db
from shop.patients import queries
from shop.patients.rules import Relation
from shop.prescriptions.models import Prescription
from tests.factories import add_child, patient_of
from tests.integration.prescriptions.conftest import photo
from tests.integration.prescriptions.sending import count, only_prescription, post

FILE = [(photo(), "a.jpg")]


@pytest.fixture
def browser(context, sign_in, customer):
    return sign_in(customer)


def reference(patient_id: int) -> str:
    db.session.rollback()
    return queries.by_id(patient_id).reference


def test_the_first_one_makes_the_account_holder_a_patient(browser, customer):
    assert post(browser, files=FILE).status_code == 303
    (ada,) = queries.of_account(customer)
    assert (ada.name, str(ada.born), ada.relation) == ("Ada Specimen", "1971-03-02", Relation.SELF)
    assert only_prescription().patient_id == ada.id
    assert post(browser, files=FILE, patient_name="", patient_birth_date="").status_code == 303
    assert len(queries.of_account(customer)) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"patient_name": ""}, "patient_name"),
        ({"patient_birth_date": ""}, "patient_birth_date"),
        ({"patient_birth_date": "2999-01-01"}, "patient_birth_date"),
        ({"patient_birth_date": "May"}, "patient_birth_date"),
    ],
)
def test_without_name_and_birth_date_nothing_is_sent_and_the_file_is_kept(browser, fields, field):
    answer = post(browser, files=FILE, **fields)
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert "data-kept" in answer.text
    assert count(Prescription) == 0


def test_with_several_people_it_says_for_whom(browser, customer):
    patient_of(customer)
    child = reference(add_child(customer))
    answer = post(browser, files=FILE)
    assert answer.status_code == 422
    assert 'id="patient-e"' in answer.text
    assert post(browser, patient=child).location
    assert queries.by_id(only_prescription().patient_id).name == "Ben Specimen"
    page = browser.get(f"/prescriptions/{only_prescription().reference}").text
    assert "data-for" in page
    assert "Ben Specimen" in page


def test_somebody_elses_patient_is_not_taken(browser, customer, make_user):
    patient_of(customer)
    add_child(customer)
    stranger = reference(patient_of(make_user("customer")))
    assert post(browser, files=FILE, patient=stranger).status_code == 422
    assert count(Prescription) == 0
