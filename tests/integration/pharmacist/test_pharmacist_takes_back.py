"""The way back from a mistake at the desk and on the customer's page: a question, a fill, a withdrawal."""

import pytest

from shop.database import db, transaction
from shop.patients import service as patient_steps
from shop.prescriptions import queries, service
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger import early_fill, quantities
from shop.prescriptions.steps import AlreadyDecided
from shop.prescriptions.verification import taking_back
from tests.csrf import csrf_token
from tests.integration.outbox import queued
from tests.integration.pharmacist.desk_browser import entered
from tests.integration.prescriptions.conftest import AT, TODAY


def status(reference: str) -> str:
    db.session.rollback()
    found = queries.by_reference(reference).status
    db.session.rollback()
    return found


def ask(desk, reference: str) -> None:
    answer = desk.post(reference, "decide", decision="ask", reason="unreadable", note="")
    assert (answer.status_code, status(reference)) == (303, "asked")


def test_a_question_is_taken_back_untold_and_the_prescription_is_decided(desk, submit, baclofen, ada):
    reference = submit()
    ask(desk, reference)
    page = desk.open(reference).text
    assert f'action="/pharmacist/prescriptions/{reference}/question/take-back"' in page
    assert desk.post(reference, "question/take-back").status_code == 303
    assert status(reference) == "waiting"
    assert queries.by_reference(reference).reason is None
    assert "prescription_asked" not in queued.mails()
    desk.post(reference, "decide", decision="approve", **entered(baclofen, patient=ada))
    assert status(reference) == "approved"


def test_of_answer_and_taking_back_the_second_is_refused(desk, submit, customer, pharmacist):
    reference = submit()
    ask(desk, reference)
    with transaction():
        service.answer(reference, customer, [], "90 tablets", AT)
    answer = desk.post(reference, "question/take-back")
    assert 'data-refused="prescription_moved_on"' in desk.client.get(answer.location).text
    assert queries.by_reference(reference).reason is not None  # it stays answered
    ask(desk, reference)
    with transaction():
        taking_back.take_back_question(reference, pharmacist, AT)
    with pytest.raises(AlreadyDecided), transaction():
        service.answer(reference, customer, [], "90 tablets", AT)


def test_a_fill_opened_early_is_closed_at_the_desk(desk, approve, baclofen, pharmacist):
    reference, item_id = approve(baclofen, 90, 2)
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, AT, TODAY)
        quantities.dispense_quantity([1], AT)
        early_fill.open_next(reference, item_id, EarlyReason.VACATION, pharmacist, AT, TODAY)
    assert "data-close-fill" in desk.open(reference).text
    answer = desk.post(reference, f"items/{item_id}/open-fill", close="yes")
    assert answer.status_code == 303
    assert "data-close-fill" not in desk.open(reference).text
    assert desk.post(reference, f"items/{item_id}/open-fill", close="yes").status_code == 409


def test_what_a_customer_withdrew_is_put_back_by_them_alone(submit, sign_in, make_user, customer, desk):
    reference, browser = submit(), sign_in(customer)
    page = f"/prescriptions/{reference}"
    browser.post(f"{page}/withdraw", data={"csrf_token": csrf_token(browser)})
    assert status(reference) == "withdrawn"
    assert f'action="{page}/put-back"' in browser.get(page).text
    other = sign_in(make_user("customer"))
    assert other.post(f"{page}/put-back", data={"csrf_token": csrf_token(other)}).status_code == 404
    assert browser.post(f"{page}/put-back", data={"csrf_token": csrf_token(browser)}).status_code == 303
    assert status(reference) == "waiting"
    assert reference in desk.client.get("/pharmacist/").text
    again = browser.post(f"{page}/put-back", data={"csrf_token": csrf_token(browser)})
    assert again.status_code == 409


def test_nothing_is_put_back_for_a_person_who_was_removed(submit, sign_in, customer):
    with transaction():
        patient_id = patient_steps.add(customer, patient_steps.Relation.CHILD, "Bea Specimen", TODAY, AT)
    reference, browser = submit(patient_id=patient_id), sign_in(customer)
    person = queries.by_reference(reference).patient_id
    with transaction():
        service.withdraw(reference, customer, AT)
    from shop.patients import queries as patients

    with transaction():
        patient_steps.remove(customer, patients.by_id(person).reference, AT)
    token = csrf_token(browser)
    assert browser.post(f"/prescriptions/{reference}/put-back", data={"csrf_token": token}).status_code == 404
    assert status(reference) == "withdrawn"
