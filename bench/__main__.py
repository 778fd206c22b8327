"""Measure the public pages of the demo, print a table, and write it into docs/figures.md.

`make bench` runs it.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from bench.first_view import first_views
from bench.servers import ROOT, Load, load, server

PAGES = {
    "home": "/",
    "list": "/medicines",
    "medicine": "/medicines/baclofen-tablets",
    "search": "/search?q=baclofn",
}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--seconds", type=int, default=4, help="of load per round")
    arguments.add_argument("--rounds", type=int, default=3, help="of which the median is shown")
    arguments.add_argument("--no-write", action="store_true", help="print only")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="formulary-bench-") as folder:
        env = {"INSTANCE_PATH": folder, "FORMULARY_ENV": "demo", "DATABASE_URL": ""}
        _prepare(env)
        with server("wsgi:app", **env) as store, server("bench.floor:app") as floor:
            rows = [_measure(name, path, store, floor, chosen) for name, path in PAGES.items()]
        with server("wsgi:app", **env, BENCH_QUERIES="1") as store:
            queries = {name: _queries(store + path) for name, path in PAGES.items()}
            weights = first_views({name: store + path for name, path in PAGES.items()})
    table = _table(rows, queries, weights)
    print(table)
    if not chosen.no_write:
        write_into_figures(table)


def _prepare(env: dict[str, str]) -> None:
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run(
            [*flask, *command], cwd=ROOT, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL
        )


def _measure(
    name: str, path: str, store: str, floor: str, chosen: argparse.Namespace
) -> tuple[str, Load, Load]:
    """Rounds of page and floor in turn, so that a noisy minute hits both."""
    length = _length(store + path)
    ours: list[Load] = []
    bare: list[Load] = []
    for _ in range(chosen.rounds):
        bare.append(load(f"{floor}/{length}", chosen.seconds))
        ours.append(load(store + path, chosen.seconds))
    if any(one.errors for one in ours):
        raise SystemExit(f"{path} answered with errors under load")
    return name, _median(ours), _median(bare)


def _median(loads: list[Load]) -> Load:
    return Load(
        statistics.median(one.per_second for one in loads),
        statistics.median(one.p50_ms for one in loads),
        statistics.median(one.p99_ms for one in loads),
        0,
    )


def _length(url: str) -> int:
    with urllib.request.urlopen(url) as answer:
        return len(answer.read())


def _queries(url: str) -> int:
    with urllib.request.urlopen(url) as answer:
        return int(answer.headers["X-Query-Count"])


def _table(rows: list[tuple[str, Load, Load]], queries: dict[str, int], weights: dict[str, int]) -> str:
    lines = [
        "| page | requests/s | bare Flask, same length | ratio | p50 ms | p99 ms | bare p99 ms "
        "| queries | first view |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, ours, bare in rows:
        ratio = ours.per_second / bare.per_second
        lines.append(
            f"| {name} | {ours.per_second:,.0f} | {bare.per_second:,.0f} | {ratio:.0%} | {ours.p50_ms:.1f} "
            f"| {ours.p99_ms:.1f} | {bare.p99_ms:.1f} | {queries[name]} | {weights[name] / 1000:.1f} kB |"
        )
    return "\n".join(lines)


def write_into_figures(table: str, mark: str = "bench") -> None:
    figures = Path(ROOT / "docs" / "figures.md")
    marked = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.S)
    figures.write_text(marked.sub(lambda found: found[1] + table + "\n" + found[2], figures.read_text()))


if __name__ == "__main__":
    main()
