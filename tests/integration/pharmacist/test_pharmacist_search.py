"""An Rx number leads to its prescription: at the desk, for the customer, and for an admin to the orders."""

import re

import pytest

from shop.prescriptions.rx_numbers import rx_number
from tests.csrf import csrf_token
from tests.factories import make_lot
from tests.integration.checkout.store_counter import Counter, Customer, counter, store_sandbox  # noqa: F401
from tests.integration.fulfillment.test_fulfillment_blocks import charged
from tests.integration.pharmacist.desk_browser import entered
from tests.integration.pharmacist.test_pharmacist_header import row


def search(desk, text: str):
    return desk.client.post("/pharmacist/search", data={"csrf_token": csrf_token(desk.client), "q": text})


@pytest.fixture
def approved(desk, submit, baclofen, ada) -> str:
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen, patient=ada))
    return reference


def test_the_desk_is_searched_by_rx_number_however_it_is_written(desk, approved):
    number = rx_number(row(approved).id, 1)
    assert number in desk.open(approved).text
    short = number.lstrip("0")
    for text in (number, f"Rx {number}", f" rx#{short} ", short.removesuffix("-1")):
        answer = search(desk, text)
        assert (answer.status_code, answer.location) == (303, f"/pharmacist/prescriptions/{approved}")


@pytest.mark.parametrize("text", ["9999999-1", "F-7K3M-92QX", "", "²", "x1" * 400])
def test_a_number_of_nothing_leads_to_the_finder_and_says_so(desk, approved, text):
    answer = search(desk, text)
    assert (answer.status_code, answer.location) == (303, "/pharmacist/enter")


def test_a_name_is_taken_to_the_finder_which_asks_for_the_birth_date(desk, approved):
    answer = search(desk, "Ada Specimen")
    assert answer.status_code == 200
    assert re.search(r'name="name"[^>]*value="Ada Specimen"', answer.text)
    assert "data-patient" not in answer.text


def test_a_customer_finds_their_own_and_nobody_elses(desk, approved, customer, sign_in, make_user):
    number = rx_number(row(approved).id, 1)
    mine = Customer(sign_in(customer), customer)
    assert number in mine.get("/prescriptions").text
    found = mine.post("/prescriptions/find", q=f"rx {number}")
    assert found.location == f"/prescriptions/{approved}"
    for who, text in ((mine, "77777"), (Customer(sign_in(make_user("customer"))), number)):
        assert 'data-state="nothing-found"' in who.post("/prescriptions/find", q=text).text


def test_an_order_shows_the_number_and_is_found_by_it(
    desk,
    approved,
    baclofen,
    customer,
    sign_in,
    make_user,
    counter: Counter,  # noqa: F811
):
    make_lot(baclofen)
    number = rx_number(row(approved).id, 1)
    buyer, admin = Customer(sign_in(customer), customer), Customer(sign_in(make_user("admin")))
    first, second = charged(buyer, counter, baclofen, 30), charged(buyer, counter, baclofen, 60)
    assert number in buyer.get(f"/orders/{first}").text
    page = admin.get(f"/admin/orders/{first}").text
    assert number in page
    assert "three times a day" not in page
    assert search(desk, first.lower()).location == f"/pharmacist/prescriptions/{approved}"
    for text, order in ((first, first), (f" {second.lower()} ", second), (number, second)):
        found = admin.post("/admin/orders/find", q=text)
        assert found.location == f"/admin/orders/{order}"
    for text in ("F-0000-0000", "9999999-1", "", "0000001-9"):
        assert admin.post("/admin/orders/find", q=text).location == "/admin/orders"
