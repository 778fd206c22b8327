"""The verification desk over HTTP: what it shows, what it keeps, whom it keeps out."""

import re

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.models import Job
from shop.prescriptions import queries, service
from shop.prescriptions.reasons import WORDS, Reason
from tests.factories import make_variant
from tests.integration.pharmacist.desk_browser import Desk, entered, status


def test_the_queue_shows_who_waits_and_an_empty_one_says_so(desk, submit):
    assert 'class="empty"' in desk.client.get("/pharmacist/").text
    submit()
    page = desk.client.get("/pharmacist/").text
    assert "Ada Specimen" in page
    assert 'class="empty"' not in page


@pytest.mark.parametrize("tab", ["asked", "decided"])
def test_the_other_lists_say_when_they_are_empty(desk, tab):
    assert 'class="empty"' in desk.client.get(f"/pharmacist/?tab={tab}").text


def test_a_long_queue_has_pages_and_takes_as_many_queries_as_a_short_one(desk, submit):
    submit()
    one = int(desk.client.get("/pharmacist/").headers["X-Query-Count"])
    for _ in range(9):
        submit()
    page = desk.client.get("/pharmacist/")
    assert page.text.count('<th scope="row">') == 10
    assert int(page.headers["X-Query-Count"]) == one <= 8  # three of them are the counts in the header


def test_the_desk_hints_at_what_the_customer_waits_for(desk, submit, customer, baclofen):
    over_the_counter = make_variant("Naproxen", "220 mg", rx=False)
    with transaction():
        for variant_id in (baclofen, over_the_counter):
            basket.add(BasketOwner(user_id=customer), variant_id, 90, now())
    page = desk.open(submit()).text
    assert re.search("data-wanted>[^<]*Baclofen tablet 10 mg, 90", page)
    assert f'<option value="{baclofen}">Baclofen tablet 10 mg</option>' in page
    assert "Naproxen" not in page


def test_the_desk_shows_the_document_and_never_a_payment(desk, submit):
    page = desk.open(submit(note="For my back")).text
    assert re.search(r'<image href="/prescriptions/documents/\w+/1" width="60" height="80"', page)
    assert "For my back" in page
    assert not re.search(r"payment|card|\$", page, re.I)


def test_the_checks_are_shown_with_what_was_typed(desk, submit, baclofen, ada):
    answer = desk.post(
        submit(),
        "check",
        do="check",
        **entered(baclofen, **{"items-0-refills": "", "patient_name": "Bo Other", "patient": ada}),
    )
    assert answer.status_code == 200
    assert 'id="outcome-patient"' in answer.text
    assert 'value="Bo Other"' in answer.text
    assert 'aria-describedby="check-refills-0"' in answer.text
    assert f'<option selected value="{baclofen}">' in answer.text


def test_turning_the_document_keeps_what_was_typed(desk, submit, baclofen):
    answer = desk.post(submit(), "check", do="right", **entered(baclofen))
    assert 'viewBox="0 0 80 60"' in answer.text
    assert 'transform="translate(80 0) rotate(90)"' in answer.text
    assert 'value="Ivor Sample, MD"' in answer.text
    assert "data-not-run" in answer.text


def test_another_medicine_is_found_added_and_removed_without_losing_a_word(desk, submit, baclofen):
    other, reference = make_variant("Atorvastatin", "20 mg"), submit()
    answer = desk.post(reference, "check", do="add_item", **entered(baclofen))
    assert 'name="items-1-quantity"' in answer.text
    found = desk.post(
        reference,
        "check",
        do="find-1",
        **entered(baclofen),
        **{"items-1-find": "atorva 20", "items-1-quantity": "3o"},
    )
    assert f'<option value="{other}">atorvaSTATin tablet 20 mg</option>' in found.text
    assert 'value="3o"' in found.text
    fields = entered(baclofen) | {"items-1-variant_id": str(other), "items-1-quantity": "30"}
    removed = desk.post(reference, "check", do="remove_item-0", **fields)
    assert 'name="items-1-quantity"' not in removed.text
    assert f'<option selected value="{other}">' in removed.text
    nothing = desk.post(reference, "check", do="find-0", **entered(baclofen), **{"items-0-find": "zzz"})
    assert 'id="items-0-find-e"' in nothing.text


