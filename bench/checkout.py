"""Orders a second through the whole path, beside what each part of it costs on the machine.

Real stores as `make run` starts them (web, worker, payment sandbox), on SQLite and on PostgreSQL with its
durable settings, each with an empty history and with a long one. Customers of a process of their own put a
medicine in the basket, check out, pay and look at their order, over and over. `make bench-checkout`.
"""

import argparse
import json
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench.__main__ import write_into_figures
from bench.processes import cpu_seconds
from bench.stores import Running, alone, running_store

CUSTOMERS = (1, 8, 32)
HISTORY = 1_000_000
DRAIN_SECONDS = 20
KINDS = ("many", "hot")
PARTS = ("store", "database", "sandbox", "driver")


@dataclass
class Cell:
    """One line of the table, round by round."""

    rates: list[float] = field(default_factory=list)
    steps: list[dict[str, float]] = field(default_factory=list)
    cpu: list[dict[str, float]] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)


def main() -> None:
    chosen = _arguments()
    with ExitStack() as stack:
        stack.enter_context(alone())
        stores = [
            stack.enter_context(running_store(stack, database, history, max(CUSTOMERS)))
            for database in chosen.databases
            for history in chosen.histories
        ]
        table = _table(_measure(stores, chosen))
    print(table)
    if chosen.write:
        write_into_figures(table, "bench-checkout")


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="make bench-checkout", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=4, help="of load per round")
    arguments.add_argument("--rounds", type=int, default=3, help="of which the median is shown")
    arguments.add_argument("--quick", action="store_true", help="one round of two seconds")
    arguments.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    arguments.add_argument("--histories", nargs="+", type=int, default=[0, HISTORY])
    arguments.add_argument("--kinds", nargs="+", default=list(KINDS))
    arguments.add_argument("--write", action="store_true", help="also write the table into docs/figures.md")
    chosen = arguments.parse_args()
    if chosen.quick:
        chosen.seconds, chosen.rounds = 2, 1
    return chosen


def _measure(stores: list[Running], chosen: argparse.Namespace) -> dict[tuple[str, int, str, int], Cell]:
    """Every store in turn within each round, so that a noisy minute hits all of them."""
    cells: dict[tuple[str, int, str, int], Cell] = {}
    for store in stores:
        _round(store, "many", 1, 1)  # a first order pays for imports and plans
    for _ in range(chosen.rounds):
        for kind in chosen.kinds:
            for customers in CUSTOMERS:
                for store in stores:
                    cell = cells.setdefault((store.database, store.history, kind, customers), Cell())
                    _add(cell, store, _round(store, kind, customers, chosen.seconds))
    return cells


def _round(store: Running, kind: str, customers: int, seconds: float) -> dict[str, Any]:
    _drained(store)
    variants = store.variants if kind == "many" else store.variants[:1]
    before, pids = _cpu(store), store.pids()
    assert store.driver.stdin
    assert store.driver.stdout
    store.driver.stdin.write(
        json.dumps({"customers": customers, "seconds": seconds, "variants": variants}) + "\n"
    )
    store.driver.stdin.flush()
    seen: dict[str, Any] = json.loads(store.driver.stdout.readline())
    seen["waiting"] = store.waiting()
    after = {part: cpu_seconds(pids[part]) for part in PARTS}
    seen["cpu"] = {part: after[part] - before[part] for part in PARTS}
    return seen


def _cpu(store: Running) -> dict[str, float]:
    return {part: cpu_seconds(pids) for part, pids in store.pids().items()}


def _drained(store: Running) -> None:
    """Jobs of the round before are not paid for by the next."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while store.waiting() and time.monotonic() < deadline:
        time.sleep(0.2)


def _add(cell: Cell, store: Running, seen: dict[str, Any]) -> None:
    done = len(seen["steps"])
    cell.rates.append(done / seen["elapsed"])
    cell.steps += seen["steps"]
    cell.waiting.append(seen["waiting"])
    cell.cpu.append({part: seen["cpu"][part] / max(done, 1) * 1000 for part in PARTS})
    for what, times in seen["failed"].items():
        cell.failed[what] = cell.failed.get(what, 0) + times
    print(
        f"{store.database:10} {store.history:>9,} {cell.rates[-1]:6.1f}/s"
        f" waiting {seen['waiting']} failed {seen['failed'] or 0}",
        file=sys.stderr,
    )


def _table(cells: dict[tuple[str, int, str, int], Cell]) -> str:
    lines = [
        "| database | orders before | medicines | customers | orders/s"
        " | POST /checkout in the server p50, p99 ms"
        " | payment service in it p50, p99 ms | customer sees p99 ms"
        " | CPU ms an order: store, database, sandbox, driver | jobs waiting | failed |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (database, history, kind, customers), cell in cells.items():
        server = [step["app"] - step["payment"] for step in cell.steps]
        payment, seen = ([step[name] for step in cell.steps] for name in ("payment", "seen"))
        cpu = (statistics.median(one[part] for one in cell.cpu) for part in PARTS)
        lines.append(
            f"| {database} | {history:,} | {'one hot' if kind == 'hot' else 'many'} | {customers} "
            f"| {statistics.median(cell.rates):.1f} | {_at(server, 0.5):.0f}, {_at(server, 0.99):.0f} "
            f"| {_at(payment, 0.5):.0f}, {_at(payment, 0.99):.0f} | {_at(seen, 0.99):.0f} "
            f"| {', '.join(f'{one:.0f}' for one in cpu)} | {statistics.median(cell.waiting):.0f} "
            f"| {sum(cell.failed.values())} |"
        )
    failed = {what for cell in cells.values() for what in cell.failed}
    return "\n".join(lines) + (f"\n\nFailed: {', '.join(sorted(failed))}." if failed else "")


def _at(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    main()
