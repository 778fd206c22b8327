"""No checkout waits for another customer's that has written everything and not committed yet."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select

from shop.addresses import PostalAddress
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import place_order
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.clock import now
from shop.database import db, transaction
from shop.orders.models import Order
from tests.factories import make_lot, make_variant
from tests.running_store import PATIENCE

ADDRESS = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "NY", "10001", "US")


@dataclass
class Idle:
    """`reached`: it stands before its COMMIT. `go_on`: it may commit."""

    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def idle(context: Flask) -> Iterator[Idle]:
    """Lets the thread named `idle` come as far as its COMMIT, and no further until the test is over."""
    found = Idle()

    def wait(_connection: Connection) -> None:
        if threading.current_thread().name.startswith("idle"):
            found.reached.set()
            found.go_on.wait()  # set when the test is over, however it ends

    event.listen(db.engine, "commit", wait)
    yield found
    found.go_on.set()
    event.remove(db.engine, "commit", wait)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_checkouts_commit_beside_one_that_is_idle_in_its_transaction(context, make_user, idle):
    baskets = [(make_user(), make_variant(f"Naproxen {number}", rx=False)) for number in range(3)]
    for user_id, variant_id in baskets:
        make_lot(variant_id)
        with transaction():
            basket.add(BasketOwner(user_id=user_id), variant_id, 30, now())
    db.session.rollback()

    def check_out(user_id: int) -> None:
        with context.app_context():
            terms = terms_of(context.extensions["settings"])
            total = review_basket(BasketOwner(user_id=user_id), terms, now().date()).total_cents
            address = replace(ADDRESS, line1=f"{user_id} Example Street")  # one person's would wait
            with transaction():
                place_order.create_order(user_id, address, total, terms, now())
            db.session.remove()

    (first, _), *others = baskets
    with ThreadPoolExecutor(1, "idle") as idler, ThreadPoolExecutor(2, "others") as pool:
        kept_waiting = idler.submit(check_out, first)
        try:
            assert idle.reached.wait(PATIENCE)
            for done in [pool.submit(check_out, user_id) for user_id, _ in others]:
                done.result(timeout=PATIENCE)
            ordered = set(db.session.scalars(select(Order.user_id)))
        finally:
            idle.go_on.set()
        kept_waiting.result(timeout=PATIENCE)
    assert ordered == {user_id for user_id, _ in others}
