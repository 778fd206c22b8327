"""Staff cancel an order until it ships: everything goes back, the customer is told, the record says why."""

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.fulfillment.service import NotToBeShipped, ship_order
from shop.orders import cancellation
from shop.orders import queries as orders
from shop.orders.cancel_models import OrderCancellation
from shop.outbox.models import Job
from tests.integration.checkout.records import held, payments_of, status_of, taken
from tests.integration.checkout.store_counter import (  # noqa: F401
    Counter,
    Customer,
    ada,
    approve,
    baclofen,
    counter,
    new_customer,
    store_sandbox,
)

pytestmark = pytest.mark.usefixtures("context")
NOTE = "barred in Ohio since"


@pytest.fixture
def staff(counter: Counter, admin: int, sign_in) -> Customer:  # noqa: F811
    return Customer(sign_in(admin), admin)


@pytest.fixture
def unpaid(ada: Customer, baclofen: int) -> tuple[str, str, int]:  # noqa: F811
    """An order on a prescription: its number, its payment page, its prescription item."""
    item = approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    return (*ada.order(), item)


def cancel(staff: Customer, number: str, **fields: str):
    page = f"/admin/orders/{number}/cancel"
    return staff.post(page, **({"reason": "must_not_ship", "note": NOTE} | fields))


def mails(number: str) -> list[tuple[int, int]]:
    """What customers were told of canceling: refunded, unpaid."""
    db.session.rollback()
    found = db.session.scalars(
        select(Job.payload).where(Job.kind == "mail", Job.sequence == f"order:{number}").order_by(Job.id)
    )
    codes = [payload["codes"] for payload in found if payload["template"] == "order_canceled"]
    return [(one["refunded"], one["unpaid"]) for one in codes]


@pytest.mark.parametrize(
    ("stage", "payment", "told"),
    [
        ("unpaid", ["expired"], (0, 1)),
        ("placed", ["voided"], (0, 0)),
        ("charged", ["refunded"], (1, 0)),
    ],
)
def test_money_units_and_prescription_go_back_and_it_is_remembered_why(
    ada: Customer,  # noqa: F811
    staff: Customer,
    counter: Counter,  # noqa: F811
    unpaid: tuple[str, str, int],
    stage: str,
    payment: list[str],
    told: tuple[int, int],
) -> None:
    number, url, item = unpaid
    if stage != "unpaid":
        ada.get(counter.return_path(counter.pay(url)))
    if stage == "charged":
        counter.charge(number)
    assert f"/admin/orders/{number}/cancel" in staff.get(f"/admin/orders/{number}").text
    assert cancel(staff, number).status_code == 303
    assert (status_of(number), held(), taken(item), mails(number)) == ("canceled", {}, 0, [told])
    counter.work()
    assert payments_of(number) == payment
    kept = cancellation.of_order(orders.id_of(number))
    assert (kept.reason, kept.note, kept.actor_id) == ("must_not_ship", NOTE, staff.user_id)
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "order:canceled")).one()
    assert (record.actor_id, record.detail) == (staff.user_id, {"reason": "must_not_ship"})
    text = staff.get(f"/admin/orders/{number}").text
    assert 'data-canceled="must_not_ship"' in text
    assert NOTE in text
    assert NOTE not in ada.get(f"/orders/{number}").text
    with pytest.raises(NotToBeShipped), transaction():
        ship_order(number, "", staff.user_id, now())


def test_the_note_is_sealed(staff: Customer, unpaid: tuple[str, str, int]) -> None:
    cancel(staff, unpaid[0])
    db.session.rollback()
    stored = db.session.connection().exec_driver_sql("SELECT note FROM order_cancellation").scalar()
    assert NOTE not in stored


@pytest.mark.parametrize(
    "fields", [{"reason": ""}, {"reason": "no_such"}, {"reason": "other", "note": " "}, {"note": "x" * 501}]
)
def test_without_a_reason_nothing_is_canceled(
    staff: Customer, unpaid: tuple[str, str, int], fields: dict[str, str]
) -> None:
    number, _url, item = unpaid
    answer = cancel(staff, number, **fields)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert (status_of(number), taken(item)) == ("awaiting_payment", 60)


def test_an_order_paid_in_this_moment_is_placed_and_then_canceled_as_such(
    staff: Customer,
    counter: Counter,  # noqa: F811
    unpaid: tuple[str, str, int],
) -> None:
    number, url, _item = unpaid
    counter.pay(url)  # and nobody has come back yet
    cancel(staff, number)
    assert status_of(number) == "placed"
    cancel(staff, number)
    assert status_of(number) == "canceled"


def test_what_shipped_or_ended_is_not_canceled_again(
    ada: Customer,  # noqa: F811
    staff: Customer,
    counter: Counter,  # noqa: F811
    unpaid: tuple[str, str, int],
) -> None:
    number, url, _item = unpaid
    token = staff.token()
    ada.get(counter.return_path(counter.pay(url)))
    counter.charge(number)
    with transaction():
        ship_order(number, "", staff.user_id, now())
    assert staff.get(f"/admin/orders/{number}/cancel").status_code == 303
    path = f"/admin/orders/{number}/cancel"
    staff.client.post(path, data={"csrf_token": token, "reason": "other", "note": NOTE})
    assert (status_of(number), mails(number)) == ("shipped", [])
    assert db.session.scalar(select(func.count(OrderCancellation.id))) == 0
    assert f'href="{path}"' not in staff.get(f"/admin/orders/{number}").text
