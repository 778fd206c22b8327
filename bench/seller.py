"""A store's worker that also sells: units held, and given back, so often a second. `bench.selling` drives it.

A process of its own. It reads one JSON line a round (`{"seconds": 4, "each_second": 5}`), takes random
medicines through the services that a checkout calls, each in its own transaction, and answers with one line.
"""

import json
import random
import sys
import threading
import time
from collections import deque

from flask import Flask
from sqlalchemy import select

from shop import create_app
from shop.catalogue.models import Variant
from shop.clock import now, today
from shop.database import db, transaction
from shop.outbox import chores
from shop.stock import holds
from shop.stock.queries import available
from shop.stock.rules import outlasts

KEPT = 20
"""Holds that stay; older ones are given back as orders are that nobody pays, so that no round sells out."""


class Seller:
    """Holds and releases in one store."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._until = outlasts(today(), app.extensions["settings"].delivery_days)
            stocked = available(None, self._until)
            steps = db.session.execute(select(Variant.id, Variant.quantities).order_by(Variant.id)).all()
            self._offered = [
                (variant, min(quantities))
                for variant, quantities in steps
                if quantities and stocked.get(variant, 0) >= min(quantities)
            ]
            db.session.remove()
        self._line = time.time_ns()
        self._held: deque[int] = deque()

    def sell(self, seconds: float, each_second: float) -> float:
        """Change the stock of a random medicine again and again; how often a second that was done."""
        began = time.monotonic()
        changes = int(seconds * each_second)
        for number in range(changes):
            time.sleep(max(0.0, began + number / each_second - time.monotonic()))
            with transaction():
                self._change()
            db.session.remove()
        return changes / max(seconds, time.monotonic() - began)

    def _change(self) -> None:
        if len(self._held) > KEPT and random.random() < 0.5:
            holds.release([self._held.popleft()], now())
            return
        variant, units = random.choice(self._offered)
        self._line += 1
        holds.hold(self._line, variant, units, self._until, now())
        self._held.append(self._line)


def main() -> None:
    app = create_app()
    seller = Seller(app)
    threading.Thread(target=chores.run_until, args=(threading.Event(), app), daemon=True).start()
    print("ready", flush=True)
    with app.app_context():
        for line in sys.stdin:
            print(json.dumps(seller.sell(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
