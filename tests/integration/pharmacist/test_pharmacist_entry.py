"""Staff enter a prescription: the patient is found exactly, the same desk opens, and the customer sees it."""

import re

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db
from shop.patients import queries as patients
from shop.prescriptions.models import Prescription
from shop.prescriptions.origins import LABELS
from shop.prescriptions.states import Origin
from tests.csrf import csrf_token
from tests.factories import patient_of
from tests.integration.checkout.store_counter import Customer
from tests.integration.outbox.queued import mails
from tests.integration.pharmacist.desk_browser import entered, status
from tests.integration.pharmacist.test_pharmacist_header import offered, row

BORN = "1971-03-02"
CALLED = {"origin": "phone", "received_name": "Pat Sample, nurse", "read_back": "y", "signed": ""}


def find(desk, name: str = "Ada Specimen", birth_date: str = BORN):
    token = csrf_token(desk.client)
    fields = {"csrf_token": token, "name": name, "birth_date": birth_date}
    return desk.client.post("/pharmacist/enter", data=fields), token


def enter(desk, patient: str, origin: str = "phone"):
    _, token = find(desk)
    return desk.client.post(f"/pharmacist/enter/{patient}", data={"csrf_token": token, "origin": origin})


@pytest.fixture
def phoned(desk, ada) -> str:
    """A prescription by telephone on the desk: its reference."""
    answer = enter(desk, ada)
    assert answer.status_code == 303
    return answer.location.rsplit("/", 1)[1]


def readings() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditRecord).where(AuditRecord.event == "patient:read")).all())


@pytest.mark.parametrize("name", ["Ada Specimen", "specimen, ADA"])
def test_a_patient_is_found_by_name_and_birth_date_and_that_is_recorded(desk, ada, name):
    answer, _ = find(desk, name)
    assert f'data-patient="{ada}"' in answer.text
    assert readings() == 1


@pytest.mark.parametrize(
    ("name", "birth_date"), [("Ada Specimen", "1971-03-03"), ("Ada Specime", BORN), ("Ada", BORN)]
)
def test_nobody_else_is_shown_and_the_page_says_how_to_go_on(desk, ada, name, birth_date):
    answer, _ = find(desk, name, birth_date)
    assert 'data-state="nobody"' in answer.text
    assert ada not in answer.text
    assert readings() == 0


WRONG = [("", BORN), ("Ada", ""), ("Ada", "2999-01-01"), ("Ada", "x")]


@pytest.mark.parametrize(("name", "birth_date"), WRONG)
def test_what_is_missing_is_said(desk, name, birth_date):
    answer, _ = find(desk, name, birth_date)
    assert answer.status_code == 422


def test_the_same_person_in_two_accounts_is_shown_twice(desk, ada, make_user):
    other = make_user("customer", name="Ada Specimen")
    patient_of(other)
    answer, _ = find(desk)
    assert answer.text.count("data-patient=") == 2
    assert readings() == 2


def test_the_desk_opens_without_a_document_for_who_entered_it(desk, phoned, pharmacist, customer):
    page = desk.open(phoned).text
    assert "data-no-document" in page
    assert 'data-claim="mine"' in page
    assert offered(page) == ["phone", "fax", "paper", "transfer", "electronic"]
    assert re.search(r'name="patient_name"[^>]*value="Ada Specimen"', page)
    assert f'value="{BORN}"' in page
    kept = row(phoned)
    assert (kept.entered_by, kept.claimed_by, kept.user_id) == (pharmacist, pharmacist, customer)
    assert (kept.origin, kept.documents, mails()) == ("phone", [], [])
    assert desk.client.get(f"/pharmacist/prescriptions/{phoned}?page=2&zoom=200&turn=90").status_code == 200
    assert desk.post(phoned, "check", do="larger").status_code == 200
    assert LABELS[Origin.PHONE] in desk.client.get("/pharmacist/").text


def test_a_phoned_one_is_approved_the_customer_told_and_nothing_waits_for_a_confirmation(
    desk, phoned, ada, baclofen, customer, sign_in
):
    fields = entered(baclofen, patient=ada, **CALLED)
    missing = desk.decide(phoned, "approve", **(fields | {"received_name": "", "read_back": ""}))
    assert missing.status_code == 422
    assert 'id="check-received_name"' in missing.text
    assert 'id="check-read_back"' in missing.text
    buyer = Customer(sign_in(customer), customer)
    assert 'data-status="waiting"' in buyer.get("/prescriptions").text
    assert desk.decide(phoned, "approve", **fields).status_code == 303
    kept = row(phoned)
    assert (kept.status, kept.origin, kept.received_from) == ("approved", "phone", "Pat Sample, nurse")
    assert mails() == ["prescription_approved"]
    page = buyer.get(f"/prescriptions/{phoned}").text
    assert 'data-entered="phone"' in page
    assert "data-copy" not in page
    assert "Pat Sample" not in page
    assert "data-confirmed" not in desk.open(phoned).text


def test_a_transfer_keeps_the_other_pharmacy_and_its_number(desk, ada, baclofen):
    reference = enter(desk, ada, "transfer").location.rsplit("/", 1)[1]
    transfer = {
        "origin": "transfer",
        "received_name": "Example Pharmacy",
        "received_phone": "(555) 555-0110",
        "received_person": "Jo Sample",
        "original_number": "77-123",
        "outcome-transfer_refills": "remaining",
    }
    assert desk.decide(reference, "approve", **entered(baclofen, patient=ada, **transfer)).status_code == 303
    kept = row(reference)
    assert kept.received_from == "Example Pharmacy\n(555) 555-0110\nJo Sample"
    assert kept.original_number == "77-123"
    desk.post(reference, "undo")
    page = desk.open(reference).text
    for value in ("Example Pharmacy", "(555) 555-0110", "Jo Sample", "77-123"):
        assert f'value="{value}"' in page


@pytest.mark.parametrize("origin", ["photo", "", "nothing such"])
def test_staff_enter_no_photo_and_nothing_unknown(desk, ada, origin):
    assert enter(desk, ada, origin).status_code == 422
    assert db.session.scalars(select(Prescription)).all() == []


def test_nobody_is_entered_for_a_patient_who_is_not_there(desk, ada):
    assert enter(desk, "none").status_code == 404


def test_a_slip_is_discarded_before_the_decision_and_only_by_staff(desk, phoned, submit, customer, sign_in):
    buyer = Customer(sign_in(customer), customer)
    page = buyer.get(f"/prescriptions/{phoned}").text
    assert "/withdraw" not in page
    buyer.post(f"/prescriptions/{phoned}/withdraw")
    assert status(phoned) == "waiting"
    assert desk.post(phoned, "discard").status_code == 303
    assert (status(phoned), mails()) == ("withdrawn", [])
    assert desk.open(phoned).status_code == 404
    assert buyer.get(f"/prescriptions/{phoned}").status_code == 200
    sent = submit()
    assert desk.post(sent, "discard").status_code == 409
    assert status(sent) == "waiting"


def test_another_pharmacists_entry_is_not_discarded(desk, phoned, sign_in, make_user):
    from tests.integration.pharmacist.desk_browser import Desk

    other = Desk(sign_in(make_user("pharmacist")))
    assert other.post(phoned, "discard").status_code == 409
    assert status(phoned) == "waiting"


def test_what_staff_entered_is_recorded_as_codes(desk, phoned):
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "prescription:entered")).one()
    patient = patients.by_id(row(phoned).patient_id)
    assert record.detail == {"origin": "phone", "patient": patient.id}
