"""Comparing a real store with a real payment service: nothing differs until somebody makes it differ."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from shop.clock import now
from shop.database import db, transaction
from shop.orders.models import Order
from shop.payments.listed import ListedRefund, Lists
from shop.payments.models import Payment
from shop.reconciliation import service
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.reconciliation.both_sides import (
    bought,
    captured,
    change_order,
    change_payment,
    codes,
    compared,
    paid_elsewhere,
    payment_of,
    request_movement,
)

pytestmark = pytest.mark.usefixtures("context")


def test_a_store_in_order_has_no_differences(
    counter: Counter, new_customer: Callable[[], Customer], naproxen: int
) -> None:
    bought(counter, new_customer(), naproxen, paid=False)
    bought(counter, new_customer(), naproxen)
    captured(counter, bought(counter, new_customer(), naproxen))
    shipped = bought(counter, new_customer(), naproxen)
    captured(counter, shipped)
    change_order(shipped, status="shipped", shipped_at=now())
    customer = new_customer()
    canceled = bought(counter, customer, naproxen, paid=False)
    customer.post(f"/orders/{canceled}/cancel")
    declined, url = new_customer(), ""
    declined.put_in_basket(naproxen, 50)
    _, url = declined.order(recipient="Bo Sample")
    counter.pay(url, number="4000000000000002")
    result = compared(counter)
    assert (result.orders, result.difference_count, result.in_flight) == (6, 0, 0)


def test_money_that_came_too_late_and_went_back_is_no_difference(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    number = bought(counter, ada, naproxen)
    payment = captured(counter, number)
    counter.gateway.refund(payment.intent_id, payment.amount_cents, "back")
    change_order(number, status="expired")
    for state in ("voided", "refunded"):
        change_payment(number, state=state)
        assert codes(counter) == set()


# --- One contradiction each ---


def void_there(counter: Counter, number: str) -> None:
    counter.gateway.void(payment_of(number).intent_id, f"by-hand-{number}")


def refund_there(counter: Counter, number: str) -> None:
    counter.gateway.refund(payment_of(number).intent_id, payment_of(number).amount_cents, f"by-hand-{number}")


def take(counter: Counter, number: str) -> None:
    captured(counter, number)


def cancel_here(counter: Counter, number: str) -> None:
    change_order(number, status="canceled")


def ship_here(counter: Counter, number: str) -> None:
    change_order(number, status="shipped")


def wait_here(counter: Counter, number: str) -> None:
    change_order(number, status="awaiting_payment")
    change_payment(number, state="open")


def charge_less_here(counter: Counter, number: str) -> None:
    change_payment(number, amount_cents=payment_of(number).amount_cents - 1)


def forget_capture(counter: Counter, number: str) -> None:
    captured(counter, number)
    change_payment(number, state="authorized")


def dream_capture(counter: Counter, number: str) -> None:
    change_payment(number, state="captured")


def dream_refund(counter: Counter, number: str) -> None:
    change_payment(number, refunded_cents=100)


def ask_only(counter: Counter, number: str) -> None:
    request_movement(number)


def rename(counter: Counter, number: str) -> None:
    change_payment(number, session_id="cs_gone", intent_id="pi_gone", reference="F-gone", state="expired")
    change_order(number, status="expired")


def pay_again(counter: Counter, number: str) -> None:
    paid_elsewhere(counter, payment_of(number).reference, payment_of(number).amount_cents)


CONTRADICTIONS: list[tuple[list[Callable[[Counter, str], None]], set[str]]] = [
    ([cancel_here], {"held_but_order_canceled"}),
    ([take, cancel_here], {"captured_but_order_canceled"}),
    ([wait_here], {"paid_but_order_waiting"}),
    ([void_there], {"placed_but_not_paid"}),
    ([take, refund_there], {"refunded_but_order_placed", "refund_not_recorded"}),
    ([ship_here], {"shipped_but_not_captured"}),
    ([take, ship_here, refund_there], {"refunded_and_shipped", "refund_not_recorded"}),
    ([pay_again], {"authorized_twice"}),
    ([charge_less_here], {"amount_differs"}),
    ([forget_capture], {"capture_not_recorded"}),
    ([dream_capture], {"capture_only_recorded"}),
    ([take, dream_refund], {"refund_only_recorded"}),
    ([ask_only], {"movement_unfinished"}),
]


def test_a_contradiction_is_found_with_its_order(
    counter: Counter, new_customer: Callable[[], Customer], naproxen: int
) -> None:
    bought(counter, new_customer(), naproxen)
    done = {bought(counter, new_customer(), naproxen): row for row in CONTRADICTIONS}
    assert codes(counter) == set()
    for number, (deeds, _) in done.items():
        for deed in deeds:
            deed(counter, number)
    found = codes(counter)
    for number, (deeds, wanted) in done.items():
        assert {code for code, order in found if order == number} == wanted, deeds
    assert {order for _, order in found} == set(done), "of the one in order, or of nobody"


def test_a_payment_that_the_service_does_not_know_and_the_money_nobody_asked_for(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    number = bought(counter, ada, naproxen)
    rename(counter, number)
    assert codes(counter) == {("unknown_there", number), ("intent_of_nobody", None)}


def test_money_without_an_order_is_named_by_its_intent(counter: Counter, naproxen: int) -> None:
    intent_id = paid_elsewhere(counter, "F-of-another-shop")
    paid_back = paid_elsewhere(counter, "F-of-a-third-shop")
    counter.gateway.void(paid_back, "void")
    result = compared(counter)
    assert [(one.code, one.subject) for one in result.differences] == [("intent_of_nobody", intent_id)]


def test_what_staff_refunded_of_a_shipped_order_is_no_difference(
    counter: Counter, ada: Customer, naproxen: int, make_user
) -> None:
    number = bought(counter, ada, naproxen)
    take(counter, number)
    ship_here(counter, number)
    refund_there(counter, number)
    cents = payment_of(number).amount_cents
    change_payment(number, refunded_cents=cents)
    assert codes(counter) == {("refunded_and_shipped", number)}
    request_movement(number, "refund", "done", actor_id=make_user("admin"))
    assert codes(counter) == set()


# --- In flight, and read at different times ---


def test_what_changed_within_the_grace_is_counted_as_in_flight(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    number = bought(counter, ada, naproxen)
    void_there(counter, number)
    paid_elsewhere(counter, "F-of-another-shop")
    young = compared(counter, timedelta(minutes=15))
    assert (young.in_flight, young.difference_count) == (1, 0)
    later = service.compare(counter.gateway.lists, now() + timedelta(minutes=1))
    assert (later.in_flight, later.difference_count) == (0, 2)


class MovingOn(Lists):
    """The service's lists, during whose reading the world moves on once."""

    def __init__(self, lists: Lists, act: Callable[[], object]) -> None:
        super().__init__(lists._client, lists._asked)
        self.acts = [act]

    def refunds(self, since: datetime | None = None, intent_id: str | None = None) -> Iterator[ListedRefund]:
        yield from super().refunds(since, intent_id)
        while self.acts:
            self.acts.pop()()