@pytest.mark.parametrize("typed", ["tramadol", "Percocet 5/325", "XANAX", "methadone hcl"])
def test_a_controlled_medicine_is_answered_with_the_reason_to_refuse(desk, submit, baclofen, typed):
    answer = desk.post(submit(), "check", do="find-0", **entered(baclofen), **{"items-0-find": typed})
    assert 'id="items-0-find-e"' in answer.text
    assert "schedule I" in answer.text
    assert WORDS[Reason.CONTROLLED].short in answer.text


def test_who_is_on_it_is_shown_and_kept_from_others(desk, submit, sign_in, make_user, baclofen):
    reference = submit()
    assert desk.post(reference, "claim").status_code == 303
    assert 'data-claim="mine"' in desk.open(reference).text
    other = Desk(sign_in(make_user("pharmacist", name="T. Mock")))
    page = other.open(reference).text
    assert 'data-claim="another"' in page
    assert "Marion Sample" in page
    answer = other.decide(reference, "approve", **entered(baclofen))
    assert answer.status_code == 409
    assert 'value="Ivor Sample, MD"' in answer.text
    assert other.post(reference, "claim").status_code == 409
    desk.post(reference, "claim", let_go="1")
    assert 'data-claim="none"' in desk.open(reference).text


def test_a_decided_prescription_is_shown_without_a_form(desk, submit, baclofen):
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen))
    page = desk.open(reference).text
    assert 'data-status="approved"' in page
    assert 'name="decision"' not in page
    assert "180 of 180" in page
    assert 'data-fill="approved"' in page


@pytest.mark.parametrize("role", ["customer", "admin"])
def test_others_are_kept_out(submit, sign_in, make_user, role):
    reference, client = submit(), sign_in(make_user(role))
    for address in ("/pharmacist/", f"/pharmacist/prescriptions/{reference}"):
        assert client.get(address).status_code == 403
    assert client.get("/pharmacist/").text.count("Ada Specimen") == 0


def test_no_page_of_the_desk_carries_style_or_script_of_its_own(desk, submit, baclofen):
    page = desk.post(submit(), "check", do="check", **entered(baclofen)).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_no_health_data_reaches_jobs_or_the_audit_record(desk, submit, baclofen):
    reference = submit(note="for my back")
    desk.decide(reference, "ask", reason="refills_missing", note="How many refills of baclofen?")
    with transaction():
        service.answer(reference, queries.by_reference(reference).user_id, [], "None", now())
    desk.decide(reference, "approve", note="with food", **entered(baclofen))
    assert status(reference) == "approved"
    written = [str(job.payload) for job in db.session.scalars(select(Job))]
    written += [str(row.detail) for row in db.session.scalars(select(AuditRecord))]
    found = re.search(r"baclofen|back|food|\bAda\b|Ivor|1234567893|three times", " ".join(written), re.I)
    assert found is None


def test_a_withdrawn_prescription_has_left_the_desk(desk, submit, customer):
    reference = submit()
    with transaction():
        service.withdraw(reference, customer, now())
    answer = desk.open(reference)
    assert answer.status_code == 404
    assert "scan.png" not in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"items-²-quantity": "30"},
        {"items-" + "9" * 5000 + "-quantity": "30"},
        {"do": "remove_item-" + "9" * 5000},
        {"do": "page-" + "9" * 5000},
        {"do": "remove_item-0", "items-²-quantity": "30"},
    ],
)
def test_a_form_made_by_hand_is_read_as_far_as_it_makes_sense(desk, submit, baclofen, fields):
    answer = desk.post(submit(), "check", **{**entered(baclofen), **fields})
    assert answer.status_code == 200
    assert "Ivor Sample, MD" in answer.text
