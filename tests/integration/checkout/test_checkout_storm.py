"""Everybody does everything at once over HTTP; afterwards every count follows from its ledger."""

import random
import threading

import pytest
from sqlalchemy import case, func, select

from shop.audit.proof import broken_links
from shop.audit.sealing import seal_audit
from shop.database import db
from shop.orders.models import Order, OrderLine
from shop.payments.facts import PaymentState
from shop.payments.models import Payment
from shop.payments.states import ALIVE
from shop.prescriptions.models import PrescriptionItem, QuantityEntry
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import (
    ADDRESS,
    Counter,
    Customer,
    approve,
    hidden_fields,
)
from tests.integration.stock.stock_checks import assert_ledgers_agree

pytestmark = pytest.mark.usefixtures("context")
CUSTOMERS, STEPS = 5, 18


class Shopper:
    """A customer who presses buttons at random and remembers every answer's status.

    Each begins with an order that is paid before anybody lets time pass (`all_paid`): a storm in which every
    payment came too late would prove nothing.
    """

    def __init__(
        self,
        seed: int,
        customer: Customer,
        counter: Counter,
        variants: list[int],
        all_paid: threading.Barrier,
    ) -> None:
        self.random, self.customer, self.counter, self.variants, self.all_paid = (
            random.Random(seed),
            customer,
            counter,
            variants,
            all_paid,
        )
        self.pages: list[str] = []
        self.statuses: list[int] = []

    def live(self) -> None:
        try:
            for step in (self.fill, self.order, self.pay):
                step()
        finally:
            self.all_paid.wait()
        for _ in range(STEPS - 3):
            step = self.random.choice(
                (self.fill, self.order, self.order, self.pay, self.pay, self.give_up, self.work)
            )
            step()

    def note(self, answer) -> str:
        self.statuses.append(answer.status_code)
        return answer.headers.get("Location", "")

    def fill(self) -> None:
        self.note(self.customer.put_in_basket(self.random.choice(self.variants), 30))

    def order(self) -> None:
        page = self.customer.get("/checkout")
        if page.status_code == 200:
            person = {"recipient": f"Ada Specimen {self.customer.user_id}"}  # each buys for one of their own
            fields = ADDRESS | hidden_fields(page.text) | person
            target = self.note(self.customer.client.post("/checkout", data=fields))
            self.pages += [target] if "/pay/" in target else []

    def pay(self) -> None:
        if self.pages:
            answer = self.counter.pay(self.random.choice((self.pages[-1], *self.pages)))
            if answer.status_code == 303:
                self.note(self.customer.get(self.counter.return_path(answer)))

    def give_up(self) -> None:
        numbers = self.customer.get("/orders").text.split("/orders/F-")[1:]
        if numbers:
            number = "F-" + numbers[0][:9]
            self.note(self.customer.post(f"/orders/{number}/cancel"))

    def work(self) -> None:
        self.counter.work(minutes=self.random.choice((0, 0, 0, 0, 36)))


@pytest.mark.parametrize("seed", [1, 2])
def test_after_a_storm_of_orders_payments_and_cancellations_every_count_follows_from_its_ledger(
    counter: Counter, new_customer, seed: int
) -> None:
    scarce, baclofen = make_variant("Naproxen", "220 mg", "0.07925", rx=False), make_variant()
    for quantity in (40, 80, 70):
        make_lot(scarce, quantity)
        make_lot(baclofen, quantity)
    all_paid = threading.Barrier(CUSTOMERS)
    shoppers = [
        Shopper(seed * 100 + place, new_customer(), counter, [scarce, baclofen], all_paid)
        for place in range(CUSTOMERS)
    ]
    for shopper in shoppers:
        approve(shopper.customer.user_id, baclofen, quantity=30, refills=1, days_supply=None)
    db.session.rollback()
    threads = [threading.Thread(target=shopper.live) for shopper in shoppers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for shopper in shoppers for status in shopper.statuses} <= {200, 303, 409}
    counter.work(hours=1)
    assert_everything_adds_up(counter)


def assert_everything_adds_up(counter: Counter) -> None:
    assert_ledgers_agree()
    change = case(
        (QuantityEntry.kind == "held", QuantityEntry.quantity),
        (QuantityEntry.kind == "released", -QuantityEntry.quantity),
        else_=0,
    )
    ledger = dict(
        db.session.execute(
            select(QuantityEntry.item_id, func.sum(change)).group_by(QuantityEntry.item_id)
        ).all()
    )
    for item in db.session.scalars(select(PrescriptionItem)):
        assert 0 <= item.taken == ledger.get(item.id, 0) <= item.authorized
    orders = db.session.scalars(select(Order)).all()
    assert {order.status for order in orders} <= {"placed", "canceled", "expired"}
    assert any(order.placed_at for order in orders)  # otherwise the storm was none
    for order in orders:
        lines = db.session.scalars(select(OrderLine.total_cents).where(OrderLine.order_id == order.id)).all()
        assert order.total_cents == sum(lines) + order.delivery_cents
        payments = db.session.scalars(select(Payment).where(Payment.order_id == order.id)).all()
        assert {payment.amount_cents for payment in payments} == {order.total_cents}
        alive = [payment.state for payment in payments if payment.state in ALIVE]
        assert alive == (["authorized"] if order.status == "placed" else [])
    paid = {payment.session_id: payment for payment in db.session.scalars(select(Payment))}
    db.session.rollback()
    for session_id, payment in paid.items():
        facts = counter.gateway.look_up(session_id) if session_id else None
        if facts is not None and payment.state == "authorized":
            assert (facts.state, facts.amount_cents) == (PaymentState.AUTHORIZED, payment.amount_cents)
        elif facts is not None:
            assert facts.state not in (PaymentState.CAPTURED, PaymentState.AUTHORIZED)
    seal_audit()
    assert list(broken_links()) == []
