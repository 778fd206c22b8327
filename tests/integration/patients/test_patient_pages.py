"""The customer's pages of patients: added, answered, read, removed, and nobody else's."""

import re
from datetime import UTC, date, datetime

import pytest

from shop.clock import now
from shop.database import transaction
from shop.patients import queries, service
from shop.patients.profile import Kidneys, YesNo
from shop.patients.rules import Relation
from tests.csrf import csrf_token

AT = datetime(2026, 11, 29, 15, tzinfo=UTC)
HOME = "/account/patients"
PERSON = {"name": "Ben Specimen", "birth_date": "2015-03-02", "relation": "child"}
ANSWERS = {
    "allergies_said": "some",
    "allergies": "penicillin: rash\npeanut",
    "conditions_said": "none",
    "medicines_said": "none",
    "pregnancy": "no",
    "breastfeeding": "no",
    "weight": "38.5",
    "kidneys": "no_problem",
    "notice": "y",
}


@pytest.fixture
def customer(context, make_user):
    return make_user("customer")


@pytest.fixture
def browser(customer, sign_in):
    return sign_in(customer)


@pytest.fixture
def ben(customer):
    with transaction():
        patient_id = service.add(customer, Relation.CHILD, "Ben Specimen", date(2015, 3, 2), AT)
    return queries.by_id(patient_id).reference


def post(browser, path, **fields):
    return browser.post(path, data={"csrf_token": csrf_token(browser), **fields})


def test_an_empty_list_says_how_to_begin_and_proposes_the_account_holder(browser):
    assert 'data-state="empty"' in browser.get(HOME).text
    page = browser.get(f"{HOME}/add").text
    assert 'value="Ada Specimen"' in page
    assert re.search(r'<option selected value="self"', page)


def test_a_person_is_added_then_asked_once_and_the_way_leads_back(browser, customer):
    answer = post(browser, f"{HOME}/add", **PERSON, return_to="/basket")
    one = queries.of_account(customer)[0]
    assert answer.status_code == 303
    assert answer.location == f"{HOME}/{one.reference}/health?return_to=/basket"
    answer = post(browser, answer.location, **ANSWERS, return_to="/basket")
    assert (answer.status_code, answer.location) == (303, "/basket")
    health = queries.by_id(one.id).health
    assert (health.allergies, health.conditions) == (("penicillin: rash", "peanut"), ())
    assert (str(health.weight), health.kidneys, health.pregnancy) == ("38.5", Kidneys.NO_PROBLEM, YesNo.NO)
    assert 'data-count="1"' in browser.get(HOME).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"birth_date": ""}, "birth_date"),
        ({"birth_date": "3/2/2015"}, "birth_date"),
        ({"birth_date": "2999-01-01"}, "birth_date"),
        ({"birth_date": "1980-01-01"}, "birth_date"),  # no child
        ({"relation": ""}, "relation"),
        ({"relation": "cousin"}, "relation"),
        ({"return_to": "https://elsewhere.example/"}, ""),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(browser, customer, changes, field):
    answer = post(browser, f"{HOME}/add", **PERSON | changes)
    if not field:
        assert "elsewhere" not in answer.location
        return
    assert answer.status_code == 422
    assert re.search(
        rf'aria-invalid="true"[^>]*id="{field}"|id="{field}"[^>]*aria-invalid="true"', answer.text
    )
    assert queries.of_account(customer) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"allergies": ""},
        {"allergies_said": "none"},
        {"allergies": "\n".join(f"a{number}" for number in range(21))},
        {"allergies": "x" * 121},
        {"weight": "heavy"},
        {"weight_unknown": "y"},
    ],
)
def test_an_answer_that_contradicts_itself_is_not_kept(browser, ben, changes):
    answer = post(browser, f"{HOME}/{ben}/health", **ANSWERS | changes)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_question_left_alone_stays_open(browser, ben, customer):
    assert post(browser, f"{HOME}/{ben}/health", conditions_said="none", notice="y").status_code == 303
    page = browser.get(f"{HOME}/{ben}").text
    assert 'data-missing="allergies medicines pregnancy breastfeeding weight kidneys"' in page
    assert queries.own(customer, ben).health_confirmed_at is None


def test_the_page_shows_who_has_read_it_by_role_and_name(browser, ben, make_user):
    pharmacist = make_user("pharmacist", name="Marion Sample")
    with transaction():
        service.record_reading(
            queries.found_by("Ben Specimen", date(2015, 3, 2))[0].id, pharmacist, "pharmacist", now()
        )
    page = browser.get(f"{HOME}/{ben}").text
    assert re.findall(r'data-role="(\w+)"', page) == ["customer", "pharmacist"]
    assert "Marion Sample" in page


def test_a_removal_can_be_undone_from_the_list(browser, ben):
    assert post(browser, f"{HOME}/{ben}/remove").location == HOME
    assert browser.get(f"{HOME}/{ben}").status_code == 404
    assert f"{HOME}/{ben}/put-back" in browser.get(HOME).text
    assert post(browser, f"{HOME}/{ben}/put-back").location == HOME
    assert browser.get(f"{HOME}/{ben}").status_code == 200


@pytest.mark.parametrize("path", ["", "/edit", "/health"])
def test_somebody_elses_patient_is_not_found(ben, sign_in, make_user, path):
    stranger = sign_in(make_user("customer"))
    assert stranger.get(f"{HOME}/{ben}{path}").status_code == 404
    for step in ("/edit", "/health", "/remove", "/put-back"):
        assert post(stranger, f"{HOME}/{ben}{step}", **PERSON | ANSWERS).status_code == 404
    one = queries.found_by("Ben Specimen", date(2015, 3, 2))[0]
    assert (one.reference, one.removed_at, one.health.allergies) == (ben, None, None)


def test_the_list_costs_the_same_few_queries_however_many_people(browser, ben, customer):
    few = browser.get(HOME).headers["X-Query-Count"]
    with transaction():
        for number in range(5):
            service.add(customer, Relation.CHILD, f"Cy Specimen {number}", date(2016, 1, 1), AT)
    assert browser.get(HOME).headers["X-Query-Count"] == few
