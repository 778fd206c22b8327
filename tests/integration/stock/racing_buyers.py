"""Buyers who race, each a process with a connection of its own: instance, database, buyers, units, variants.

One process sets the store up and then forks, since setting it up twenty times is what would take the time.
Prints what each buyer says, a line each.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from shop import create_app
from shop.clock import now
from shop.database import db, transaction
from shop.stock import holds
from tests.store_settings import settings_for


def buy(units: int, variant_ids: list[int], line: int) -> str:
    at = now()
    try:
        with transaction():
            for variant_id in sorted(variant_ids):
                holds.hold(line, variant_id, units, at.date() + timedelta(days=30), at)
    except holds.OutOfStock as refusal:
        return f"out of stock, {refusal.left} left"
    return "got it"


def send_off(buyers: int, units: int, variant_ids: list[int]) -> None:
    """Start all buyers behind one closed gate (a pipe whose writing end they wait for), then open it."""
    gate, latch = os.pipe()
    children = []
    for line in range(1, buyers + 1):
        if child := os.fork():
            children.append(child)
            continue
        os.close(latch)
        db.session.connection()  # connected and ready
        os.read(gate, 1)  # ends when the last writing end is closed
        os.write(1, f"{buy(units, variant_ids, line)}\n".encode())
        os._exit(0)
    os.close(latch)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    folder, url, buyers, units, variants = sys.argv[1:]
    app = create_app(settings_for(Path(folder), url))
    with app.app_context():
        db.engine.dispose()  # no connection may be shared with the children
        send_off(int(buyers), int(units), [int(one) for one in variants.split(",")])
