"""`make bench-staff`: every staff page with years of orders behind it, beside that page of an empty store.

Two processes hold a store each and answer in turn, so that a busy machine slows both. Times are those of the
application, in milliseconds, medians of the rounds. Aim: at most twice the empty store's.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.servers import ROOT
from bench.stores import alone, place, run_python

ADMIN = [
    "/admin/",
    "/admin/?sort=expires",
    "/admin/orders",
    "/admin/orders?tray=unpaid",
    "/admin/orders?tray=shipped",
    "{next}",
    "/admin/orders?tray=ended",
    "{order}",
    "/admin/stock/receive",
    "/admin/catalogue",
    "/admin/prices",
    "/admin/searches",
    "/admin/outbox",
    "/admin/payments",
    "{lot}",
]
PHARMACIST = ["/pharmacist/", "/pharmacist/?tab=asked", "/pharmacist/?tab=decided"]
NAMES = {"{next}": "shipped, next page", "{order}": "an order", "{lot}": "a lot"}
MARKER = "bench-staff"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.staff", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.answer:
        answer()
        return
    print(f"<!-- {MARKER} -->\n| database | page | empty ms | {chosen.orders:,} orders ms | ratio |")
    print("|---|---|--:|--:|--:|")
    for database in chosen.databases:
        with alone(), ExitStack() as stack:
            stores = [_start(stack, database, orders) for orders in (0, chosen.orders)]
            for page in (*ADMIN, *PHARMACIST):
                empty, full = _measure(stores, page, chosen.rounds)
                row = (
                    database,
                    NAMES.get(page, page),
                    f"{empty:.1f}",
                    f"{full:.1f}",
                    f"{full / empty:.2f} ×",
                )
                print(f"| {' | '.join(row)} |", flush=True)
    print(f"<!-- /{MARKER} -->")


def _start(stack: ExitStack, database: str, orders: int) -> "subprocess.Popen[str]":
    folder, url, _postmaster = place(stack, database, orders)
    env = {"INSTANCE_PATH": str(folder), "FORMULARY_ENV": "demo", "DATABASE_URL": url}
    run_python("-m", "bench.history", str(orders), "1", **env)
    (Path(folder) / "ready").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.staff", "--answer"],
        cwd=ROOT,
        env={**os.environ, **env},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def _measure(stores: "list[subprocess.Popen[str]]", page: str, rounds: int) -> list[float]:
    times: list[list[float]] = [[], []]
    for number in range(rounds + 2):  # two to warm up
        for which, store in enumerate(stores):
            assert store.stdin
            assert store.stdout
            store.stdin.write(page + "\n")
            store.stdin.flush()
            taken = float(store.stdout.readline())
            if number > 1:
                times[which].append(taken)
    return [statistics.median(one) for one in times]


def answer() -> None:
    """Hold one store and say how long each page takes that is asked for."""
    from sqlalchemy import func, select

    from shop import create_app
    from shop.accounts.models import Role, User
    from shop.database import db
    from shop.orders.models import Order
    from shop.stock.maintenance import count_dispensing_rates
    from shop.stock.models import Lot

    app = create_app()
    clients = {}
    with app.app_context():
        count_dispensing_rates()  # as the worker does each hour
        for role in ("admin", "pharmacist"):
            who = db.session.scalars(select(User).join(User.roles).where(Role.name == role)).first()
            clients[role] = _signed_in(app, who)
        number = db.session.scalar(select(Order.number).order_by(Order.id.desc()).limit(1))
        lot = db.session.scalar(select(func.max(Lot.id)))
        db.session.remove()
    paths = {
        "{order}": f"/admin/orders/{number}" if number else "/admin/orders",
        "{lot}": f"/admin/lots/{lot}",
        "{next}": _next(clients["admin"]),
    }
    for line in sys.stdin:
        path = paths.get(line.strip(), line.strip())
        client = clients["pharmacist" if path.startswith("/pharmacist") else "admin"]
        began = time.perf_counter()
        status = client.get(path).status_code
        taken = (time.perf_counter() - began) * 1000
        assert status == 200, json.dumps([path, status])
        print(taken, flush=True)


def _signed_in(app: Any, user: Any) -> Any:
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(
            {
                "_user_id": user.fs_uniquifier,
                "_fresh": True,
                "fs_cc": "set",
                "fs_paa": time.time(),
                "identity.id": user.fs_uniquifier,
                "identity.auth_type": "session",
            }
        )
    return client


def _next(client: Any) -> str:
    page = client.get("/admin/orders?tray=shipped").text
    found = re.search(r'<a rel="next" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else "/admin/orders?tray=shipped"


if __name__ == "__main__":
    main()
