"""What a customer finds on the page of an order, and in the list of their orders."""

import pytest

from shop.basket import queries as basket
from shop.basket.owner import BasketOwner
from shop.clock import today
from shop.database import db
from shop.delivery.calendar import promised
from shop.orders import queries as orders
from tests.integration.checkout.store_counter import Customer

pytestmark = pytest.mark.usefixtures("context")


def test_an_order_says_thank_you_by_when_it_arrives_and_what_was_bought(ada: Customer, placed: str) -> None:
    page = ada.get(f"/orders/{placed}").text
    assert f'data-promised="{promised(today(), 1, 5, "US").isoformat()}"' in page
    assert page.count('class="bought"') == 2
    assert page.count("<svg") >= 2
    assert 'href="/medicines/baclofen' in page
    assert f"/orders/{placed}/cancel" in page


def test_what_was_never_paid_is_not_in_the_list_but_one_link_away(ada: Customer, naproxen: int) -> None:
    started = []
    for _ in range(3):  # each takes the place of the one before
        ada.put_in_basket(naproxen, 50)
        started.append(ada.order()[0])
    page = ada.get("/orders").text
    assert [number in page for number in started] == [False, False, True]
    assert 'data-attempts="2"' in page
    apart = ada.get("/orders?unpaid=1").text
    assert [number in apart for number in started] == [True, True, False]
    assert ada.get(f"/orders/{started[0]}").status_code == 200


def test_an_order_is_put_into_the_basket_again(
    ada: Customer, new_customer, placed: str, naproxen: int, baclofen: int
) -> None:
    answer = ada.post(f"/orders/{placed}/again")
    assert answer.headers["Location"] == "/basket"
    db.session.rollback()
    lines = {
        line.variant_id: (line.quantity, line.patient_id) for line in basket.lines(BasketOwner(ada.user_id))
    }
    patient_id = next(line.patient_id for line in orders.by_number(placed).lines if line.patient_id)
    assert lines == {baclofen: (60, patient_id), naproxen: (50, None)}
    assert new_customer().post(f"/orders/{placed}/again").status_code == 404
