"""Sending a prescription from the basket, right where it is missing."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.database import db
from shop.prescriptions.models import Prescription, PrescriptionDocument
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import Customer

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


def send(customer: Customer, content: bytes, name: str, **fields: str):
    return customer.post("/basket/prescription", documents=(io.BytesIO(content), name), **fields)


def rows(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_prescription_is_sent_from_the_basket(ada: Customer) -> None:
    answer = send(ada, photo(), "prescription.jpg", confirmed="y", return_to="/basket")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/basket")
    assert rows(Prescription) == 1
    page = ada.get("/basket").text
    assert "A pharmacist is reading your prescription." in page
    assert 'action="/basket/prescription"' not in page


def test_a_file_that_is_no_prescription_is_refused_beside_the_line_and_nothing_is_kept(ada: Customer) -> None:
    answer = send(ada, b"<html><script>alert(1)</script></html>", "scan.jpg", confirmed="y")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert "Baclofen tablet 10 mg" in answer.text
    assert (rows(Prescription), rows(PrescriptionDocument)) == (0, 0)


def test_a_good_file_survives_the_error_of_another_field_and_is_sent_the_next_time(ada: Customer) -> None:
    answer = send(ada, photo(), "my-prescription.jpg", note="From Dr Sample")
    assert answer.status_code == 422
    for words in ("my-prescription.jpg", "kept from your last try", "From Dr Sample"):
        assert words in answer.text
    assert rows(Prescription) == 0
    assert ada.post("/basket/prescription", confirmed="y").status_code == 303
    assert (rows(Prescription), rows(PrescriptionDocument)) == (1, 1)


def test_a_visitor_signs_in_before_sending(visitor: Customer) -> None:
    variant_id = make_variant()
    make_lot(variant_id)
    visitor.put_in_basket(variant_id)
    page = visitor.get("/basket").text
    assert "Sign in or register" in page
    assert 'action="/basket/prescription"' not in page
    assert send(visitor, photo(), "a.jpg", confirmed="y").headers["Location"] == "/sign-in?next=/basket"
    assert rows(PrescriptionDocument) == 0
