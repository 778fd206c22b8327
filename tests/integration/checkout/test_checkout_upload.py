"""Sending a prescription from the basket, right where it is missing."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.basket.owner import BasketOwner
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.checkout.verdicts import State
from shop.clock import now
from shop.database import db
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import Prescription
from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import Counter, Customer

pytestmark = pytest.mark.usefixtures("context")


def photo() -> bytes:
    """A small, real JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def ada(new_customer) -> Customer:
    """A customer with a medicine in the basket that needs a prescription, and one that does not."""
    customer = new_customer()
    for name, rx in (("Baclofen", True), ("Naproxen", False)):
        variant_id = make_variant(name, rx=rx)
        make_lot(variant_id)
        customer.put_in_basket(variant_id)
    return customer


ADA = {"patient_name": "Ada Specimen", "patient_birth_date": "1971-03-02", "notice": "y"}


def send(customer: Customer, content: bytes, name: str, **fields: str):
    return customer.post("/basket/prescription", documents=(io.BytesIO(content), name), **ADA | fields)


def state_of_line(customer: Customer) -> State:
    """Of the one line that needs a prescription."""
    db.session.rollback()
    review = review_basket(BasketOwner(user_id=customer.user_id), terms_of(settings()), now().date())
    (line,) = [line for line in review.lines if line.variant.prescription_required]
    return line.verdict.state


def rows(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_prescription_is_sent_from_the_basket(ada: Customer, counter: Counter) -> None:
    answer = send(ada, photo(), "prescription.jpg", confirmed="y", return_to="/basket")
    assert answer.status_code == 303
    assert rows(Prescription) == 1
    assert 'href="/basket">Back to' in ada.get(answer.headers["Location"]).text
    for done, state in ((False, State.CHECKING), (True, State.WAITING)):
        if done:
            counter.work()
        assert state_of_line(ada) == state
        assert 'action="/basket/prescription"' not in ada.get("/basket").text


def test_a_line_whose_file_could_not_be_opened_leads_to_the_form_for_another(
    ada: Customer, counter: Counter
) -> None:
    page = send(ada, photo()[:300], "cut-short.jpg", confirmed="y", return_to="/basket").headers["Location"]
    counter.work()
    assert state_of_line(ada) == State.FILE_REFUSED
    assert f'href="{page}"' in ada.get("/basket").text
    assert ada.get("/checkout").status_code != 200


def test_a_file_that_is_no_prescription_is_refused_beside_the_line_and_nothing_is_kept(ada: Customer) -> None:
    answer = send(ada, b"<html><script>alert(1)</script></html>", "scan.jpg", confirmed="y")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert "Baclofen tablet 10 mg" in answer.text
    assert (rows(Prescription), rows(PrescriptionDocument)) == (0, 0)


def test_a_good_file_survives_the_error_of_another_field_and_is_sent_the_next_time(ada: Customer) -> None:
    answer = send(ada, photo(), "my-prescription.jpg", note="From Dr Sample")
    assert answer.status_code == 422
    for words in ("my-prescription.jpg", "data-kept", "From Dr Sample"):
        assert words in answer.text
    assert rows(Prescription) == 0
    assert ada.post("/basket/prescription", confirmed="y", **ADA).status_code == 303
    assert (rows(Prescription), rows(PrescriptionDocument)) == (1, 1)


def test_a_visitor_signs_in_before_sending(visitor: Customer) -> None:
    variant_id = make_variant()
    make_lot(variant_id)
    visitor.put_in_basket(variant_id)
    page = visitor.get("/basket").text
    assert 'href="/sign-in?next=/basket"' in page
    assert 'action="/basket/prescription"' not in page
    assert send(visitor, photo(), "a.jpg", confirmed="y").headers["Location"] == "/sign-in?next=/basket"
    assert rows(PrescriptionDocument) == 0
