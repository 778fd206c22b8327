"""Where the parcel goes: a bad address, a kept one, and somebody else’s."""

import re

import pytest
from sqlalchemy import update

from shop.accounts.models import Address
from shop.database import transaction
from tests.factories import make_address
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.refused_orders import nothing_happened
from tests.integration.checkout.store_counter import ADDRESS, Customer, hidden_fields

pytestmark = pytest.mark.usefixtures("context", "counter")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", ""),
        ("line1", "   "),
        ("city", ""),
        ("region", ""),
        ("region", "ZZ"),
        ("region", "AK"),
        ("postal_code", ""),
        ("postal_code", "ABCDE"),
        ("postal_code", "0000"),
        ("postal_code", "94103"),
        ("phone", "call me"),
        ("line1", "x" * 121),
        ("address", "4711"),
    ],
)
def test_a_bad_address_keeps_what_was_typed_and_orders_nothing(
    ada: Customer, naproxen: int, field: str, value: str
) -> None:
    make_address(ada.user_id)
    ada.put_in_basket(naproxen, 50)
    answer = ada.check_out(**{field: value})
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    kept = "Springfield" if field == "line1" else "12 Example Street"
    assert f'value="{kept}"' in answer.text
    assert nothing_happened()


def test_a_kept_address_is_offered_and_used(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    ada.order()
    page = ada.get("/checkout").text
    kept = re.search(r'name="address" value="(\d+)" checked', page)
    assert kept
    fields = hidden_fields(page) | {"address": kept[1]}
    assert ada.client.post("/checkout", data=fields).status_code == 303
    assert latest_order(ada.user_id).recipient == "Ada Specimen"


def test_a_first_address_starts_with_the_name_and_is_kept_as_it_is_read(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    field = re.search(r'<input[^>]*name="recipient"[^>]*>', ada.get("/checkout").text)
    assert field
    assert 'value="Ada Specimen"' in field[0]
    ada.order(postal_code="１０００１－０００１", phone="５５５ 555 0100 x9")
    order = latest_order(ada.user_id)
    assert (order.postal_code, order.phone) == ("10001-0001", "+15555550100;ext=9")
    assert "(555) 555-0100 ext. 9" in ada.get(f"/orders/{order.number}").text


def test_a_kept_address_whose_zip_code_is_elsewhere_is_refused(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    ada.order()
    with transaction() as session:
        session.execute(update(Address).values(region="TX"))
    ada.put_in_basket(naproxen, 50)
    page = ada.get("/checkout").text
    kept = re.search(r'name="address" value="(\d+)" checked', page)
    assert kept
    answer = ada.client.post(
        "/checkout", data=hidden_fields(page) | {"address": kept[1]}, follow_redirects=True
    )
    assert answer.status_code == 422
    assert 'href="#address' in answer.text


def test_states_that_are_not_served_cannot_be_chosen(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    page = ada.get("/checkout").text
    assert re.search(r'<option disabled value="AK">|<option value="AK" disabled>', page)
    assert not re.search(r'<option[^>]*value="NY"[^>]*disabled|<option disabled value="NY"', page)


def test_another_customers_address_cannot_be_chosen(ada: Customer, naproxen: int, new_customer) -> None:
    bob = new_customer()
    for one, name in ((ada, "Ada Specimen"), (bob, "Bob Sample")):
        one.put_in_basket(naproxen, 50)
        one.order(recipient=name)
    from shop.accounts.queries import addresses_of

    foreign = addresses_of(ada.user_id)[0].id
    assert bob.check_out(address=str(foreign), recipient="Bob Sample").status_code == 422


def test_an_address_typed_into_a_session_that_ended_is_there_after_signing_in(
    ada: Customer, naproxen: int, sign_in
) -> None:
    ada.put_in_basket(naproxen, 50)
    form = ADDRESS | hidden_fields(ada.get("/checkout").text) | {"line1": "7 Kept Road", "of_age": "18"}
    ada.client.delete_cookie("formulary")
    answer = ada.client.post("/checkout", data=form)
    assert answer.location == "/sign-in?next=/checkout"
    with ada.client.session_transaction() as session:
        assert "Kept Road" not in str(dict(session))
        kept = session["typed"]
    again = sign_in(ada.user_id)
    with again.session_transaction() as session:
        session["typed"] = kept
    page = again.get("/checkout").text
    assert 'value="7 Kept Road"' in page
    assert 'value="7 Kept Road"' in again.get("/checkout").text  # also when it is opened again
    assert again.post("/checkout", data=ADDRESS | hidden_fields(page)).status_code == 303
    assert 'value="7 Kept Road"' not in again.get("/checkout").text


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
        {"headers": {"Origin": "https://elsewhere.example"}},
        {"content_type": "multipart/form-data"},
    ],
)
def test_another_site_does_not_choose_where_a_parcel_goes(visitor: Customer, how: dict) -> None:
    answer = visitor.client.post("/checkout", data=ADDRESS, **how)
    assert answer.location.startswith("/sign-in")
    with visitor.client.session_transaction() as session:
        assert "typed" not in session


def test_what_somebody_else_typed_on_this_browser_is_not_shown(
    ada: Customer, naproxen: int, make_user, sign_in
):
    ada.put_in_basket(naproxen, 50)
    assert ada.check_out(line1="7 Kept Road", city="").status_code == 422
    with ada.client.session_transaction() as session:
        kept = session["typed"]
    other = sign_in(make_user("customer"))
    with other.session_transaction() as session:
        session["typed"] = kept
    assert "7 Kept Road" not in other.get("/account/addresses/add").text
    with other.session_transaction() as session:
        assert "typed" not in session


def test_a_form_of_an_earlier_session_is_shown_again_with_what_was_typed(ada: Customer) -> None:
    page = "/account/addresses/add"
    answer = ada.client.post(page, data=ADDRESS | {"csrf_token": "of-before", "line1": "7 Kept Road"})
    assert (answer.status_code, answer.location) == (303, page)
    assert 'value="7 Kept Road"' in ada.get(page).text
