"""Deciding at the desk: approvals, questions, refusals, and what is in their way."""

import re

import pytest

from shop.clock import now, today
from shop.database import transaction
from shop.prescriptions.ledger import quantities
from shop.prescriptions.reasons import sentence
from tests.factories import make_variant
from tests.integration.outbox.queued import mails
from tests.integration.pharmacist.desk_browser import Desk, entered, first_outcomes, status
from tests.integration.prescriptions.conftest import covered


def test_an_approval_makes_the_prescription_usable(desk, submit, customer, baclofen):
    reference = submit()
    answer = desk.decide(reference, "approve", note="Take it with food", **entered(baclofen))
    assert (answer.status_code, answer.location) == (303, "/pharmacist/")
    found = covered(customer, baclofen, now().date())
    assert (found.state, found.now, found.next_units, found.fill_quantity) == ("approved", 90, 90, 90)
    assert mails() == ["prescription_received", "prescription_approved"]


def test_after_a_decision_the_next_in_the_queue_is_opened(desk, submit, baclofen):
    first, second = submit(), submit()
    answer = desk.decide(first, "approve", **entered(baclofen))
    assert answer.location == f"/pharmacist/prescriptions/{second}"


IN_THE_WAY: list[tuple[dict[str, str], str]] = [
    ({"items-0-refills": ""}, 'id="check-refills-0"'),
    ({"items-0-quantity": ""}, 'id="check-quantity-0"'),
    ({"items-0-quantity": "ninety"}, 'id="outcome-quantity_read-0"'),
    ({"items-0-quantity": "1001"}, 'href="#items-0-quantity"'),
    ({"items-0-quantity": "0"}, 'href="#items-0-quantity"'),
    ({"items-0-refills": "-1"}, 'href="#items-0-refills"'),
    ({"items-0-refills": "100"}, 'href="#items-0-refills"'),
    ({"items-0-variant_id": ""}, 'id="check-medicine-0"'),
    ({"items-0-variant_id": "999999"}, 'id="check-medicine-0"'),
    ({"prescriber_npi": "1234567890"}, 'id="check-npi"'),
    ({"issued_on": "31 11 2026"}, 'href="#issued_on"'),
    ({"issued_on": "2999-01-01"}, 'id="check-date"'),
    ({"issued_on": "2001-01-01"}, 'id="check-date"'),
    ({"signed": ""}, 'id="check-signature"'),
    ({"patient": ""}, 'id="check-patient"'),
    ({"patient": "0" * 32}, 'id="check-patient"'),
    ({"patient_birth_date": "1999-01-01"}, 'id="outcome-same_birth"'),
    ({"patient_name": ""}, 'id="check-patient"'),
    ({"patient_name": "Bo Other"}, 'id="outcome-patient"'),
    ({"note": "x" * 501}, 'href="#note"'),
]


def test_an_approval_is_refused_with_what_is_in_its_way(desk, submit, baclofen, ada):
    reference = submit()
    for changes, found in IN_THE_WAY:
        answer = desk.decide(reference, "approve", **(entered(baclofen, patient=ada) | changes))
        assert answer.status_code == 422, changes
        assert found in answer.text, changes
        assert 'role="alert"' in answer.text, changes
        assert 'value="1 tablet three times a day"' in answer.text, changes
        assert (status(reference), mails()) == ("waiting", ["prescription_received"]), changes


def test_an_approval_goes_through_once_the_pharmacist_gave_an_outcome(desk, submit, baclofen, ada):
    reference = submit()
    fields = entered(baclofen, patient_name="Bo Specimen", patient=ada) | {"outcome-patient": "name_changed"}
    assert desk.decide(reference, "approve", **fields).status_code == 303
    assert status(reference) == "approved"


@pytest.mark.parametrize(("decision", "state"), [("ask", "asked"), ("refuse", "refused")])
def test_asking_and_refusing_need_a_coded_reason(desk, submit, decision, state, baclofen, customer, sign_in):
    reference = submit()
    answer = desk.decide(reference, decision, **entered(baclofen))
    assert (answer.status_code, status(reference)) == (422, "waiting")
    assert 'id="reason"' in answer.text
    assert 'value="Ivor Sample, MD"' in answer.text
    note = "Please send the second page."
    assert desk.decide(reference, decision, reason="page_missing", note=note).status_code == 303
    assert status(reference) == state
    page = sign_in(customer).get("/prescriptions").text
    assert sentence("page_missing") in page
    assert note in page


NONSENSE: list[tuple[str, dict[str, str]]] = [
    ("ask", {"reason": "controlled"}),
    ("ask", {"reason": "other"}),
    ("refuse", {"reason": "no such reason"}),
    ("burn", {"reason": "other", "note": "x"}),
    ("", {}),
]


def test_a_decision_that_makes_no_sense_is_refused(desk, submit):
    reference = submit()
    for decision, fields in NONSENSE:
        assert desk.decide(reference, decision, **fields).status_code == 422, (decision, fields)
        assert status(reference) == "waiting", (decision, fields)


