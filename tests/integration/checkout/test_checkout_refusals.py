"""What checkout refuses, on the page and on the server, and that a refusal changes nothing."""

import pytest
from sqlalchemy import update

from shop.catalogue.models import Product, Variant
from shop.checkout.rules import SALE_WORDS
from shop.clock import now
from shop.database import transaction
from shop.prescriptions.models import Prescription
from tests.integration.checkout.refused_orders import by_hand, nothing_happened
from tests.integration.checkout.store_counter import (
    ADDRESS,
    Customer,
)

pytestmark = pytest.mark.usefixtures("context", "counter")


def test_a_hand_made_order_without_a_prescription_is_refused_and_nothing_changes(
    ada: Customer, baclofen: int, naproxen: int
) -> None:
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(naproxen, 50)
    answer = by_hand(ada, total_cents=str(3060 + 395 + 490))
    assert answer.status_code == 409
    assert 'action="/basket/prescription"' in answer.text
    assert nothing_happened()


def test_the_checkout_page_sends_back_to_the_basket_which_says_what_to_do(
    ada: Customer, baclofen: int
) -> None:
    ada.put_in_basket(baclofen, 60)
    assert ada.get("/checkout").headers["Location"] == "/basket"
    page = ada.get("/basket").text
    assert 'action="/basket/prescription"' in page
    assert 'href="/checkout"' not in page


def test_an_empty_basket_cannot_be_ordered(ada: Customer) -> None:
    assert by_hand(ada).status_code in (400, 409)
    assert ada.get("/checkout").headers["Location"] == "/basket"
    assert nothing_happened()


def test_a_visitor_signs_in_first_and_comes_back(visitor: Customer, naproxen: int) -> None:
    visitor.put_in_basket(naproxen, 50)
    assert visitor.get("/checkout").headers["Location"] == "/sign-in?next=/checkout"
    assert by_hand(visitor).headers["Location"] == "/sign-in?next=/checkout"
    assert nothing_happened()


@pytest.mark.parametrize("role", ["pharmacist", "admin"])
def test_staff_cannot_shop(role: str, make_user, sign_in, naproxen: int) -> None:
    staff = Customer(sign_in(make_user(role)))
    for answer in (staff.ask_for(naproxen, 50), staff.get("/basket"), staff.get("/checkout")):
        assert answer.status_code == 403
    assert nothing_happened()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"markets": ["ZA"]}, "other_market"),
        ({"price": None}, "no_price"),
    ],
)
def test_what_is_no_longer_sold_is_refused_with_its_reason(
    ada: Customer, naproxen: int, change: dict, code: str
) -> None:
    ada.put_in_basket(naproxen, 50)
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == naproxen).values(**change))
    answer = by_hand(ada, total_cents="885")
    assert answer.status_code == 409
    assert SALE_WORDS[code] in answer.text
    assert nothing_happened()


def test_what_may_not_be_posted_is_refused_with_its_reason(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    with transaction() as session:
        session.execute(update(Product).values(not_by_mail="it must stay cold"))
    assert "it must stay cold" in by_hand(ada, total_cents="885").text
    assert nothing_happened()


@pytest.mark.parametrize("status", ["waiting", "asked", "refused"])
def test_an_undecided_or_refused_prescription_is_said_so(ada: Customer, baclofen: int, status: str) -> None:
    decided = {"decided_at": now(), "decided_by": ada.user_id} if status == "refused" else {}
    with transaction() as session:
        session.add(
            Prescription(
                reference="p" * 20, user_id=ada.user_id, status=status, submitted_at=now(), **decided
            )
        )
    ada.put_in_basket(baclofen, 60)
    answer = by_hand(ada, total_cents=str(3060 + 490))
    assert answer.status_code == 409
    assert f'data-state="{status}"' in answer.text
    assert nothing_happened()


def test_a_form_without_its_token_leads_back_to_its_page(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    answer = ada.client.post("/checkout", data=ADDRESS | {"total_cents": "885"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/checkout")
    assert nothing_happened()
