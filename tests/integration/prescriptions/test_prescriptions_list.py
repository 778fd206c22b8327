"""The customer's list: one patient's, a medicine found, when a supply ends, and asking the prescriber."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.clock import today
from shop.database import db, transaction
from shop.patients import queries as patients
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import Prescription, PrescriptionItem
from tests.factories import add_child, make_variant, patient_of
from tests.integration.prescriptions.conftest import AT, TODAY
from tests.integration.prescriptions.sending import token


@pytest.fixture
def browser(customer, sign_in):
    return sign_in(customer)


def ship(item_id: int, line: int, units: int) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, units, AT, TODAY)
    with transaction():
        quantities.dispense_quantity([line], AT)


def give_to(reference: str, patient_id: int) -> None:
    """As if the pharmacist had approved it for this patient."""
    with transaction():
        db.session.execute(
            update(Prescription).where(Prescription.reference == reference).values(patient_id=patient_id)
        )


def find(browser, words: str):
    page = browser.get("/prescriptions")
    return browser.post("/prescriptions/find", data={"csrf_token": token(page), "q": words})


def shown(page) -> list[str]:
    return re.findall(r'<h2 id="p-\d+"><a href="/prescriptions/(\w+)"', page.text)


def test_each_patient_has_their_own_list_and_another_accounts_is_none(
    browser, customer, make_user, approve, baclofen
):
    mine, theirs = approve(baclofen)[0], approve(baclofen)[0]
    child = add_child(customer)
    give_to(theirs, child)
    own = {one.id: one.reference for one in patients.of_account(customer)}
    db.session.rollback()
    assert set(shown(browser.get("/prescriptions"))) == {mine, theirs}
    assert shown(browser.get(f"/prescriptions?patient={own[child]}")) == [theirs]
    other = patients.by_id(patient_of(make_user("customer", name="Eve Sample"), "Eve Sample"))
    db.session.rollback()
    assert set(shown(browser.get(f"/prescriptions?patient={other.reference}"))) == {mine, theirs}


def test_a_patient_without_any_says_so(browser, customer, approve, baclofen):
    approve(baclofen)
    child = patients.by_id(add_child(customer))
    db.session.rollback()
    page = browser.get(f"/prescriptions?patient={child.reference}")
    assert shown(page) == []
    assert 'data-state="nothing-found"' in page.text


def test_a_medicine_is_found_by_its_name_and_no_address_bears_it(browser, approve, baclofen):
    one, other = approve(baclofen)[0], approve(make_variant("Atorvastatin", "20 mg"))[0]
    assert shown(find(browser, "bacl 10")) == [one]
    assert shown(find(browser, "ATORVA")) == [other]
    assert 'data-state="nothing-found"' in find(browser, "zzz").text
    assert set(shown(find(browser, " "))) == {one, other}
    assert 'action="/prescriptions/find"' in (page := browser.get("/prescriptions")).text
    assert not re.search(r'<form(?![^>]*method="post")[^>]*/prescriptions/find', page.text)


def test_nobody_finds_another_accounts_medicine(approve, baclofen, make_user, sign_in):
    approve(baclofen)
    stranger = sign_in(make_user("customer"))
    assert shown(find(stranger, "baclofen")) == []


def test_what_was_sent_lasts_until_a_day_and_nothing_says_so_before(browser, approve, baclofen):
    _, item_id = approve(baclofen, 90, 1, days=30)
    assert "data-run-out" not in browser.get("/prescriptions").text
    ship(item_id, 1, 60)
    ends = (TODAY + timedelta(days=20)).isoformat()
    assert f'data-run-out="{ends}"' in browser.get("/prescriptions").text


def test_two_prescriptions_of_one_medicine_last_one_after_the_other(browser, approve, baclofen):
    for line in (1, 2):
        ship(approve(baclofen, 90, 1, days=30)[1], line, 90)
    ends = (TODAY + timedelta(days=60)).isoformat()
    assert browser.get("/prescriptions").text.count(f'data-run-out="{ends}"') == 2


def test_without_days_supply_no_day_is_named(browser, approve, baclofen):
    _, item_id = approve(baclofen, 90, 1, days=30)
    ship(item_id, 1, 90)
    with transaction():
        db.session.execute(update(PrescriptionItem).values(days_supply=None))
    assert "data-run-out" not in browser.get("/prescriptions").text


def test_the_last_fill_leads_to_a_request_unless_another_prescription_covers_it(browser, approve, baclofen):
    approve(baclofen, 90, 3)
    assert "data-renewal" not in browser.get("/prescriptions").text
    reference, item_id = approve(make_variant(strength="20 mg"), 90, 0)
    page = browser.get("/prescriptions").text
    assert f"/prescriptions/{reference}/request/1" in page
    assert 'data-renewal="last_fill"' in page
    ship(item_id, 1, 90)
    assert 'data-renewal="used_up"' in browser.get("/prescriptions").text
    of = select(PrescriptionItem.variant_id).where(PrescriptionItem.id == item_id)
    again = db.session.scalars(of).one()
    db.session.rollback()
    approve(again, 90, 3)
    assert "data-renewal" not in browser.get("/prescriptions").text


def test_the_request_names_patient_medicine_directions_and_pharmacy_and_nothing_in_its_address(
    browser, approve, baclofen
):
    reference, item_id = approve(baclofen, 90, 0)
    ship(item_id, 1, 90)
    answer = browser.get(f"/prescriptions/{reference}/request/1")
    assert answer.status_code == 200
    for fact in (
        "Ada Specimen",
        "March 2, 1971",
        "Baclofen tablet 10 mg",
        "1 tablet three times a day",
        "November 22, 2026",
        "Ivor Sample, MD",
        "(555) 555-0142",
    ):
        assert fact in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_else_prints_a_request_and_no_line_is_made_up(browser, approve, baclofen, make_user, sign_in):
    reference, _ = approve(baclofen, 90, 0)
    assert browser.get(f"/prescriptions/{reference}/request/2").status_code == 404
    assert browser.get("/prescriptions/made-up/request/1").status_code == 404
    stranger = sign_in(make_user("customer"))
    assert stranger.get(f"/prescriptions/{reference}/request/1").status_code == 404


def test_a_refill_is_offered_for_its_own_patient_and_for_nobody_who_was_removed(
    browser, customer, approve, baclofen
):
    with transaction():
        db.session.execute(update(Prescription).values(expires_on=today()))
    reference, _ = approve(baclofen, 90, 3)
    child = add_child(customer)
    give_to(reference, child)
    own = {one.id: one.reference for one in patients.of_account(customer)}
    db.session.rollback()
    page = browser.get("/prescriptions").text
    assert f'name="patient" value="{own[child]}"' in page
    from shop.patients import service

    with transaction():
        service.remove(customer, own[child], AT)
    assert 'class="again"' not in browser.get("/prescriptions").text
