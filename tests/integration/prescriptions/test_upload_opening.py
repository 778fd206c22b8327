"""What becomes of a sent file when the worker has opened it, and what people see meanwhile."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.models import Job
from shop.prescriptions import jobs
from shop.prescriptions.document_models import PrescriptionDocument, UploadUse
from shop.prescriptions.reasons import Reason
from shop.prescriptions.steps import FilesNotReady
from shop.prescriptions.uploads import opening, rendering
from shop.prescriptions.uploads.refusals import words
from shop.prescriptions.verification import decisions, queue
from shop.vault.current import current_vault
from tests.integration.prescriptions.bad_documents import bomb_png, locked_pdf, pdf, picture, saved
from tests.integration.prescriptions.conftest import AT, kept, kept_files, photo, work
from tests.integration.prescriptions.sending import NOTE, only_prescription, post, states

BAD_INSIDE = {
    "upload_damaged": (saved(picture((600, 400)), "jpeg")[:2000], "scan.jpg"),
    "upload_too_many_pixels": (bomb_png(20_000), "scan.png"),
    "upload_pdf_locked": (locked_pdf(b"secret"), "scan.pdf"),
    "upload_too_many_pages": (pdf(pages=11), "scan.pdf"),
}
LOCKED = BAD_INSIDE["upload_pdf_locked"]


@pytest.fixture
def browser(context, sign_in, customer):
    return sign_in(customer)


def mails() -> list[str]:
    db.session.rollback()
    asked = db.session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
    return [job.payload["template"] for job in asked]


def is_final(page: str) -> bool:
    return "http-equiv" not in page and "data-checking" not in page


@pytest.mark.parametrize("code", BAD_INSIDE)
def test_a_file_that_cannot_be_opened_is_refused_by_a_code_and_the_page_takes_another(browser, code):
    answer = post(browser, files=[BAD_INSIDE[code]])
    assert answer.status_code == 303
    assert states() == [("processing", None)]
    waiting = browser.get(answer.location).text
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert not is_final(waiting)

    work()

    assert (states(), kept()) == ([("refused", code)], (1, 0, 0))
    page = browser.get(answer.location).text
    assert is_final(page)
    assert words(code).message in page
    assert f'action="{answer.location}/files"' in page
    assert mails() == ["prescription_file_refused"]
    assert db.session.scalars(select(Job.kind).where(Job.finished_at.is_(None))).all() == [], (
        "it was not sent"
    )
    record = select(AuditRecord).where(AuditRecord.event == "prescription:file:refused")
    assert db.session.scalars(record).one().detail == {"code": code}


def test_another_file_replaces_the_refused_one_and_the_rest_of_the_form_stays(browser):
    page = post(browser, files=[LOCKED]).location
    work()
    answer = post(browser, f"{page}/files", files=[(photo(), "again.jpg")])
    assert (answer.status_code, answer.location) == (303, page)
    assert states() == [("processing", None)]
    work()
    assert (states(), kept()) == ([("ready", None)], (1, 1, 1))
    assert only_prescription().customer_note == NOTE
    assert mails() == ["prescription_file_refused", "prescription_received"]
    assert [row.reference for row in queue.page("waiting", None, AT).rows] == [only_prescription().reference]
    assert is_final(browser.get(page).text)


def test_one_bad_file_of_two_holds_the_prescription_until_it_is_replaced_or_dropped(browser):
    page = post(browser, files=[(photo(), "good.jpg"), LOCKED]).location
    work()
    assert states() == [("ready", None), ("refused", "upload_pdf_locked")]
    assert (queue.page("waiting", None, AT).rows, queue.counts()["waiting"], queue.next_waiting()) == (
        [],
        0,
        None,
    )
    assert post(browser, f"{page}/files/drop").status_code == 303
    assert (states(), queue.counts()["waiting"]) == ([("ready", None)], 1)
    assert mails() == ["prescription_file_refused", "prescription_received"]


def test_the_only_file_is_not_dropped(browser):
    page = post(browser, files=[LOCKED]).location
    work()
    answer = post(browser, f"{page}/files/drop")
    assert (answer.status_code, states()) == (422, [("refused", "upload_pdf_locked")])


def test_a_bad_file_instead_is_refused_beside_the_form_and_changes_nothing(browser):
    page = post(browser, files=[LOCKED]).location
    work()
    for files in ([(b"<html>", "page.jpg")], []):
        answer = post(browser, f"{page}/files", files=files)
        assert answer.status_code == 422
        assert '<p class="error"' in answer.text
    assert (states(), kept_files()) == ([("refused", "upload_pdf_locked")], 0)


def test_files_are_added_only_where_one_was_refused(browser, submit, sign_in, make_user):
    reference = submit()
    answer = post(browser, f"/prescriptions/{reference}/files", files=[(photo(), "more.jpg")])
    assert (answer.status_code, kept()) == (409, (1, 1, 1))
    page = post(browser, files=[LOCKED]).location
    work()
    other = sign_in(make_user("customer"))
    for ending in ("files", "files/drop"):
        assert post(other, f"{page}/{ending}", files=[(photo(), "x.jpg")]).status_code == 404
    assert states()[-1] == ("refused", "upload_pdf_locked")


def test_no_pharmacist_acts_before_every_file_can_be_read(browser, sign_in, pharmacist):
    reference = post(browser, files=[(photo(), "a.jpg")]).location.rpartition("/")[2]
    desk = sign_in(pharmacist)
    assert desk.get(f"/pharmacist/prescriptions/{reference}").status_code == 409
    steps = (
        lambda: decisions.claim(reference, pharmacist, AT),
        lambda: decisions.ask(reference, pharmacist, Reason.UNREADABLE, "", AT),
        lambda: decisions.refuse(reference, pharmacist, Reason.UNREADABLE, "", AT),
    )
    for step in steps:
        with pytest.raises(FilesNotReady), transaction():
            step()
    assert only_prescription().status == "waiting"
    work()
    assert desk.get(f"/pharmacist/prescriptions/{reference}").status_code == 200


def test_an_answers_file_is_opened_before_the_prescription_is_back_in_the_queue(browser, submit, pharmacist):
    reference = submit()
    with transaction():
        decisions.ask(reference, pharmacist, Reason.PAGE_MISSING, "", AT)
    address = f"/prescriptions/{reference}"
    assert post(browser, f"{address}/answer", files=[(photo(), "page2.jpg")], text="Here").status_code == 303
    assert queue.counts() == {"waiting": 0, "asked": 0, "decided": 0}
    assert not is_final(browser.get(address).text)
    work()
    assert queue.counts()["waiting"] == 1


def test_a_refused_draft_says_why_and_is_not_sent_along(browser):
    post(browser, files=[LOCKED], confirmed="")
    work()
    page = browser.get("/prescriptions").text
    assert words("upload_pdf_locked").message in page
    assert post(browser).status_code == 422
    assert post(browser, files=[(photo(), "a.jpg")]).status_code == 303
    work()
    assert (states(), mails()) == ([("ready", None)], ["prescription_received"])


def test_a_draft_that_is_sent_while_it_is_opened_becomes_ready_there(browser):
    post(browser, files=[(photo(), "a.jpg")], confirmed="")
    assert post(browser).status_code == 303
    work()
    assert (states(), queue.counts()["waiting"]) == ([("ready", None)], 1)


def test_opening_twice_is_harmless(browser):
    post(browser, files=[(photo(), "a.jpg")])
    payload = db.session.scalars(select(Job).where(Job.kind == "render_document")).one().payload
    for _ in range(2):
        jobs.render_document(payload, now())
    work()
    assert (states(), kept()) == ([("ready", None)], (1, 1, 1))
    assert mails() == ["prescription_received"]


def test_of_two_workers_on_one_file_the_slower_takes_its_pages_back(browser, monkeypatch):
    post(browser, files=[(photo(), "a.jpg")])
    payload = db.session.scalars(select(Job).where(Job.kind == "render_document")).one().payload
    faster, slower = rendering.open_document, []

    def slow(*document):
        if not slower:
            slower.append(True)
            rendering.render(payload["document_id"], payload["use_id"], now())
        return faster(*document)

    monkeypatch.setattr(rendering, "open_document", slow)
    jobs.render_document(payload, now())
    work()
    assert (states(), kept()) == ([("ready", None)], (1, 1, 1))


def test_a_file_that_ends_its_worker_again_and_again_is_refused(browser):
    post(browser, files=[(photo(), "a.jpg")])
    with transaction() as session:
        session.execute(update(PrescriptionDocument).values(opened_times=rendering.MOST_TRIES))
    work()
    assert states() == [("refused", "upload_damaged")]


def test_a_fault_of_the_installation_is_not_held_against_the_file(browser, monkeypatch, tmp_path):
    post(browser, files=[(photo(), "a.jpg")])
    payload = db.session.scalars(select(Job).where(Job.kind == "render_document")).one().payload
    with monkeypatch.context() as patched:
        patched.setattr(opening, "RENDERER", tmp_path / "missing.py")
        for _ in range(rendering.MOST_TRIES + 1):
            with pytest.raises(opening.RendererBroken):
                jobs.render_document(payload, now())
    assert states() == [("processing", None)]
    work()
    assert states() == [("ready", None)]


def test_a_withdrawn_prescription_tells_no_news(browser):
    page = post(browser, files=[LOCKED]).location
    post(browser, f"{page}/withdraw")
    work()
    assert (states()[0][0], mails()) == ("refused", [])


def test_the_time_that_was_reserved_is_settled_by_what_it_took(browser):
    post(browser, files=[(photo(), "a.jpg"), (b"<html>", "b.jpg")])
    db.session.rollback()
    good, bad = db.session.scalars(select(UploadUse).order_by(UploadUse.id)).all()
    assert (good.cpu_ms, bad.cpu_ms) == (10_000, 0)
    work()
    db.session.rollback()
    assert 0 < db.session.get(UploadUse, good.id).cpu_ms < 10_000


def test_a_page_that_waits_longer_than_usual_says_so_and_asks_less_often(browser):
    page = post(browser, files=[(photo(), "a.jpg")]).location
    often = re.search(r'content="(\d+)"></noscript>', browser.get(page).text)[1]
    with transaction() as session:
        session.execute(update(PrescriptionDocument).values(uploaded_at=now() - timedelta(minutes=5)))
    seldom = re.search(r'content="(\d+)"></noscript>', browser.get(page).text)[1]
    assert int(often) < int(seldom)


def test_what_was_sent_is_in_the_vault_only_until_it_was_opened(browser):
    post(browser, files=[(photo(), "a.jpg")])
    (raw,) = current_vault().file_ids()
    assert current_vault().read(raw) == photo()
    work()
    assert raw not in list(current_vault().file_ids())
