"""Real processes that learn of the same payment at the same moment, many times over: it is used once."""

import os
import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from shop.database import db
from shop.orders.models import Order
from shop.payments.models import Payment, PaymentMovement
from tests.integration.interleaving import bought as orders

ROOT = Path(__file__).resolve().parents[3]
PROCESSES, ORDERS = 3, 25
CONFIRMER = """
import sys
from shop import create_app
from shop.checkout import payment_session
from shop.clock import now
from shop.payments.facts import PaymentFacts, PaymentState

with create_app().app_context():
    print("ready", flush=True)
    for line in sys.stdin:
        session, intent, reference, amount = line.split()
        facts = PaymentFacts(session, intent, reference, PaymentState.AUTHORIZED, int(amount), "usd")
        print(payment_session.settle(facts, now()).outcome, flush=True)
"""


def test_three_processes_that_confirm_the_same_orders_place_each_once_and_keep_its_money(
    context: Flask,
) -> None:
    config = context.extensions["settings"]
    env = os.environ | {
        "INSTANCE_PATH": str(config.instance),
        "DATABASE_URL": config.database_url,
        "SECRET_KEY": config.secret_key,
        "PYTHONPATH": str(ROOT),
    }
    shelf = orders.on_shelf(units=60 * ORDERS)
    made = [orders.unpaid(shelf) for _ in range(ORDERS)]
    db.session.rollback()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CONFIRMER],
            env=env,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for process in processes:
            assert process.stdout.readline().strip() == "ready"
        outcomes = [_confirm_everywhere(processes, one.facts) for one in made]
    finally:
        for process in processes:
            process.communicate(timeout=60)
    assert all(sorted(said) == ["already", "already", "placed"] for said in outcomes), outcomes
    assert db.session.scalar(select(func.count(Order.id)).where(Order.status == "placed")) == ORDERS
    assert set(db.session.scalars(select(Payment.state))) == {"authorised"}
    assert db.session.scalar(select(func.count(PaymentMovement.id))) == 0


def _confirm_everywhere(processes: list[subprocess.Popen[str]], facts) -> list[str]:
    line = f"{facts.session_id} {facts.intent_id} {facts.reference} {facts.amount_cents}\n"
    for process in processes:
        process.stdin.write(line)
    for process in processes:  # all have the line in their pipe by now, and get it nearly at once
        process.stdin.flush()
    return [process.stdout.readline().strip() for process in processes]
