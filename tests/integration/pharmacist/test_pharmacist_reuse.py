"""A prescription sent twice, by this account or another: found, compared, decided, told to nobody."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.prescriptions import looks, queries, service
from shop.prescriptions.document_models import DocumentPage, PageBand, PrescriptionDocument
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import PrescriptionItem
from shop.prescriptions.rules import MOST_DOCUMENTS
from shop.prescriptions.uploads import documents, rendering
from shop.prescriptions.uploads.files import keep_files, store_contents
from shop.prescriptions.uploads.opening import AcceptedPage
from shop.prescriptions.uploads.render import MAX_PAGES
from shop.prescriptions.verification import reuse_search
from shop.prescriptions.verification.reuse_search import MOST_PAGES, pages_near
from tests.factories import make_variant, patient_of
from tests.integration.pharmacist.desk_browser import entered, status
from tests.integration.prescriptions.conftest import PAGE, sent_file

MARK = "0123456789abcdef" * 4
LIKE = MARK[:-2] + "ee"  # two bits away
FORM = "0123456789abcdef" * 3 + "0123456789ab00ff"  # eight bits away: the same form
OTHER = "fedcba9876543210" * 4


@pytest.fixture
def send(context, customer):
    """`send(mark)` sends a prescription of one page that looks so; returns its reference."""

    def make(mark: str | None, user_id: int | None = None, **more) -> str:
        with keep_files([sent_file()]) as kept, transaction():
            row = service.submit(user_id or customer, kept, "", now(), more.get("patient_id"))
            reference = row.reference
            document = db.session.scalars(select(PrescriptionDocument.id).order_by(-PrescriptionDocument.id))
            document_id = document.first()
        before = [AcceptedPage(PAGE, "image/png", 60, 80, OTHER)] * more.get("behind", 0)
        pages = [*before, AcceptedPage(PAGE, "image/png", 60, 80, mark)]
        with store_contents([PAGE] * len(pages)) as file_ids, transaction():
            rendering.accept(document_id, pages, file_ids, now())
        return reference

    return make


def found(page) -> list[str]:
    """The references of the possible copies above the entry."""
    banner = re.search(r'data-copies="\d+">(.*?)</div>', page.text, re.S)
    return re.findall(r"/copies/(\w+)", banner[1]) if banner else []


def copy_outcomes(page) -> list[str]:
    return re.findall(r'name="(outcome-reuse-\d+)"', page.text)


def test_a_page_alike_is_found_turned_too_and_another_is_not(send, desk, make_user, customer):
    stranger = make_user("customer", name="Eve Sample")
    earlier = send(MARK, stranger)
    for mark in (MARK, LIKE, FORM, *looks.turns(MARK)[1:]):
        mine = send(mark)
        assert found(desk.open(mine)) == [earlier], mark
        db.session.rollback()
        with transaction():
            service.withdraw(mine, customer, now())  # so that the next does not find it
    assert found(desk.open(send(OTHER))) == []
    assert found(desk.open(send(None))) == []


def test_a_page_is_found_behind_a_file_of_other_pages(send, desk):
    earlier = send(MARK)
    assert found(desk.open(send(MARK, behind=10))) == [earlier]
    assert MOST_PAGES == MOST_DOCUMENTS * MAX_PAGES


def test_many_pages_of_one_prescription_crowd_no_other_out(send, desk, monkeypatch):
    monkeypatch.setattr(reuse_search, "MOST_CANDIDATES", 2)
    earlier = send(OTHER)
    crowd = send(OTHER, behind=5)
    assert set(found(desk.open(send(OTHER)))) == {earlier, crowd}


def test_a_draft_a_withdrawal_and_the_prescription_itself_are_no_copies(send, desk, customer):
    mine = send(MARK)
    with transaction():
        service.withdraw(mine, customer, now())
    with keep_files([sent_file()]) as kept, transaction():
        draft = documents.add(customer, kept, None, now())[0].id
    with store_contents([PAGE]) as file_ids, transaction():
        rendering.accept(draft, [AcceptedPage(PAGE, "image/png", 60, 80, MARK)], file_ids, now())
    assert found(desk.open(send(LIKE))) == []


def test_it_needs_an_outcome_which_is_kept_as_a_code(send, desk, baclofen, customer):
    patient_of(customer)
    earlier, reference = send(MARK), send(LIKE)
    page = desk.post(reference, "check", do="check", **entered(baclofen))
    assert f"/copies/{earlier}" in page.text
    (outcome,) = copy_outcomes(page)
    assert desk.decide(reference, "approve", **entered(baclofen)).status_code == 422
    assert status(reference) == "waiting"
    answer = desk.decide(reference, "approve", **entered(baclofen), **{outcome: "sent_again"})
    assert (answer.status_code, status(reference)) == (303, "approved")
    approved = select(AuditRecord.detail).where(AuditRecord.event == Event.PRESCRIPTION_APPROVED.value)
    assert "sent_again" in db.session.scalars(approved).one().values()


def test_the_same_facts_are_found_without_a_picture_in_another_account_too(
    send, desk, baclofen, customer, make_user
):
    twin = make_user("customer", name="Ada Specimen")
    for user_id in (customer, twin):
        patient_of(user_id)
    ada = {"patient_birth_date": "1971-03-02"}
    first, second = send(None, twin), send(None)
    assert desk.decide(first, "approve", **entered(baclofen, **ada)).status_code == 303
    page = desk.post(second, "check", do="check", **entered(baclofen, **ada))
    assert len(copy_outcomes(page)) == 1
    assert f"/copies/{first}" in page.text
    page = desk.post(second, "check", do="check", **entered(baclofen, **ada, issued_on="2026-11-02"))
    assert copy_outcomes(page) == []


def test_the_generic_of_what_was_entered_as_the_brand_is_the_same_prescription(
    send, desk, baclofen, customer, make_user
):
    twin = make_user("customer", name="Ada Specimen")
    for user_id in (customer, twin):
        patient_of(user_id)
    brand = make_variant("Specimal", ingredients=("baclofen",), brand="Specimal")
    capsule = make_variant("Baclofen", form="capsule")
    ada = {"patient_birth_date": "1971-03-02"}
    first = send(MARK, twin)
    assert desk.decide(first, "approve", **entered(brand, **ada)).status_code == 303
    second = send(FORM)
    page = desk.post(second, "check", do="check", **entered(baclofen, **ada))
    assert len(copy_outcomes(page)) == 1
    assert f"/copies/{first}" in page.text
    assert copy_outcomes(desk.post(second, "check", do="check", **entered(capsule, **ada))) == []


def test_of_two_copies_only_one_is_approved_although_nothing_was_ordered_yet(
    send, desk, baclofen, customer, make_user
):
    twin = make_user("customer", name="Ada Specimen")
    for user_id in (customer, twin):
        patient_of(user_id)
    first, second = send(MARK, twin), send(MARK)
    fields = entered(baclofen)
    (outcome,) = copy_outcomes(desk.post(first, "check", do="check", **fields))
    assert desk.decide(first, "approve", **fields, **{outcome: "sent_again"}).status_code == 303
    (outcome,) = copy_outcomes(desk.post(second, "check", do="check", **fields))
    assert desk.decide(second, "approve", **fields, **{outcome: "sent_again"}).status_code == 422
    assert status(second) == "waiting"
    assert desk.post(first, "revoke", reason="approved_in_error").status_code == 303
    assert desk.decide(second, "approve", **fields, **{outcome: "sent_again"}).status_code == 303


def test_what_was_filled_cannot_be_called_unused_and_is_refused_without_a_word_of_the_other(
    send, desk, baclofen, customer, sign_in
):
    patient_of(customer)
    first, second = send(MARK), send(MARK)
    fields = entered(baclofen)
    (outcome,) = copy_outcomes(desk.post(first, "check", do="check", **fields))
    desk.decide(first, "approve", **fields, **{outcome: "different"})
    item = db.session.scalars(select(PrescriptionItem.id)).one()
    db.session.rollback()
    with transaction():
        quantities.hold_quantity(item, 1, 90, now(), now().date())
    (outcome,) = copy_outcomes(desk.post(second, "check", do="check", **fields))
    assert desk.decide(second, "approve", **fields, **{outcome: "sent_again"}).status_code == 422
    assert desk.decide(second, "refuse", reason="already_filled").status_code == 303
    page = sign_in(customer).get(f"/prescriptions/{second}").text
    assert "copy" not in page.lower()
    assert first not in page


def test_both_lie_side_by_side_and_looking_is_recorded(send, desk, make_user, pharmacist):
    stranger = make_user("customer", name="Eve Sample")
    eve = patient_of(stranger, "Eve Sample")
    earlier, reference = send(MARK, stranger, patient_id=eve), send(LIKE)
    page = desk.client.get(f"/pharmacist/prescriptions/{reference}/copies/{earlier}")
    assert re.findall(r'data-side="(\w+)"', page.text) == [reference, earlier]
    pictures = re.findall(r'<img src="(/prescriptions/documents/\w+/1)"', page.text)
    assert len(pictures) == 2
    assert [desk.client.get(address).status_code for address in pictures] == [200, 200]
    db.session.rollback()
    read = select(func.count()).where(AuditRecord.actor_id == pharmacist)
    assert db.session.scalar(read.where(AuditRecord.event == Event.PRESCRIPTION_DOCUMENT_READ.value)) == 2
    of_eve = read.where(AuditRecord.event == Event.PATIENT_READ.value, AuditRecord.subject_id == str(eve))
    assert db.session.scalar(of_eve) == 1


def test_a_withdrawn_one_shows_no_picture_and_what_is_not_there_is_not_found(send, desk, make_user):
    stranger = make_user("customer", name="Eve Sample")
    earlier, reference = send(MARK, stranger), send(LIKE)
    with transaction():
        service.withdraw(earlier, stranger, now())
    assert found(desk.open(reference)) == [earlier]
    page = desk.client.get(f"/pharmacist/prescriptions/{reference}/copies/{earlier}")
    assert page.text.count("<img") == 1
    for address in (
        f"{reference}/copies/made-up",
        f"made-up/copies/{reference}",
        f"{reference}/copies/{reference}",
    ):
        assert desk.client.get(f"/pharmacist/prescriptions/{address}").status_code == 404


def test_erased_documents_leave_no_bands(send, customer):
    send(MARK)
    with transaction():
        documents.forget(PrescriptionDocument.user_id == customer, at=now())
    counts = [db.session.scalar(select(func.count()).select_from(kind)) for kind in (DocumentPage, PageBand)]
    assert counts == [0, 0]


def test_pages_are_found_by_the_index_of_their_bands(send, context):
    send(MARK)
    _many_other_pages()
    statement = pages_near(MARK).compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    db.session.execute(db.text("ANALYZE"))  # the plan is that of a store with many pages
    said = " ".join(map(str, db.session.execute(db.text(f"{explain} {statement}")).all()))
    assert "ix_document_page_band_value" in said
    assert "SCAN document_page_band" not in said


def _many_other_pages() -> None:
    document_id = db.session.scalars(select(PrescriptionDocument.id)).first()
    look = {"media_type": "image/jpeg", "width": 1, "height": 1}
    db.session.execute(
        insert(DocumentPage),
        [
            {"document_id": document_id, "number": number, "file_id": uuid4().hex, **look}
            for number in range(2, 402)
        ],
    )
    ids = db.session.scalars(select(DocumentPage.id).where(DocumentPage.number > 1)).all()
    bands = [
        {"page_id": page_id, "band": band, "value": page_id * 31 + band}
        for page_id in ids
        for band in range(16)
    ]
    db.session.execute(insert(PageBand), bands)


def test_what_is_found_among_many_of_one_form_is_bounded(send, desk):
    for _ in range(5):
        send(FORM)
    near = send(MARK)
    references = found(desk.open(send(MARK)))
    assert (len(references), references[0]) == (3, near)
    assert queries.by_reference(near) is not None
