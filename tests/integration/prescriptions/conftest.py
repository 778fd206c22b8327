"""A customer, a pharmacist, and prescriptions at any stage, made through the services."""

import io
from datetime import UTC, date, datetime

import pytest
from flask import g, has_app_context
from sqlalchemy import func, select

from shop.clock import now
from shop.database import db, transaction
from shop.outbox.worker import run_due
from shop.patients import queries as patients
from shop.prescriptions import service
from shop.prescriptions.document_models import DocumentPage, PrescriptionDocument
from shop.prescriptions.ledger import confirming
from shop.prescriptions.ledger.coverage import Coverage, coverage_of
from shop.prescriptions.models import PrescriptionItem
from shop.prescriptions.states import ConfirmedHow
from shop.prescriptions.uploads import rendering
from shop.prescriptions.uploads.files import SentFile, keep_files, store_contents
from shop.prescriptions.uploads.opening import AcceptedPage
from shop.prescriptions.verification import decisions, medicines
from shop.prescriptions.verification.typed import ForPatient, Grounds, Typed, TypedItem
from shop.vault.current import current_vault
from tests.factories import make_variant
from tests.integration.checkout.store_counter import counter, store_sandbox  # noqa: F401
from tests.integration.pharmacist.desk_browser import desk  # noqa: F401
from tests.integration.prescriptions.bad_documents import picture, saved

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = AT.date()
NPI = "1234567893"


PAGE = saved(picture((60, 80)), "png")


def sent_file(name: str = "scan.png", data: bytes = PAGE) -> SentFile:
    """A file as it is after the first look; no budget was charged for it."""
    return SentFile(name, len(data), io.BytesIO(data), 0)


def open_all() -> None:
    """Every file that waits becomes one page, without starting the process that opens strangers' files."""
    page = AcceptedPage(PAGE, "image/png", 60, 80)
    waiting = select(PrescriptionDocument).where(PrescriptionDocument.state == "processing")
    for document in db.session.scalars(waiting).all():
        raw_file_id = document.raw_file_id
        with store_contents([PAGE]) as file_ids, transaction():
            rendering.accept(document.id, [page], file_ids, AT)
        current_vault().delete(raw_file_id)


def work(at: datetime | None = None) -> None:
    """Let the worker do what is due, renderer and all."""
    db.session.rollback()
    run_due(at or now())


def photo() -> bytes:
    return saved(picture((60, 80)), "jpeg")


@pytest.fixture
def sign_in(sign_in):
    """A test that holds an application context shares it with its requests: each begins with an empty one."""

    def enter(user_id: int):
        client = sign_in(user_id)
        answer = client.open

        def with_an_empty_context(*args, **options):
            for name in list(g if has_app_context() else ()):
                g.pop(name)
            if has_app_context():
                db.session.rollback()
            return answer(*args, **options)

        client.open = with_an_empty_context
        return client

    return enter


@pytest.fixture
def customer(make_user):
    return make_user("customer", name="Ada Specimen")


@pytest.fixture
def pharmacist(make_user):
    return make_user("pharmacist", name="Marion Sample")


@pytest.fixture
def baclofen(context):
    return make_variant()


@pytest.fixture
def submit(context, customer):
    """`submit()` sends a prescription as the customer and returns its reference."""

    def send(
        user_id: int | None = None,
        note: str = "",
        at: datetime = AT,
        files: int = 1,
        patient_id: int | None = None,
    ) -> str:
        sent = [sent_file(f"scan-{number}.png") for number in range(files)]
        with keep_files(sent) as kept, transaction():
            reference = service.submit(user_id or customer, kept, note, at, patient_id).reference
        open_all()
        return reference

    return send


def typed(variant_id: int, quantity: int = 90, refills: int = 0, days: int | None = 30, **changes) -> Typed:
    item = TypedItem(variant_id, quantity, refills, days, "1 tablet three times a day")
    values = {
        "patient_name": "Ada Specimen",
        "patient_birth_date": date(1971, 3, 2),
        "prescriber_name": "Ivor Sample, MD",
        "prescriber_npi": NPI,
        "issued_on": date(2026, 11, 16),
        "signed": True,
        "items": (item,),
        "prescriber_address": "1 Example Road, Springfield, NY 10001",
        "prescriber_phone": "(555) 555-0111",
    }
    return Typed(**(values | changes))


def grounds(variant_ids, today: date = TODAY, left: dict[int, int] | None = None) -> Grounds:
    ada = ForPatient("Ada Specimen", date(1971, 3, 2))
    return Grounds(ada, medicines.medicines(variant_ids, "US"), left or {}, 365, today)


def covered(user_id: int, variant_id: int, day: date = TODAY, apart=()) -> Coverage:
    """What the account's first patient has of a medicine, 30 units wanted; of nobody's where it has none."""
    pair = (next((one.id for one in patients.of_account(user_id)), None), variant_id)
    return coverage_of(user_id, {pair: 30}, day, apart)[pair]


@pytest.fixture
def approve(submit, pharmacist):
    """`approve(variant_id, quantity, refills, days)` sends and approves; returns (reference, item id).

    What was sent is a copy, so that it is confirmed too, unless `confirmed` is False.
    """

    def decide(
        variant_id: int, quantity: int = 90, refills: int = 0, days: int = 30, confirmed: bool = True, **more
    ):
        reference = submit(more.pop("user_id", None))
        entered = typed(variant_id, quantity, refills, days, **more)
        with transaction():
            stated = {"days-0": "stated"}  # whatever the directions say
            row = decisions.approve(reference, pharmacist, entered, grounds([variant_id]), stated, "", AT)
            if confirmed:
                confirming.confirm(reference, pharmacist, ConfirmedHow.PHONE, "Ivor Sample, MD", AT)
            mine = select(PrescriptionItem.id).where(PrescriptionItem.prescription_id == row.id)
            return reference, db.session.scalars(mine).one()

    return decide


def kept() -> tuple[int, int, int]:
    """How many documents, pages and vault files there are: what "nothing stored" counts."""
    counts = [
        db.session.scalar(select(func.count()).select_from(kind))
        for kind in (PrescriptionDocument, DocumentPage)
    ]
    db.session.rollback()
    return counts[0], counts[1], kept_files()


def kept_files() -> int:
    return len(list(current_vault().file_ids()))


@pytest.fixture(autouse=True)
def empty_vault(request):
    """The database is emptied between tests; so is the vault, or counts of files would mean nothing."""
    if "app" not in request.fixturenames:
        return
    app = request.getfixturevalue("app")
    vault = app.extensions["vault"]
    for file_id in list(vault.file_ids()):
        vault.delete(file_id)
