"""Kept pages while the store sells, beside the same pages while its twin on the same machine does.

Both stores have a worker, and the same number of sales; only whose they are differs, round by round. So the
ratio is what selling costs the pages, not what it costs the machine.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import ROOT, Load, load_many, server, store_env

EACH_SECOND = 5
ENOUGH = 0.9
"""Of the sales that are meant to be made: below, the figures say less than they seem to."""
SECONDS = 4
"""Of load per round: a page that a sale made old is rendered once, however long the round."""
SAMPLE = 100
STATIC = ("/privacy", "/robots.txt")
LEAD = 1.5
"""Seconds for which is sold before the load begins, and after: the first sales have to be seen."""


def measure(store: Path, addresses: dict[str, list[str]], rounds: int) -> str:
    """The table for a store whose pages these are; its twin is made beside it."""
    twin = store.parent / f"{store.name}-twin"
    if not twin.exists():
        shutil.copytree(store, twin)
    kinds = {"static": list(STATIC)} | addresses
    rates: dict[str, dict[str, list[float]]] = {kind: {"own": [], "other": [], "kept": []} for kind in kinds}
    with _seller(store) as own, _seller(twin) as other, server("wsgi:app", **store_env(store)) as url:
        for kind, paths in kinds.items():
            pages = [url + path for path in paths]
            for page in pages:
                urllib.request.urlopen(page).read()  # a cache is measured when it is warm
            for _ in range(rounds):
                for whose, seller in (("other", other), ("own", own)):
                    found, kept = _while_selling(seller, pages)
                    rates[kind][whose].append(found.per_second)
                    if whose == "own":
                        rates[kind]["kept"].append(kept)
                    print(f"{kind:14} {whose:6} {found.per_second:8,.0f}/s {kept:5.0%} kept", file=sys.stderr)
    return _table(rates)


def _while_selling(seller: subprocess.Popen[str], pages: list[str]) -> tuple[Load, float]:
    """The load, and which share of a sample of answers came from the cache at its end."""
    assert seller.stdin
    assert seller.stdout
    seconds = SECONDS + 2 * LEAD
    seller.stdin.write(json.dumps({"seconds": seconds, "each_second": EACH_SECOND}) + "\n")
    seller.stdin.flush()
    load_many(pages, 1)
    found = load_many(pages, SECONDS)
    kept = _kept(random.sample(pages, min(SAMPLE, len(pages))))
    sold = float(seller.stdout.readline())
    if found.errors:
        raise SystemExit("the store answered with errors under load")
    if sold < ENOUGH * EACH_SECOND:
        print(f"note: only {sold:.1f} sales a second: the machine has too much to do", file=sys.stderr)
    return found, kept


def _kept(pages: list[str]) -> float:
    ages = []
    for page in pages:
        with urllib.request.urlopen(page) as answer:
            ages.append(answer.headers["Age"])
    return sum(age is not None for age in ages) / len(ages)


def _table(rates: dict[str, dict[str, list[float]]]) -> str:
    lines = [
        f"| page, {EACH_SECOND} sales a second | in another store | while selling | ratio | from the cache |",
        "|---|--:|--:|--:|--:|",
    ]
    for kind, found in rates.items():
        own, other = (statistics.median(found[whose]) for whose in ("own", "other"))
        pairs = zip(found["own"], found["other"], strict=True)
        ratio = statistics.median(one / beside for one, beside in pairs)
        lines.append(
            f"| {kind} | {other:,.0f} | {own:,.0f} | {ratio:.0%} | {statistics.median(found['kept']):.0%} |"
        )
    return "\n".join(lines)


@contextmanager
def _seller(store: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.seller"],
        cwd=ROOT,
        env={**os.environ, **store_env(store)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        if process.stdout.readline() != "ready\n":
            raise SystemExit(f"nobody could sell in {store}")
        yield process
    finally:
        process.terminate()
        process.wait(10)
