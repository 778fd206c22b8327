"""Sending over HTTP: what is taken, what is refused and how, and that a refusal stores nothing."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.outbox.models import Job
from shop.prescriptions import jobs, service
from shop.prescriptions.models import Prescription
from shop.prescriptions.uploads import documents
from shop.prescriptions.uploads.files import keep_files
from shop.prescriptions.uploads.refusals import MAX_UPLOAD_BYTES
from shop.prescriptions.verification import queue
from shop.vault.current import current_vault
from tests.integration.prescriptions.bad_documents import pdf
from tests.integration.prescriptions.conftest import AT, kept, kept_files, photo, sent_file, work
from tests.integration.prescriptions.sending import NOTE, count, post

BAD_AT_ONCE = {
    "a web page named jpg": (b"<!doctype html><html><script>alert(1)</script>", "scan.jpg"),
    "an SVG named jpg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "scan.jpg"),
    "sixteen megabytes": (b"\xff\xd8\xff" + bytes(MAX_UPLOAD_BYTES), "scan.jpg"),
    "an empty file": (b"", "scan.jpg"),
}


@pytest.fixture
def browser(context, sign_in, customer):
    return sign_in(customer)


def test_a_photo_is_taken_encrypted_and_queued(browser, context, customer):
    answer = post(browser, files=[(photo(), "scan.jpg")])
    row = db.session.scalars(select(Prescription)).one()
    assert (answer.status_code, answer.location) == (303, f"/prescriptions/{row.reference}")
    assert (row.status, row.user_id, row.customer_note) == ("waiting", customer, NOTE)
    assert kept() == (1, 0, 1)
    (file_id,) = current_vault().file_ids()
    assert b"JFIF" not in (current_vault().folder / file_id).read_bytes()
    assert queue.page("waiting", None, AT).rows == []
    work()
    assert kept() == (1, 1, 1)
    assert not current_vault().exists(file_id), "what was sent is still there"
    assert [found.reference for found in queue.page("waiting", None, AT).rows] == [row.reference]


def test_two_files_of_one_form_are_one_prescription(browser):
    post(browser, files=[(photo(), "one.jpg"), (pdf(pages=2), "two.pdf")])
    work()
    assert (count(Prescription), kept()) == (1, (2, 3, 3))


def test_a_page_that_embeds_the_form_gets_the_customer_back(browser):
    page = post(browser, files=[(photo(), "a.jpg")], return_to="/basket").location
    assert 'href="/basket">Back to' in browser.get(page).text
    page = post(browser, files=[(photo(), "a.jpg")], return_to="https://evil.example").location
    assert "evil.example" not in page + browser.get(page).text
    assert "evil.example" not in browser.get(f"{page}?return_to=https://evil.example").text


@pytest.mark.parametrize("what", BAD_AT_ONCE)
def test_what_its_first_bytes_or_size_rule_out_is_refused_at_once_and_nothing_is_stored(browser, what):
    answer = post(browser, files=[BAD_AT_ONCE[what]])
    assert answer.status_code == 422
    assert '<p class="error">' in answer.text
    assert NOTE in answer.text
    assert re.search(r'<input checked[^>]*name="confirmed"', answer.text)
    assert (count(Prescription), kept(), count(Job)) == (0, (0, 0, 0), 0)


def test_no_file_is_refused_in_a_sentence(browser):
    answer = post(browser)
    assert answer.status_code == 422
    assert 'id="documents-e"' in answer.text
    assert NOTE in answer.text
    assert (count(Prescription), kept()) == (0, (0, 0, 0))


def test_a_form_without_its_token_stores_nothing(browser):
    answer = browser.post(
        "/prescriptions", data={"confirmed": "y", "documents": (io.BytesIO(photo()), "a.jpg")}
    )
    assert answer.status_code == 400
    assert (count(Prescription), kept()) == (0, (0, 0, 0))


def test_a_good_file_survives_an_error_elsewhere_and_is_sent_with_the_next_try(browser):
    answer = post(browser, files=[(photo(), "scan.jpg")], note="x" * 501)
    assert answer.status_code == 422
    assert 'id="note-e"' in answer.text
    assert "data-kept" in answer.text
    assert (count(Prescription), kept()) == (0, (1, 0, 1))
    assert post(browser).status_code == 303
    work()
    assert (count(Prescription), kept()) == (1, (1, 1, 1))
    assert "data-kept" not in browser.get("/prescriptions").text


def test_without_the_confirmation_nothing_is_sent(browser):
    answer = post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    assert answer.status_code == 422
    assert 'href="#confirmed"' in answer.text
    assert count(Prescription) == 0


def test_a_good_file_beside_a_bad_one_is_kept_and_the_bad_one_is_named(browser):
    answer = post(browser, files=[(photo(), "good.jpg"), (b"<html>", "bad.jpg")])
    assert answer.status_code == 422
    assert "bad.jpg: " in answer.text
    assert (count(Prescription), kept()) == (0, (1, 0, 1))


def test_a_draft_can_be_removed_and_its_file_is_erased(browser):
    page = post(browser, files=[(photo(), "scan.jpg")], confirmed="").text
    reference = re.search(r'name="remove" value="(\w+)"', page)[1]
    answer = post(browser, remove=reference)
    assert answer.status_code == 200
    assert "data-kept" not in answer.text
    assert NOTE in answer.text
    erase = db.session.scalars(select(Job).where(Job.kind == "erase_files")).one()
    for _ in range(2):
        jobs.erase_files(erase.payload, AT)
    assert kept() == (0, 0, 0)


def test_the_files_of_every_removed_draft_are_erased_although_numbers_of_rows_come_again(browser):
    for _ in range(2):
        page = post(browser, files=[(photo(), "scan.jpg")], confirmed="").text
        post(browser, remove=re.search(r'name="remove" value="(\w+)"', page)[1])
    work()
    assert kept() == (0, 0, 0)


def test_nobody_removes_or_sends_another_customers_draft(browser, sign_in, make_user):
    page = post(browser, files=[(photo(), "scan.jpg")], confirmed="").text
    reference = re.search(r'name="remove" value="(\w+)"', page)[1]
    other = sign_in(make_user("customer"))
    post(other, remove=reference)
    assert post(other).status_code == 422
    assert (count(Prescription), kept()) == (0, (1, 0, 1))


def test_a_draft_is_forgotten_after_a_day_unless_it_was_sent(browser):
    post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    job = db.session.scalars(select(Job).where(Job.kind == "forget_draft")).one()
    assert job.run_after - job.created_at == timedelta(hours=24)
    payload, a_day_later = job.payload, job.run_after
    post(browser)
    jobs.forget_draft(payload, a_day_later)
    assert kept() == (1, 0, 1)
    post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    payload = {"document_id": payload["document_id"] + 1}
    jobs.forget_draft(payload, a_day_later - timedelta(hours=1))
    assert kept()[0] == 2
    jobs.forget_draft(payload, a_day_later + timedelta(minutes=5))
    assert kept()[0] == 1


def test_a_customer_keeps_at_most_five_drafts(browser):
    for _ in range(6):
        answer = post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    assert answer.status_code == 422
    assert kept() == (5, 0, 5)


def test_an_eleventh_open_prescription_is_refused(browser, submit):
    for _ in range(10):
        submit()
    answer = post(browser, files=[(photo(), "scan.jpg")])
    assert answer.status_code == 422
    assert service.TooManyOpen().message in answer.text
    assert count(Prescription) == 10


def test_files_are_taken_back_when_the_transaction_fails(context, customer):
    def fail() -> None:
        with keep_files([sent_file()]) as files, transaction():
            documents.add(customer, files, None, AT)
            assert kept_files() == 1
            raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        fail()
    assert kept() == (0, 0, 0)


def test_mail_jobs_and_the_audit_record_hold_no_health_data(browser, submit):
    post(browser, files=[(photo(), "my-baclofen-scan.jpg")])
    post(browser, files=[(pdf()[:150], "my-baclofen-scan.pdf")])
    work()
    written = [str(row.payload) for row in db.session.scalars(select(Job))]
    written += [str(row.detail) for row in db.session.scalars(select(AuditRecord))]
    assert any("prescription_received" in text for text in written)
    assert any("prescription_file_refused" in text for text in written)
    assert not [text for text in written if "baclofen" in text or NOTE in text or "Ada" in text]


def test_a_list_of_prescriptions_takes_as_many_queries_however_long_it_is(browser, approve, baclofen):
    from tests.factories import make_variant

    others = [make_variant(strength=f"{number} mg") for number in range(20, 27)]
    approve(baclofen)
    one = int(browser.get("/prescriptions").headers["X-Query-Count"])
    for variant_id in others:
        approve(variant_id)
    page = browser.get("/prescriptions")
    assert page.text.count('data-fill="approved"') == 8
    assert int(page.headers["X-Query-Count"]) == one <= 19  # one asks for closed packs
