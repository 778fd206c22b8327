"""A shipped order is refunded line by line, through the payment service, and never for more than was paid."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.checkout import maintenance
from shop.clock import now
from shop.database import db
from shop.orders import queries as orders
from shop.orders import refunds
from shop.payments.models import Payment, PaymentMovement
from shop.reconciliation import service as reconciliation
from tests.integration.checkout.paid_orders import mails
from tests.integration.checkout.records import status_of
from tests.integration.checkout.store_counter import Counter, Customer

pytestmark = pytest.mark.usefixtures("context")
NOTE = "blister was crushed"


def line_of(number: str) -> int:
    db.session.rollback()
    return orders.by_number(number).lines[0].id


def send(staff: Customer, number: str, cents: str, delivery: str = "", **fields: str):
    page = f"/admin/orders/{number}/refund"
    html = staff.get(page).text
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', html)[1] for name in ("csrf_token", "form")
    }
    typed = {f"line_{line_of(number)}": cents, "delivery": delivery, "reason": "damaged", "note": NOTE}
    return staff.client.post(page, data=hidden | typed | fields)


def books(number: str) -> tuple[str, int, list[tuple[int, str]]]:
    """The payment's state, what is counted as refunded, and each refund with its state."""
    db.session.rollback()
    row = db.session.scalars(select(Payment).where(Payment.reference.startswith(number))).one()
    moved = select(PaymentMovement.amount_cents, PaymentMovement.state).where(
        PaymentMovement.payment_id == row.id, PaymentMovement.kind == "refund"
    )
    found = db.session.execute(moved.order_by(PaymentMovement.id)).all()
    return row.state.value, row.refunded_cents, [(one.amount_cents, one.state.value) for one in found]


def test_part_of_a_line_and_then_the_rest(
    ada: Customer,
    staff: Customer,
    counter: Counter,
    shipped: str,
) -> None:
    order = orders.by_number(shipped)
    total, tax = order.total_cents, order.tax_cents
    assert send(staff, shipped, "$3.00").status_code == 303
    counter.work()
    state, first, moved = books(shipped)
    assert (state, moved) == ("captured", [(first, "done")])
    assert 300 <= first <= 300 + tax
    assert (status_of(shipped), mails("order_refunded")) == ("shipped", 1)
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "order:refunded")).one()
    assert (record.actor_id, record.detail) == (
        staff.user_id,
        {"reason": "damaged", "amount_cents": first},
    )
    assert NOTE in staff.get(f"/admin/orders/{shipped}").text
    page = ada.get(f"/orders/{shipped}").text
    assert f'data-refunded="{first}"' in page
    assert NOTE not in page
    answer = send(staff, shipped, "27.61")
    assert (answer.status_code, 'id="problems"' in answer.text) == (422, True)
    naproxen = {f"line_{orders.by_number(shipped).lines[1].id}": "3.95"}
    assert send(staff, shipped, "27.60", "4.90", **naproxen).status_code == 303
    counter.work()
    assert books(shipped)[:2] == ("captured", total)
    assert refunds.left_of(orders.by_number(shipped)).total_cents == 0
    assert counter.gateway.look_up(latest_session(shipped)).amount_cents == total
    assert differences(counter, shipped) == set()
    db.session.rollback()
    assert maintenance.refunds().problems == ()


def latest_session(number: str) -> str:
    db.session.rollback()
    return db.session.scalars(select(Payment.session_id).where(Payment.reference.startswith(number))).one()


def differences(counter: Counter, number: str) -> set[str]:
    """What reconciliation finds between our books of an order and the payment service."""
    found = reconciliation.compare(counter.gateway.lists, now() + timedelta(hours=1)).differences
    return {one.code for one in found if one.order == number}


NONSENSE = [
    {"reason": ""},
    {"reason": "line_removed"},
    {"reason": "other", "note": " "},
    {"form": "x"},
    {"delivery": "?"},
]


def test_without_a_reason_or_with_nonsense_nothing_is_refunded(staff: Customer, shipped: str) -> None:
    for fields in NONSENSE:
        assert send(staff, shipped, "1", **fields).status_code == 422, fields
        assert books(shipped)[1:] == (0, []), fields


def test_a_form_sent_twice_is_one_refund(staff: Customer, counter: Counter, shipped: str) -> None:
    for _ in range(2):
        assert send(staff, shipped, "1", form="0" * 32).status_code == 303
    counter.work()
    assert [amount for amount, _ in books(shipped)[2]] == [books(shipped)[1]]


def test_what_has_not_shipped_is_not_refunded_but_canceled(
    staff: Customer,
    counter: Counter,
    placed: str,
) -> None:
    counter.charge(placed)
    assert staff.get(f"/admin/orders/{placed}/refund").status_code == 303
    send_token = staff.token()
    staff.client.post(
        f"/admin/orders/{placed}/refund",
        data={
            "csrf_token": send_token,
            "form": "0" * 32,
            "reason": "damaged",
            f"line_{line_of(placed)}": "1",
        },
    )
    assert (books(placed)[1:], status_of(placed)) == ((0, []), "placed")


def test_what_the_service_refuses_does_not_count_and_may_be_refunded_again(
    staff: Customer,
    counter: Counter,
    shipped: str,
) -> None:
    intent = counter.gateway.look_up(latest_session(shipped)).intent_id
    total = orders.by_number(shipped).total_cents
    counter.gateway.refund(intent, total - 100, f"by-hand-{shipped}")  # in the service's dashboard
    send(staff, shipped, "5.00")
    counter.work()
    state, counted, moved = books(shipped)
    assert (state, counted, [kind for _, kind in moved]) == ("captured", 0, ["refused"])
    assert 'data-refund="refused"' in staff.get(f"/admin/orders/{shipped}").text
    assert mails("order_refunded") == 0


def test_a_refund_whose_answer_was_lost_is_found_and_not_made_twice(
    staff: Customer,
    counter: Counter,
    shipped: str,
) -> None:
    send(staff, shipped, "1.00")
    db.session.rollback()
    row = db.session.scalars(select(PaymentMovement).where(PaymentMovement.kind == "refund")).one()
    counter.gateway.refund(
        row.intent_id,
        row.amount_cents,
        f"forgotten-{shipped}",
        metadata={"movement": row.idempotency_key},
    )
    counter.work()
    assert books(shipped)[2] == [(row.amount_cents, "done")]
    made = list(counter.gateway.lists.refunds(intent_id=row.intent_id))
    assert [one.amount_cents for one in made] == [row.amount_cents]
