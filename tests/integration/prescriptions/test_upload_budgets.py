"""An account's upload budget: charged by every file, refused ones too; never exceeded by posts at once."""

import io
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from shop.clock import now
from shop.database import db, transaction
from shop.prescriptions.document_models import PrescriptionDocument, UploadUse
from shop.prescriptions.uploads import budget
from shop.prescriptions.uploads.budget import OverBudget
from tests.integration.prescriptions.conftest import photo
from tests.integration.prescriptions.sending import count, post, token
from tests.running_store import PATIENCE


@pytest.fixture
def browser(context, sign_in, customer):
    return sign_in(customer)


@pytest.fixture
def limit(app, monkeypatch):
    """`limit(files_per_hour=2)` sets limits of this store."""

    def to(**limits: int) -> None:
        changed = replace(
            app.extensions["settings"], **{f"upload_{name}": value for name, value in limits.items()}
        )
        monkeypatch.setitem(app.extensions, "settings", changed)

    return to


def test_refused_files_use_the_budget_up_and_the_next_is_told_when_to_come_back(browser, limit):
    limit(files_per_hour=2)
    for _ in range(2):
        assert post(browser, files=[(b"<html>", "a.jpg")]).status_code == 422
    answer = post(browser, files=[(photo(), "a.jpg")])
    assert answer.status_code == 429
    assert 3500 <= int(answer.headers["Retry-After"]) <= 3600
    assert 'class="error"' in answer.text
    assert "Second page has the date" in answer.text, "what was typed is gone"
    assert (count(PrescriptionDocument), count(UploadUse)) == (0, 2)


@pytest.mark.parametrize("address", ["/prescriptions", "/basket/prescription", "/prescriptions/{}/files"])
def test_a_large_body_over_budget_is_refused_before_it_is_read(browser, limit, address):
    page = post(browser, files=[(b"%PDF-1.7" + bytes(100_000), "a.pdf")]).location
    limit(files_per_hour=1)

    class Unread(io.BytesIO):
        taken = 0

        def read(self, *size):
            self.taken += 1
            return super().read(*size)

    body = Unread(bytes(1_000_000))
    answer = browser.open(
        address.format(page.rpartition("/")[2]),
        method="POST",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": "1000000"},
    )
    assert (answer.status_code, body.taken) == (429, 0)
    assert int(answer.headers["Retry-After"]) > 0


def test_bytes_and_processor_time_are_limited_too(browser, limit):
    limit(mb_per_day=0)
    assert post(browser, files=[(photo(), "a.jpg")]).status_code == 429
    limit(mb_per_day=150, cpu_seconds_per_hour=19)
    assert post(browser, files=[(photo(), "a.jpg")]).status_code == 303
    assert post(browser, files=[(photo(), "b.jpg")]).status_code == 429
    with transaction() as session:
        session.execute(update(UploadUse).values(cpu_ms=300))  # opened by now
    assert post(browser, files=[(photo(), "b.jpg")]).status_code == 303


def test_kept_drafts_can_be_sent_and_removed_although_the_budget_is_used_up(browser, limit):
    post(browser, files=[(photo(), "a.jpg")], confirmed="")
    limit(files_per_hour=1)
    assert post(browser, files=[(photo(), "b.jpg")]).status_code == 429
    assert post(browser).status_code == 303


def test_an_account_does_not_use_up_anothers(browser, limit, sign_in, make_user):
    limit(files_per_hour=1)
    assert post(browser, files=[(photo(), "a.jpg")]).status_code == 303
    assert post(browser, files=[(photo(), "a.jpg")]).status_code == 429
    assert post(sign_in(make_user("customer")), files=[(photo(), "a.jpg")]).status_code == 303


def test_charges_that_come_at_once_do_not_exceed_the_budget(app, context, customer, limit):
    limit(files_per_hour=5)
    start, results = threading.Barrier(8), []

    def charge() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    budget.charge(customer, [(1000, True)], now())
                results.append("charged")
            except OverBudget:
                results.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=charge) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(results) == ["charged"] * 5 + ["refused"] * 3
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(UploadUse)) == 5


def test_the_second_of_two_charges_waits_for_the_first_and_counts_it(app, context, customer, limit):
    """The interleaving that would let both in: both look before either has written."""
    limit(files_per_hour=1)
    looked, outcome = threading.Event(), []

    def second() -> None:
        with app.app_context():
            looked.wait(PATIENCE)
            try:
                with transaction():
                    budget.charge(customer, [(1, True)], now())
            except OverBudget:
                outcome.append("refused")
            db.session.remove()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction():
        budget.charge(customer, [(1, True)], now())
        looked.set()
        thread.join(0.5)  # it can only wait: on PostgreSQL for the row, on SQLite for the write lock
        assert outcome == []
    thread.join(PATIENCE)
    assert outcome == ["refused"]


def test_what_is_older_than_a_day_is_forgotten(context, customer):
    with transaction():
        budget.charge(customer, [(1, True)], now() - 2 * budget.DAY)
    with transaction():
        budget.charge(customer, [(1, True)], now())
    assert count(UploadUse) == 1


def test_more_files_than_a_form_takes_are_refused_in_a_sentence(browser):
    answer = post(browser, files=[(photo(), f"{number}.jpg") for number in range(8)])
    assert answer.status_code == 422
    assert 'id="documents-e"' in answer.text
    many = [(io.BytesIO(b"x"), f"{number}.jpg") for number in range(60)]
    data = {"csrf_token": token(browser.get("/prescriptions")), "documents": many}
    assert browser.post("/prescriptions", data=data, content_type="multipart/form-data").status_code == 413
