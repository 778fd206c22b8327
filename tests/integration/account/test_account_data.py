"""Everything exported, and an account deleted: what goes, what stays, and how it is had back."""

import io
import json
import zipfile
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select

from shop.accounts import address_book, deletion
from shop.accounts.errors import AccountNeeded
from shop.accounts.models import AccountDeletion, Address, User
from shop.audit.models import AuditRecord
from shop.basket import service as basket
from shop.basket.models import Basket
from shop.basket.owner import BasketOwner
from shop.clock import now
from shop.database import db, transaction
from shop.drug_review.models import ReviewAlert
from shop.maintenance import checks
from shop.orders.models import Order, OrderLine
from shop.outbox.worker import run_due
from shop.patients import queries as patients
from shop.patients.models import NoticeAcknowledgment
from shop.prescriptions import service as prescriptions
from shop.prescriptions.document_models import PrescriptionDocument, UploadUse
from shop.prescriptions.models import Message, Prescription, PrescriptionItem
from shop.prescriptions.rx_numbers import rx_number
from tests.conftest import PASSWORD
from tests.factories import add_child, make_variant, patient_of
from tests.integration.accounts.conftest import Browser
from tests.integration.prescriptions.conftest import AT

HOME = {
    "recipient": "Ada Specimen",
    "line1": "1 Example Road",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "10001",
    "country": "US",
}


def add_order(user_id: int, number: str, variant_id: int, *, status: str = "shipped", **line) -> int:
    order = Order(
        number=number,
        user_id=user_id,
        status=status,
        currency="usd",
        subtotal_cents=100,
        delivery_cents=0,
        total_cents=100,
        created_at=AT,
        holds_until=AT,
        placed_at=AT,
        paid_at=AT,
        tracking="TRACK-1",
        phone="+15555550142",
        **HOME,
    )
    sold = {"name": "Loratadine tablet 10 mg", "prescription_required": False} | line
    order.lines.append(
        OrderLine(variant_id=variant_id, unit="pill", unit_price=1, quantity=1, total_cents=100, **sold)
    )
    db.session.add(order)
    db.session.flush()
    return order.id


@pytest.fixture
def browser(app, customer, sign_in) -> Browser:
    one = Browser(app)
    one.client = sign_in(customer)
    return one


@pytest.fixture
def history(customer, approve, submit, baclofen) -> dict[str, str]:
    """An account with a bit of everything: approved and withdrawn prescriptions, orders with and without."""
    patient_of(customer)
    approved, item_id = approve(baclofen, 90, 1)
    loratadine, child = make_variant("Loratadine", "10 mg", rx=False), add_child(customer)
    withdrawn = submit(note="for my back", patient_id=child)
    with transaction():
        prescriptions.withdraw(withdrawn, customer, AT)
        address_book.keep_address(customer, **HOME, at=AT)
        basket.add(BasketOwner(user_id=customer), loratadine, 1, AT)
        add_order(customer, "F-OTC", loratadine, patient_id=child)
        rx = {"name": "Baclofen tablet 10 mg", "prescription_required": True}
        add_order(customer, "F-RX", baclofen, **rx, prescription_item_id=item_id)
        left_out = add_order(customer, "F-WITHOUT", loratadine)
        line = {"unit": "pill", "unit_price": 1, "quantity": 1, "total_cents": 100, "removed_at": AT}
        about = {"order_id": left_out, "variant_id": baclofen, "prescription_item_id": item_id}
        db.session.add(OrderLine(**about, **rx, **line))
    return {"approved": approved, "withdrawn": withdrawn}


def opened(answer) -> zipfile.ZipFile:
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    said = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(said.split())


