"""Sending over HTTP: what is taken, what is refused and how, and that a refusal stores nothing."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.outbox.models import Job
from shop.prescriptions import documents, jobs
from shop.prescriptions.models import Prescription
from shop.prescriptions.upload_refusals import MAX_UPLOAD_BYTES
from tests.integration.prescriptions.bad_documents import bomb_png, locked_pdf, pdf, picture, saved
from tests.integration.prescriptions.conftest import AT, kept, kept_files, photo, sent_file

NOTE = "Second page has the date"
BAD = {
    "a web page named jpg": (b"<!doctype html><html><script>alert(1)</script>", "scan.jpg", "web page"),
    "an SVG named jpg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "scan.jpg", "drawing"),
    "a truncated photo": (saved(picture((600, 400)), "jpeg")[:2000], "scan.jpg", "damaged"),
    "a bomb": (bomb_png(20_000), "scan.png", "pixels"),
    "a locked PDF": (locked_pdf(b"secret"), "scan.pdf", "password"),
    "eleven pages": (pdf(pages=11), "scan.pdf", "more than 10 pages"),
    "sixteen megabytes": (b"\xff\xd8\xff" + bytes(MAX_UPLOAD_BYTES), "scan.jpg", "larger than 15 MB"),
    "an empty file": (b"", "scan.jpg", "empty"),
}


def token(page) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def post(client, address="/prescriptions", files=(), **fields):
    fields = {"csrf_token": token(client.get("/prescriptions")), "note": NOTE, "confirmed": "y"} | fields
    sent = [(io.BytesIO(data), name) for data, name in files]
    return client.post(address, data=fields | {"documents": sent}, content_type="multipart/form-data")


def count(kind) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind))


@pytest.fixture
def browser(context, sign_in, customer):
    return sign_in(customer)


def test_a_photo_is_taken_encrypted_and_queued(browser, context, customer):
    answer = post(browser, files=[(photo(), "scan.jpg")])
    assert (answer.status_code, answer.location) == (303, "/prescriptions")
    row = db.session.scalars(select(Prescription)).one()
    assert (row.status, row.user_id, row.customer_note) == ("waiting", customer, NOTE)
    assert kept() == (1, 1, 1)
    (file_id,) = documents.vault_here().file_ids()
    assert b"JFIF" not in (documents.vault_here().folder / file_id).read_bytes()
    page = browser.get("/prescriptions").text
    assert "Being read by a pharmacist" in page


def test_two_files_of_one_form_are_one_prescription(browser):
    post(browser, files=[(photo(), "one.jpg"), (pdf(pages=2), "two.pdf")])
    assert (count(Prescription), kept()) == (1, (2, 3, 3))


def test_a_page_that_embeds_the_form_gets_the_customer_back(browser):
    assert post(browser, files=[(photo(), "a.jpg")], return_to="/basket").location == "/basket"
    assert (
        post(browser, files=[(photo(), "a.jpg")], return_to="https://evil.example").location
        == "/prescriptions"
    )


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_stored(browser, what):
    data, name, words = BAD[what]
    answer = post(browser, files=[(data, name)])
    assert answer.status_code == 422
    assert re.search(rf'<p class="error">[^<]*{words}[^<]*</p>', answer.text)
    assert NOTE in answer.text
    assert re.search(r'<input checked[^>]*name="confirmed"', answer.text)
    assert (count(Prescription), kept(), count(Job)) == (0, (0, 0, 0), 0)


def test_no_file_is_refused_in_a_sentence(browser):
    answer = post(browser)
    assert answer.status_code == 422
    assert "No file was chosen." in answer.text
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
    assert "at most 500 characters" in answer.text
    assert "kept from your last try" in answer.text
    assert (count(Prescription), kept()) == (0, (1, 1, 1))
    assert post(browser).status_code == 303
    assert (count(Prescription), kept()) == (1, (1, 1, 1))
    assert "kept from your last try" not in browser.get("/prescriptions").text


def test_without_the_confirmation_nothing_is_sent(browser):
    answer = post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    assert answer.status_code == 422
    assert "Tick this" in answer.text
    assert count(Prescription) == 0


def test_a_good_file_beside_a_bad_one_is_kept_and_the_bad_one_is_named(browser):
    answer = post(browser, files=[(photo(), "good.jpg"), (b"<html>", "bad.jpg")])
    assert answer.status_code == 422
    assert "bad.jpg: " in answer.text
    assert (count(Prescription), kept()) == (0, (1, 1, 1))


def test_a_draft_can_be_removed_and_its_file_is_erased(browser):
    page = post(browser, files=[(photo(), "scan.jpg")], confirmed="").text
    reference = re.search(r'name="remove" value="(\w+)"', page)[1]
    answer = post(browser, remove=reference)
    assert answer.status_code == 200
    assert "kept from your last try" not in answer.text
    assert NOTE in answer.text
    erase = db.session.scalars(select(Job).where(Job.kind == "erase_files")).one()
    for _ in range(2):
        jobs.erase_files(erase.payload, AT)
    assert kept() == (0, 0, 0)


def test_nobody_removes_or_sends_another_customers_draft(browser, sign_in, make_user):
    page = post(browser, files=[(photo(), "scan.jpg")], confirmed="").text
    reference = re.search(r'name="remove" value="(\w+)"', page)[1]
    other = sign_in(make_user("customer"))
    post(other, remove=reference)
    assert post(other).status_code == 422
    assert (count(Prescription), kept()) == (0, (1, 1, 1))


def test_a_draft_is_forgotten_after_a_day_unless_it_was_sent(browser):
    post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    job = db.session.scalars(select(Job).where(Job.kind == "forget_draft")).one()
    assert job.run_after - job.created_at == timedelta(hours=24)
    payload = job.payload
    post(browser)
    jobs.forget_draft(payload, AT)
    assert kept() == (1, 1, 1)
    post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    jobs.forget_draft({"document_id": payload["document_id"] + 1}, AT)
    assert kept()[:2] == (1, 1)


def test_a_customer_keeps_at_most_five_drafts(browser):
    for _ in range(6):
        answer = post(browser, files=[(photo(), "scan.jpg")], confirmed="")
    assert "at most 5 files" in answer.text
    assert kept() == (5, 5, 5)


def test_an_eleventh_open_prescription_is_refused(browser, submit):
    for _ in range(10):
        submit()
    answer = post(browser, files=[(photo(), "scan.jpg")])
    assert answer.status_code == 422
    assert "still being read" in answer.text
    assert count(Prescription) == 10


def test_files_are_taken_back_when_the_transaction_fails(context, customer):
    def fail() -> None:
        with documents.vaulted([sent_file()]) as files, transaction():
            documents.add(customer, files, None, AT)
            assert kept_files() == 1
            raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        fail()
    assert kept() == (0, 0, 0)


def test_mail_jobs_and_the_audit_record_hold_no_health_data(browser, submit):
    post(browser, files=[(photo(), "my-baclofen-scan.jpg")])
    written = [str(row.payload) for row in db.session.scalars(select(Job))]
    written += [str(row.detail) for row in db.session.scalars(select(AuditRecord))]
    assert any("prescription_received" in text for text in written)
    assert not [text for text in written if "baclofen" in text or NOTE in text or "Ada" in text]


def test_a_list_of_prescriptions_takes_as_many_queries_however_long_it_is(browser, approve, baclofen):
    from tests.factories import make_variant

    others = [make_variant(strength=f"{number} mg") for number in range(20, 27)]
    approve(baclofen)
    one = int(browser.get("/prescriptions").headers["X-Query-Count"])
    for variant_id in others:
        approve(variant_id)
    page = browser.get("/prescriptions")
    assert page.text.count("90</strong> of 90 left") == 8
    assert int(page.headers["X-Query-Count"]) == one <= 12
