"""A customer chooses how an order is sent, reads the day, and the order keeps both."""

import re

import pytest
from sqlalchemy import select

from shop.checkout import jobs
from shop.clock import today
from shop.database import db, transaction
from shop.delivery.calendar import promised
from shop.orders.models import Order
from shop.outbox.models import Job
from shop.prescriptions.models import PrescriptionItem
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.store_counter import ADDRESS, Counter, Customer, approve, hidden_fields

pytestmark = pytest.mark.usefixtures("context", "methods")


def offered(page: str) -> dict[str, tuple[bool, str | None]]:
    """By the code of a radio: whether it is checked, and the day that is promised beside it."""
    found = re.findall(r'name="method" value="(\w+)"( checked)?>.*?<small>(.*?)</small>', page)
    days = {code: re.search(r'data-promised="([\d-]+)"', small) for code, _, small in found}
    return {code: (bool(checked), days[code] and days[code][1]) for code, checked, _ in found}


def ask(ada: Customer, **changes: str):
    """What the page's button without a script asks for."""
    hidden = hidden_fields(ada.get("/checkout").text)
    return ada.client.post("/checkout", data=ADDRESS | hidden | changes | {"update": "1"})


def pay(ada: Customer, counter: Counter, **changes: str) -> str:
    page = ask(ada, **changes).text
    answer = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page) | changes)
    assert answer.status_code == 303, answer.text
    number = latest_order(ada.user_id).number
    ada.get(counter.return_path(counter.pay(answer.headers["Location"])))
    return number


def order_of(number: str) -> Order:
    db.session.rollback()
    return db.session.scalars(select(Order).where(Order.number == number)).one()


def test_the_basket_and_the_page_without_an_address_say_from(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    for path in ("/basket", "/checkout"):
        page = ada.get(path).text
        assert "from $4.90" in page
        assert "data-promised" not in page
    assert offered(page) == {"standard": (True, None), "fast": (False, None)}


@pytest.mark.parametrize(
    ("region", "zip_code", "found"),
    [
        ("NY", "10001", {"standard": (2, 3), "fast": (1, 1)}),
        ("CA", "90001", {"standard": (2, 5), "fast": (1, 1)}),
    ],
)
def test_a_state_is_offered_its_methods_with_their_days(
    ada: Customer, naproxen: int, region: str, zip_code: str, found: dict[str, tuple[int, int]]
) -> None:
    ada.put_in_basket(naproxen, 50)
    page = ask(ada, region=region, postal_code=zip_code).text
    days = {code: promised(today(), *times, "US").isoformat() for code, times in found.items()}
    assert offered(page) == {code: (code == "standard", day) for code, day in days.items()}


def test_the_order_keeps_the_method_and_the_day_whatever_becomes_of_them(
    ada: Customer, counter: Counter, naproxen: int, staff: Customer
) -> None:
    ada.put_in_basket(naproxen, 50)
    number = pay(ada, counter, method="fast")
    order, day = order_of(number), promised(today(), 1, 1, "US")
    assert (order.delivery_code, order.delivery_name, order.delivery_cents) == ("fast", "Fast", 1290)
    assert (order.handling_days, order.transit_days, order.promised_on) == (1, 1, day)
    assert f'data-promised="{day.isoformat()}"' in ada.get(f"/orders/{number}").text
    assert 'data-method="fast"' in staff.get(f"/admin/orders/{number}").text
    codes = [job.payload["codes"] for job in db.session.scalars(select(Job).where(Job.kind == "mail"))]
    assert [(one["method"], one["arrives_by"]) for one in codes] == [("Fast", day.isoformat())]
    staff.post("/admin/delivery-methods/fast/withdraw")
    assert order_of(number).promised_on == day


@pytest.mark.parametrize(
    ("region", "zip_code", "method", "status"),
    [
        ("TX", "73301", "fast", 422),  # not offered there
        ("NY", "10001", "gone", 422),
        ("NY", "10001", "fast", 200),  # dearer than what the page said: shown first
        ("NY", "10001", "standard", 303),
    ],
)
def test_nobody_pays_for_a_method_they_did_not_read_the_total_of(
    ada: Customer, naproxen: int, region: str, zip_code: str, method: str, status: int
) -> None:
    ada.put_in_basket(naproxen, 50)
    seen = hidden_fields(ask(ada).text)
    answer = ada.client.post(
        "/checkout",
        data=ADDRESS | seen | {"region": region, "postal_code": zip_code, "method": method},
    )
    assert answer.status_code == status
    assert bool(db.session.scalars(select(Order.id)).all()) is (status == 303)


def test_a_state_that_no_method_serves_is_told_so(ada: Customer, naproxen: int, staff: Customer) -> None:
    staff.post("/admin/delivery-methods/standard/withdraw")
    ada.put_in_basket(naproxen, 50)
    page = ask(ada, region="TX", postal_code="73301")
    assert 'data-offered=""' in page.text
    answer = ada.client.post(
        "/checkout", data=ADDRESS | hidden_fields(page.text) | {"region": "TX", "postal_code": "73301"}
    )
    assert (answer.status_code, offered(answer.text)) == (422, {})


def test_an_order_that_waits_for_a_pharmacist_is_promised_once_it_does_not(
    ada: Customer, counter: Counter, baclofen: int
) -> None:
    item_id = approve(ada.user_id, baclofen)
    with transaction():
        db.session.get(PrescriptionItem, item_id).prescription.origin = "photo"
    ada.put_in_basket(baclofen, 60)
    assert {day for _, day in offered(ask(ada).text).values()} == {None}
    number = pay(ada, counter)
    assert order_of(number).promised_on is None
    assert "data-unpromised" in ada.get(f"/orders/{number}").text
    jobs.promise_released()
    assert order_of(number).promised_on is None
    with transaction():
        db.session.get(PrescriptionItem, item_id).prescription.origin = "paper"
    jobs.promise_released()
    assert order_of(number).promised_on == promised(today(), 2, 3, "US")
