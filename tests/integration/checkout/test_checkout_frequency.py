"""Real processes that learn of the same payment at the same moment, many times over: it is used once."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from shop.database import db
from shop.orders.models import Order
from shop.payments.models import Payment, PaymentMovement
from tests.forked import Forked
from tests.integration.interleaving import bought as orders
from tests.running_store import PATIENCE

PROCESSES, ORDERS = 3, 25
CONFIRMER = Path(__file__).with_name("payment_confirmer.py")


def test_three_processes_that_confirm_the_same_orders_place_each_once_and_keep_its_money(
    context: Flask,
) -> None:
    config = context.extensions["settings"]
    shelf = orders.on_shelf(units=60 * ORDERS)
    made = [orders.unpaid(shelf) for _ in range(ORDERS)]
    db.session.rollback()
    processes = [Forked(CONFIRMER, str(config.instance), config.database_url) for _ in range(PROCESSES)]
    try:
        for process in processes:
            assert process.stdout.readline().strip() == "ready"
        outcomes = [_confirm_everywhere(processes, one.facts) for one in made]
    finally:
        for process in processes:
            process.communicate(timeout=PATIENCE)
    assert all(sorted(said) == ["already", "already", "placed"] for said in outcomes), outcomes
    assert db.session.scalar(select(func.count(Order.id)).where(Order.status == "placed")) == ORDERS
    assert set(db.session.scalars(select(Payment.state))) == {"authorized"}
    assert db.session.scalar(select(func.count(PaymentMovement.id))) == 0


def _confirm_everywhere(processes: list[Forked], facts) -> list[str]:
    line = f"{facts.session_id} {facts.intent_id} {facts.reference} {facts.amount_cents}\n"
    for process in processes:
        process.stdin.write(line)
    for process in processes:  # all have the line in their pipe by now, and get it nearly at once
        process.stdin.flush()
    return [process.stdout.readline().strip() for process in processes]
