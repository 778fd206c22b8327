"""One fill and twenty orders at once, in real processes with threads of their own: one of them has it."""

import threading
from collections import Counter

from flask import current_app
from sqlalchemy import select

from shop.clock import now, today
from shop.database import db, transaction
from shop.errors import DomainError
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import PrescriptionFill, PrescriptionItem, QuantityEntry
from tests.factories import make_variant
from tests.integration.checkout.store_counter import approve
from tests.integration.frequency.crowd import PATIENCE_SECONDS, gathered

PROCESSES, ORDERS, ROUNDS, UNITS = 4, 5, 5, 60
"""Twenty orders a round."""


def test_one_fill_and_twenty_orders_one_wins_and_canceling_gives_back_to_the_same_fill(context, make_user):
    generic = make_variant()
    brand = make_variant("Specimal", ingredients=("baclofen",))
    item_id = approve(make_user("customer"), generic, UNITS, refills=1)
    with gathered(context.extensions["settings"], PROCESSES) as crowd:
        for number in range(ROUNDS):
            lines = number * 1000
            said = sum(crowd.ask(order_at_once, item_id, lines, (generic, brand)), Counter())
            assert said == {"done": 1, "NotEnoughLeft": PROCESSES * ORDERS - 1}
            (line,) = held(item_id)
            # all cancel the one that won, while as many order again: at most one can follow it
            again = sum(crowd.ask(cancel_and_order, item_id, line, lines + 500, (generic, brand)), Counter())
            assert again["done"] <= 1
            assert again["done"] + again["NotEnoughLeft"] == PROCESSES * ORDERS
            assert len(held(item_id)) == again["done"]
            crowd.ask(cancel_all, held(item_id))
            assert fills(item_id) == [(1, 0)]


def held(item_id: int) -> list[int]:
    """The lines that hold units, with item, fill and entries agreeing."""
    db.session.rollback()
    item = db.session.get_one(PrescriptionItem, item_id, populate_existing=True)
    found = quantities.lines_held(item.prescription_id)
    assert item.taken == UNITS * len(found)
    assert fills(item_id) == [(1, UNITS * len(found))]
    return found


def fills(item_id: int) -> list[tuple[int, int]]:
    """(number, taken): whatever happens, it is the first fill that is taken from and given back to."""
    db.session.rollback()
    mine = select(PrescriptionFill.number, PrescriptionFill.taken)
    rows = db.session.execute(
        mine.where(PrescriptionFill.item_id == item_id).order_by(PrescriptionFill.number)
    ).all()
    ledger = select(QuantityEntry.fill_id).where(QuantityEntry.item_id == item_id).distinct()
    assert len(db.session.scalars(ledger).all()) == 1
    return [(row.number, row.taken) for row in rows]


# --- In each of the processes ---


def order_at_once(place, barrier, item_id: int, lines: int, variants: tuple[int, int]) -> Counter:
    """As many orders as threads, each of one or the other product; how many said what."""
    said: list[str] = []  # threads append to it; adding to a count they would lose some
    app, first = current_app._get_current_object(), lines + place * ORDERS

    def order(line: int) -> None:
        with app.app_context():
            barrier_of_threads.wait(PATIENCE_SECONDS)
            try:
                with transaction():
                    quantities.hold_quantity(item_id, line, UNITS, now(), today(), variants[line % 2])
                said.append("done")
            except Exception as error:
                said.append(type(error).__name__)
            finally:
                db.session.remove()

    barrier_of_threads = threading.Barrier(ORDERS)
    threads = [threading.Thread(target=order, args=(first + number,)) for number in range(ORDERS)]
    barrier.wait(PATIENCE_SECONDS)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return Counter(said)


def cancel_and_order(
    place, barrier, item_id: int, line: int, lines: int, variants: tuple[int, int]
) -> Counter:
    app = current_app._get_current_object()
    canceling = threading.Thread(target=cancel_all, args=(place, None, [line], app))
    canceling.start()
    said = order_at_once(place, barrier, item_id, lines, variants)
    canceling.join(PATIENCE_SECONDS)
    return said


def cancel_all(_place, _barrier, lines: list[int], app=None) -> None:
    with (app or current_app).app_context():
        try:
            with transaction():
                quantities.release_quantity(lines, now())
        except DomainError:
            raise AssertionError("what is held can always be given back") from None
        finally:
            db.session.remove()