def test_what_happens_while_the_lists_are_read_is_no_difference(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    number = bought(counter, ada, naproxen)
    lists = MovingOn(counter.gateway.lists, lambda: captured(counter, number))
    result = service.compare(lists, now() + timedelta(minutes=1))
    assert (lists.acts, result.orders, result.difference_count) == ([], 1, 0)


# --- Long lists ---


def test_both_sides_are_read_in_portions(
    counter: Counter, new_customer: Callable[[], Customer], naproxen: int, monkeypatch
) -> None:
    monkeypatch.setattr("shop.reconciliation.books.PORTION", 2)
    monkeypatch.setattr("shop.payments.listed.PAGE", 2)
    numbers = [bought(counter, new_customer(), naproxen) for _ in range(5)]
    assert compared(counter).orders == 5
    for number in numbers:
        void_there(counter, number) if number != numbers[2] else take(counter, number)
    assert codes(counter) == {("placed_but_not_paid", number) for number in numbers if number != numbers[2]}


def test_of_very_many_differences_some_hundred_are_kept(
    counter: Counter, new_customer: Callable[[], Customer], naproxen: int, monkeypatch
) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 2)
    for _ in range(4):
        cancel_here(counter, bought(counter, new_customer(), naproxen))
    result = compared(counter)
    assert (result.difference_count, len(result.differences)) == (4, 2)


def test_only_orders_since_a_day_can_be_compared(
    counter: Counter, new_customer: Callable[[], Customer], naproxen: int, app: Flask
) -> None:
    old, new = bought(counter, new_customer(), naproxen), bought(counter, new_customer(), naproxen)
    week_ago = now() - timedelta(days=7)
    with transaction() as session:
        session.execute(update(Order).where(Order.number == old).values(created_at=week_ago))
        session.execute(update(Payment).where(Payment.reference.startswith(old)).values(created_at=week_ago))
    for number in (old, new):
        void_there(counter, number)
    db.session.rollback()
    result = service.compare(counter.gateway.lists, now() + timedelta(minutes=1), now() - timedelta(days=1))
    assert [(one.code, one.order) for one in result.differences] == [("placed_but_not_paid", new)]
