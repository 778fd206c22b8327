"""Where an order is sent: states that bar a medicine, addresses that are not served, and sales tax."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from shop.catalogue.models import Variant
from shop.database import db, transaction
from shop.payments.models import Payment
from shop.safety.states import barred_in
from tests.factories import make_address, make_lot, make_variant
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.refused_orders import nothing_happened
from tests.integration.checkout.store_counter import ADDRESS, Customer, approve, hidden_fields

ZIPS = {"AK": "99501", "AL": "35203", "CA": "94103", "NY": "10001", "OH": "43004", "PR": "00901"}
ZIPS |= {"TX": "78701", "ZZ": "10001", "": "10001"}
IN = {state: {"region": state, "postal_code": code} for state, code in ZIPS.items()}
BARRED = barred_in("AL", ["Gabapentin"]).sentence
pytestmark = pytest.mark.usefixtures("context", "counter")


def taxed(page: str) -> list[tuple[str, str]]:
    """The states for which a page shows sales tax, with the tax."""
    return re.findall(r'data-line="tax"><dt>[^<]*\b([A-Z]{2})</dt><dd>(.*?)</dd>', page)


@pytest.mark.parametrize(("region", "status"), [("AL", 409), ("NY", 303)])
def test_what_one_state_bars_is_sent_to_the_others(ada: Customer, region: str, status: int) -> None:
    gabapentin = make_variant("Gabapentin", "300 mg")
    make_lot(gabapentin)
    approve(ada.user_id, gabapentin)
    ada.put_in_basket(gabapentin, 60)
    answer = ada.check_out(**IN[region])
    assert answer.status_code == status
    assert (BARRED in answer.text) is (status == 409)
    assert nothing_happened() is (status == 409)


def test_who_lives_where_it_is_barred_may_choose_another_address(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 24)
    page = ada.check_out(**IN["AL"]).text  # with its tax
    ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | IN["AL"])
    gabapentin = make_variant("Gabapentin", "300 mg")
    make_lot(gabapentin)
    approve(ada.user_id, gabapentin)
    ada.put_in_basket(gabapentin, 60)
    assert 'data-state="barred_there"' in ada.get("/basket").text
    page = ada.get("/checkout")
    assert page.status_code == 200
    assert BARRED in page.text
    there = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page.text) | IN["NY"])
    assert there.status_code == 200, "the tax of Alabama is no longer part of it"
    assert ada.client.post("/checkout", data=ADDRESS | hidden_fields(there.text)).status_code == 303


@pytest.mark.parametrize(("region", "said"), [("AL", True), ("NY", False)])
def test_the_total_of_a_state_that_bars_it_says_so_at_once(ada: Customer, region: str, said: bool) -> None:
    gabapentin = make_variant("Gabapentin", "300 mg")
    make_lot(gabapentin)
    approve(ada.user_id, gabapentin)
    ada.put_in_basket(gabapentin, 60)
    hidden = hidden_fields(ada.get("/checkout").text)
    page = ada.client.post("/checkout", data=hidden | {"address": "new", "region": region, "update": "1"})
    assert (page.status_code, 'role="alert"' in page.text) == (200, said)


@pytest.mark.parametrize(
    ("region", "status"), [("ZZ", 422), ("", 422), ("AK", 422), ("PR", 422), ("TX", 303)]
)
def test_an_address_elsewhere_is_refused(ada: Customer, acetaminophen: int, region: str, status: int) -> None:
    ada.put_in_basket(acetaminophen, 24)
    assert ada.check_out(**IN[region]).status_code == status
    assert nothing_happened() is (status != 303)


def test_a_kept_address_elsewhere_is_refused(ada: Customer, acetaminophen: int) -> None:
    make_address(ada.user_id, "ZZ")
    ada.put_in_basket(acetaminophen, 24)
    page = ada.get("/checkout").text
    fields = hidden_fields(page)
    kept = page.split('name="address" value="')[1].split('"')[0]
    sent = ada.client.post("/checkout", data=fields | {"address": kept}, follow_redirects=True)
    assert sent.status_code == 422
    assert nothing_happened()


def test_sales_tax_is_shown_before_it_is_charged_and_stored(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 50)
    first = ada.check_out(**IN["CA"])
    assert first.status_code == 200, "the state changes the total, so it is shown first: a step, no error"
    assert 'role="alert"' not in first.text
    assert taxed(first.text) == [("CA", "$0.36")]
    assert 'id="total" tabindex="-1" autofocus' in first.text
    for typed in ("Ada Specimen", "12 Example Street", "Springfield", "(555) 555-0100"):
        assert f'value="{typed}"' in first.text
    assert '<option selected value="CA">' in first.text
    assert nothing_happened()
    again = ada.client.post("/checkout", data=ADDRESS | hidden_fields(first.text) | IN["CA"])
    assert again.status_code == 303
    order = latest_order(ada.user_id)
    assert (order.subtotal_cents, order.delivery_cents, order.tax_cents) == (500, 490, 36)  # 7.25 %: 36.25
    assert order.total_cents == 1026
    asked = db.session.scalars(select(Payment.amount_cents).where(Payment.order_id == order.id)).one()
    assert asked == 1026
    assert taxed(ada.get(f"/orders/{order.number}").text) == [("CA", "$0.36")]
    assert taxed(ada.get("/basket").text) == [("CA", "$0.36")], "the address used last says the state"


def test_a_price_that_changed_meanwhile_is_no_step(ada: Customer, acetaminophen: int) -> None:
    ada.put_in_basket(acetaminophen, 50)
    page = ada.get("/checkout").text
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == acetaminophen).values(price=Decimal("0.20")))
    answer = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | IN["CA"])
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert nothing_happened()


@pytest.mark.parametrize("forged", ["", "-1", "36.0", "x", "99999999999999999999"])
def test_a_forged_tax_orders_nothing(ada: Customer, acetaminophen: int, forged: str) -> None:
    ada.put_in_basket(acetaminophen, 50)
    assert ada.check_out(**IN["CA"], tax_cents=forged).status_code in (200, 409)
    assert nothing_happened()


@pytest.mark.parametrize(("region", "total"), [("CA", 1026), ("NY", 990)])
def test_the_total_of_a_state_is_asked_for_without_ordering(
    ada: Customer, acetaminophen: int, region: str, total: int
) -> None:
    ada.put_in_basket(acetaminophen, 50)
    hidden = hidden_fields(ada.get("/checkout").text)
    page = ada.client.post("/checkout", data=hidden | {"address": "new", "region": region, "update": "1"})
    assert (page.status_code, f'data-total="{total}"' in page.text) == (200, True)
    assert 'class="error"' not in page.text, "nothing that is still missing is an error yet"
    assert nothing_happened()


def test_a_prescription_owes_no_tax_beside_what_does(
    ada: Customer, acetaminophen: int, baclofen: int
) -> None:
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(acetaminophen, 50)
    page = ada.check_out(**IN["OH"]).text
    ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | IN["OH"])
    order = latest_order(ada.user_id)
    assert (order.subtotal_cents, order.tax_cents) == (3060 + 500, 29)  # 5.75 % of $5.00: 28.75