def count(table, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def test_everything_is_exported_to_who_knows_the_password(customer, browser, history):
    assert browser.send("/account/data", password="wrong").status_code == 422
    archive = opened(browser.send("/account/data", password=PASSWORD))
    said = json.loads(archive.read("account.json"))
    assert said["account"]["addresses"] == [HOME | {"default": True, "line2": "", "phone": ""}]
    assert {one["name"] for one in said["patients"]} == {"Ada Specimen", "Ben Specimen"}
    assert said["patients"][0]["health"]["kidneys"] == "no_problem"
    assert {one["status"] for one in said["prescriptions"]} == {"approved", "withdrawn"}
    [medicine] = next(one["medicines"] for one in said["prescriptions"] if one["medicines"])
    assert (medicine["medicine"], medicine["quantity"]) == ("Baclofen tablet 10 mg", 90)
    assert {one["number"] for one in said["orders"]} == {"F-OTC", "F-RX", "F-WITHOUT"}
    assert said["basket"] == [{"medicine": "Loratadine tablet 10 mg", "quantity": 1}]
    printed = text_of(archive.read("account.pdf"))
    db.session.rollback()
    approved = db.session.scalars(
        select(Prescription.id).where(Prescription.reference == history["approved"])
    ).one()
    numbered = ("Ben Specimen", "F-RX", "Baclofen tablet 10 mg", rx_number(approved, 1))
    assert all(words in printed for words in numbered)
    pages = [name for name in archive.namelist() if name.startswith("prescriptions/")]
    assert {name.split("/")[1] for name in pages} == set(history.values())
    assert archive.testzip() is None
    db.session.rollback()
    assert count(AuditRecord, AuditRecord.event == "account:exported") == 1
    assert count(AuditRecord, AuditRecord.event == "patient:read") == 2


def shown_alert(reference: str, patient_id: int) -> None:
    """The desk has shown an alert about this prescription; nobody has decided about it."""
    about = select(Prescription.id).where(Prescription.reference == reference)
    alert = {"rule": "warfarin:interaction:1", "verdict": "needs", "stage": "entry", "basis": "0" * 64}
    said = {"facts_version": "1", "sentence": "The patient told of “gout”.", "shown_at": AT, "note": ""}
    db.session.add(
        ReviewAlert(prescription_id=db.session.scalar(about), patient_id=patient_id, **alert, **said)
    )
    db.session.flush()


def test_what_a_review_said_goes_unless_it_is_part_of_a_decision(customer, browser, history):
    with transaction():
        for reference in history.values():
            shown_alert(reference, patient_of(customer))
    browser.send("/account/delete", password=PASSWORD)
    db.session.rollback()
    run_due(db.session.get(AccountDeletion, customer).due_at)
    db.session.rollback()
    [left] = db.session.scalars(select(ReviewAlert)).all()
    assert db.session.get(Prescription, left.prescription_id).reference == history["approved"]


def test_an_account_is_signed_out_and_kept_by_signing_in(customer, browser, mails):
    email = db.session.get(User, customer).email
    assert browser.send("/account/delete", password="wrong").status_code == 422
    assert browser.send("/account/delete", password=PASSWORD).location == "/sign-in"
    assert not browser.is_signed_in()
    db.session.rollback()
    asked = db.session.get(AccountDeletion, customer)
    due = asked.due_at
    assert due - asked.requested_at == deletion.GRACE
    [mail] = mails()
    assert mail["To"].addresses[0].addr_spec == email
    assert "/sign-in" in mail.get_body(("plain",)).get_content()
    assert browser.sign_in(email, PASSWORD).status_code == 303
    assert 'flashes"' in browser.get("/account").text
    run_due(due)
    db.session.rollback()
    assert db.session.get(AccountDeletion, customer) is None
    assert db.session.get(User, customer).active
    events = select(AuditRecord.event).where(AuditRecord.event.like("account:deletion:%"))
    assert list(db.session.scalars(events.order_by(AuditRecord.id))) == [
        "account:deletion:asked",
        "account:deletion:canceled",
    ]


def test_what_the_law_keeps_stays_and_the_rest_goes(customer, browser, history):
    email = db.session.get(User, customer).email
    browser.send("/account/delete", password=PASSWORD)
    db.session.rollback()
    due = db.session.get(AccountDeletion, customer).due_at
    run_due(due - timedelta(minutes=1))
    db.session.rollback()
    assert db.session.get(User, customer).email == email
    run_due(due)
    db.session.rollback()
    db.session.expire_all()

    user = db.session.get(User, customer)
    assert (user.active, user.password, user.name) == (False, None, deletion.ERASED_NAME)
    assert user.email.endswith("@deleted.invalid")
    for table in (Address, Basket, UploadUse):
        assert count(table, table.user_id == customer) == 0
    assert count(NoticeAcknowledgment, NoticeAcknowledgment.user_id == customer) == 1
    ada, ben = patients._all()
    assert (ada.name, ada.health.kidneys) == ("Ada Specimen", "no_problem")
    assert (ben.name, ben.born, ben.health.kidneys, ben.relation) == ("", None, None, None)
    assert patients.of_account(customer) == []

    kept, gone = (
        db.session.scalar(select(Prescription).where(Prescription.reference == history[which]))
        for which in ("approved", "withdrawn")
    )
    assert (kept.patient_name, len(kept.items), len(kept.documents)) == ("Ada Specimen", 1, 1)
    assert (gone.customer_note, gone.patient_name, gone.documents) == ("", None, [])
    otc, rx, without = db.session.scalars(select(Order).order_by(Order.number))
    assert (without.recipient, without.line1) == ("", "")  # its one medicine on prescription was removed
    assert (rx.recipient, rx.line1, rx.phone) == ("Ada Specimen", "1 Example Road", "+15555550142")
    assert (otc.recipient, otc.line1, otc.postal_code, otc.phone, otc.tracking) == ("",) * 5
    assert (otc.region, otc.total_cents, otc.lines[0].name) == ("NY", 100, "Loratadine tablet 10 mg")
    assert count(Message) == 0
    assert count(PrescriptionItem) == 1
    assert count(PrescriptionDocument) == 1
    failed = {name.partition(":")[0] for name, result in checks.run() if result.problems}
    assert failed & {"prescriptions", "audit"} == set()
    assert browser.sign_in(email, PASSWORD).status_code == 200  # no such account


def test_what_is_open_keeps_the_account_and_postpones_its_end(customer, browser, baclofen, submit):
    reference = submit()
    page = browser.get("/account/delete").text
    assert "data-kept" in page
    with browser.app.app_context(), pytest.raises(AccountNeeded), transaction():
        deletion.ask(customer, now())
    with transaction():
        prescriptions.withdraw(reference, customer, AT)
    assert browser.send("/account/delete", password=PASSWORD).location == "/sign-in"
    db.session.rollback()
    due = db.session.get(AccountDeletion, customer).due_at
    with transaction():
        add_order(customer, "F-LATE", baclofen, status="placed")
    run_due(due)
    db.session.rollback()
    assert db.session.get(User, customer).active
    assert db.session.get(AccountDeletion, customer).due_at == due + deletion.AGAIN_AFTER
    with transaction():
        db.session.scalar(select(Order)).status = "canceled"
    run_due(due + deletion.AGAIN_AFTER)
    db.session.rollback()
    assert not db.session.get(User, customer).active