def test_a_question_is_answered_and_comes_back_with_its_letters(desk, submit, customer, sign_in, baclofen):
    reference = submit()
    desk.decide(reference, "ask", reason="refills_missing", note="How many refills?")
    browser = sign_in(customer)
    page = browser.get(f"/prescriptions/{reference}").text
    assert "How many refills?" in page
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    empty = browser.post(f"/prescriptions/{reference}/answer", data={"csrf_token": token})
    assert (empty.status_code, status(reference)) == (422, "asked")
    browser.post(
        f"/prescriptions/{reference}/answer",
        data={"csrf_token": token, "notice": "y", "text": "None, he says"},
    )
    assert status(reference) == "waiting"
    assert "None, he says" in desk.open(reference).text


def test_the_second_pharmacist_to_decide_is_told_so(desk, submit, sign_in, make_user, baclofen):
    reference = submit()
    late = Desk(sign_in(make_user("pharmacist")))
    settled = first_outcomes(late.post(reference, "check", do="check", **entered(baclofen)).text)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', late.open(reference).text)[1]
    assert desk.decide(reference, "refuse", reason="unreadable").status_code == 303
    fields = entered(baclofen) | settled | {"csrf_token": token, "decision": "approve"}
    answer = late.client.post(f"/pharmacist/prescriptions/{reference}/decide", data=fields)
    assert answer.status_code == 409
    assert status(reference) == "refused"


def test_the_next_fill_is_opened_early_with_a_reason_and_not_without(desk, approve, baclofen, customer):
    reference, item_id = approve(baclofen, 90, 1)
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, now(), today())
        quantities.dispense_quantity([1], now())
    action = f"items/{item_id}/open-fill"
    assert action in desk.open(reference).text
    assert desk.post(reference, action, reason="").status_code == 422
    assert desk.post(reference, action, reason="vacation").status_code == 303
    assert covered(customer, baclofen, today()).now == 90
    page = desk.open(reference).text
    assert (page.count(action), "data-close-fill" in page) == (1, True)  # closed, but not opened again
    assert desk.post(reference, action, reason="vacation").status_code == 409


def test_fills_are_combined_with_a_reason_and_a_judgment_and_separated_again(desk, approve, customer):
    variant_id = make_variant("Amoxicillin", "500 mg", form="capsule")
    reference, item_id = approve(variant_id, 90, 3)
    action = f"items/{item_id}/combine-fills"
    fields = {"count": "3", "reason": "travel", "judgment": "label_read"}
    assert action in desk.open(reference).text
    for changed in ({"count": ""}, {"count": "²"}, {"reason": "because"}, {"judgment": ""}):
        assert desk.post(reference, action, **(fields | changed)).status_code == 422
    assert desk.post(reference, action, **(fields | {"count": "9"})).status_code == 409
    assert desk.post(reference, action, **fields).status_code == 303
    assert covered(customer, variant_id, today()).now == 270
    assert 'name="separate"' in desk.open(reference).text
    assert desk.post(reference, action, separate="yes").status_code == 303
    assert covered(customer, variant_id, today()).now == 90
    assert desk.post(reference, action, separate="yes").status_code == 409


def test_where_an_overdose_is_a_risk_the_desk_says_so_and_offers_nothing(desk, approve, baclofen):
    reference, item_id = approve(baclofen, 90, 3)
    page = desk.open(reference).text
    assert 'data-risk="baclofen"' in page
    assert f"items/{item_id}/combine-fills" not in page
    fields = {"count": "2", "reason": "travel", "judgment": "label_read"}
    assert desk.post(reference, f"items/{item_id}/combine-fills", **fields).status_code == 409


def test_a_decision_is_undone_from_the_queue_and_what_was_typed_is_there_again(desk, submit, baclofen):
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen))
    assert f'action="/pharmacist/prescriptions/{reference}/undo"' in desk.client.get("/pharmacist/").text
    assert desk.post(reference, "undo").status_code == 303
    page = desk.open(reference).text
    assert (status(reference), mails()) == ("waiting", ["prescription_received"])
    assert 'value="1 tablet three times a day"' in page
    assert "/undo" not in page
    assert desk.post(reference, "undo").status_code == 409


def test_an_approval_is_revoked_with_a_reason_of_its_own_and_not_without(desk, submit, baclofen):
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen))
    for fields in ({"reason": ""}, {"reason": "unreadable"}, {"reason": "other", "note": "x" * 501}):
        assert desk.post(reference, "revoke", **fields).status_code == 422
        assert status(reference) == "approved"
    assert desk.post(reference, "revoke", reason="prescriber_stopped").status_code == 303
    assert (status(reference), mails()[-1]) == ("revoked", "prescription_revoked")
    assert 'data-status="revoked"' in desk.open(reference).text
    assert desk.post(reference, "revoke", reason="prescriber_stopped").status_code == 409
