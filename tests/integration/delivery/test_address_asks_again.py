"""A paid order that moves to another state is asked how it is sent: never for more, and less goes back."""

import pytest

from shop.checkout import maintenance as checkout_checks
from shop.clock import today
from shop.delivery.calendar import promised
from shop.orders import maintenance as order_checks
from tests.integration.checkout.records import books
from tests.integration.checkout.store_counter import ADDRESS, Counter, Customer, approve, hidden_fields
from tests.integration.delivery.test_choosing_a_method import order_of, pay

pytestmark = pytest.mark.usefixtures("context", "methods")
TEXAS = {"city": "Austin", "region": "TX", "postal_code": "73301"}
CALIFORNIA = {"city": "Los Angeles", "region": "CA", "postal_code": "90001"}


def move(ada: Customer, number: str, **changes: str):
    """Save another address as the page shows it first, then as it asks."""
    path = f"/orders/{number}/address"
    sent = {key: value for key, value in ADDRESS.items() if key != "address"} | changes
    first = ada.client.post(path, data=hidden_fields(ada.get(path).text) | sent)
    if first.status_code != 200:
        return first
    assert "data-step" in first.text
    return ada.client.post(path, data=sent | hidden_fields(first.text))


@pytest.mark.parametrize("charged", [False, True])
def test_what_is_cheaper_there_is_not_charged_or_goes_back(
    ada: Customer, counter: Counter, baclofen: int, charged: bool
) -> None:
    """On prescription, which no state here taxes: only the delivery differs."""
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number = pay(ada, counter, method="fast")
    if charged:
        counter.charge(number)
    assert move(ada, number, **TEXAS).status_code == 303
    counter.work()
    order = order_of(number)
    assert (order.region, order.delivery_code, order.delivery_cents) == ("TX", "standard", 490)
    assert order.promised_on == promised(today(), 2, 3, "US")
    assert books(number) == ((3550, 4350, 800) if charged else (3550, 3550, 0))
    for check in (order_checks.totals, checkout_checks.refunds):
        assert check().problems == ()


def test_what_is_dearer_there_is_refused_with_a_way_out(
    ada: Customer, counter: Counter, naproxen: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    number = pay(ada, counter)
    before = books(number)
    answer = move(ada, number, **CALIFORNIA)
    assert (answer.status_code, 'data-refusal="address_not_allowed"' in answer.text) == (422, True)
    assert (order_of(number).region, books(number)) == ("NY", before)


def test_in_the_same_state_the_method_and_its_promise_stay(
    ada: Customer, counter: Counter, naproxen: int, staff: Customer
) -> None:
    ada.put_in_basket(naproxen, 50)
    number = pay(ada, counter, method="fast")
    day = order_of(number).promised_on
    staff.post("/admin/delivery-methods/fast/withdraw")
    assert move(ada, number, line1="7 Sample Road").status_code == 303
    order = order_of(number)
    assert (order.line1, order.delivery_code, order.promised_on) == ("7 Sample Road", "fast", day)
