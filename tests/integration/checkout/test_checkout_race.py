"""The last pack, and two real processes that want it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.database import db
from shop.orders.models import Order
from shop.stock.models import Lot
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import approve

ROOT = Path(__file__).resolve().parents[3]
BUYER = """
import sys
from shop import create_app
from shop.basket.owner import BasketOwner
from shop.basket import service as basket
from shop.checkout import place_order
from shop.checkout.terms import terms_of
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.addresses import PostalAddress
from shop.web import settings

user_id, variant_id, total = (int(text) for text in sys.argv[1:4])
address = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "NY", "10001", "US")
with create_app().app_context():
    with transaction():
        basket.add(BasketOwner(user_id=user_id), variant_id, 60, now())
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        with transaction():
            place_order.create_order(user_id, address, total, terms_of(settings()), now())
    except DomainError as refusal:
        print("refused", refusal.code)
    else:
        print("ordered")
"""


def buyers(app: Flask, user_ids: list[int], variant_id: int, total: int) -> list[str]:
    """Let each account order in a process of its own, all at once; what each of them says at the end."""
    config = app.extensions["settings"]
    env = os.environ | {
        "INSTANCE_PATH": str(config.instance),
        "DATABASE_URL": config.database_url,
        "SECRET_KEY": config.secret_key,
        "PYTHONPATH": str(ROOT),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BUYER, str(user_id), str(variant_id), str(total)],
            env=env,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for user_id in user_ids
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in processes]


@pytest.mark.parametrize("rounds", [3])
def test_two_processes_want_the_last_pack_and_exactly_one_gets_it(
    context: Flask, make_user, rounds: int
) -> None:
    for number in range(rounds):
        variant_id = make_variant(f"Naproxen {number}", "220 mg", "0.079", rx=False)
        make_lot(variant_id, quantity=60)
        said = buyers(context, [make_user(), make_user()], variant_id, 474 + 490)
        assert sorted(word.split()[0] for word in said) == ["ordered", "refused"], said
        db.session.rollback()
        lot = db.session.scalars(select(Lot).where(Lot.variant_id == variant_id)).one()
        assert (lot.on_hand, lot.held) == (60, 60)
        assert db.session.scalar(select(func.count(Order.id))) == number + 1


def test_two_processes_of_one_customer_leave_one_unpaid_order(context: Flask, make_user) -> None:
    user_id, variant_id = make_user(), make_variant()
    make_lot(variant_id)
    approve(user_id, variant_id, quantity=60, refills=5)
    # the one the database refuses ends with its error and says nothing
    said = buyers(context, [user_id, user_id], variant_id, 3060 + 490)
    assert said.count("ordered") == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count(Order.id)).where(Order.status == "awaiting_payment")) == 1
    assert db.session.scalar(select(func.sum(Lot.held))) == 60
