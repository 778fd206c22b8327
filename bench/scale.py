"""The catalogue at a country's size, each page beside its floors in the same run. `make bench-scale`.

Three stores on the same server: one of 96,000 medicines with its page cache, the same without it,
and one of 1,000. Every page is many addresses, visited in a shuffled order. Where the FDA directory is at
hand the large store holds all of it, and copies under invented names fill up the rest.
"""

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import selling
from bench.__main__ import _length, _queries, write_into_figures
from bench.search import measure
from bench.servers import ROOT, Load, load_many, server, store_env

LARGE, SMALL = 96_000, 1_000
ADDRESSES = 1_000
FLOOR_PAGES = 200
"""Of the floor's list: further on, its OFFSET would slow it down."""
DIRECTORY = ROOT.parent / "shared" / "data" / "ndc"
KINDS = ("list", "faceted list", "medicine", "search")


@dataclass(frozen=True)
class Result:
    """One kind of page: requests a second of each server, round by round."""

    kind: str
    per_second: dict[str, list[float]]
    p99_ms: float
    queries: int

    def median(self, name: str) -> float:
        return statistics.median(self.per_second[name])

    def ratio(self, name: str, floor: str) -> float:
        """The median of the rounds' own ratios: a machine that slows down slows both of a round."""
        pairs = zip(self.per_second[name], self.per_second[floor], strict=True)
        return statistics.median(one / other for one, other in pairs)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench-scale", description=__doc__)
    arguments.add_argument("--seconds", type=int, default=1, help="of load per round")
    arguments.add_argument("--rounds", type=int, default=20, help="of which the median is shown")
    arguments.add_argument("--products", type=int, default=LARGE)
    arguments.add_argument(
        "--keep", type=Path, help="a folder to build in, and to find again at the next run"
    )
    arguments.add_argument("--no-write", action="store_true", help="print only")
    arguments.add_argument("--selling-rounds", type=int, default=5, help="of the pages while selling")
    arguments.add_argument("--selling-only", action="store_true", help="print that part, and nothing else")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="formulary-scale-") as made:
        folder = chosen.keep or Path(made)
        large, small = folder / "large", folder / "small"
        floor_url = f"sqlite:///{folder / 'floor.sqlite3'}"
        for store, products, real in ((large, chosen.products, True), (small, SMALL, False)):
            if not (store / "ready").exists():
                _build(store, products, real)
        if not (folder / "floor.sqlite3").exists():
            _python("-m", "bench.floor", BENCH_FLOOR_URL=floor_url, BENCH_ROWS=str(chosen.products))
        while_selling = selling.measure(large, _addresses(large), chosen.selling_rounds)
        if chosen.selling_only:
            print(while_selling)
            return
        table = f"{_measure(large, small, floor_url, chosen)}{_in_the_server(large)}\n{while_selling}\n"
    print(table)
    if not chosen.no_write:
        write_into_figures(table, "bench-scale")


def _build(store: Path, products: int, real: bool) -> None:
    env = store_env(store)
    store.mkdir(parents=True, exist_ok=True)
    _flask(env, "db", "upgrade")
    _flask(env, "demo", "load")
    if real and DIRECTORY.is_dir():
        files = [next(DIRECTORY.glob(f"{name}*.gz")) for name in ("product", "package")]
        _flask(env, "catalogue", "import-ndc", *map(str, files))
        _flask(env, "catalogue", "list", "--rule", "everything")
    _python(
        "-c",
        f"from shop import create_app; from bench.fill import fill; fill(create_app(), {products})",
        **env,
    )
    _flask(env, "catalogue", "index")
    (store / "ready").touch()


def _measure(large: Path, small: Path, floor_url: str, chosen: argparse.Namespace) -> str:
    fresh_env = store_env(large) | {"PAGE_CACHE_MB": "0"}
    with (
        server("wsgi:app", **store_env(large)) as cached,
        server("wsgi:app", **fresh_env) as fresh,
        server("wsgi:app", **store_env(small) | {"PAGE_CACHE_MB": "0"}) as little,
        server("bench.floor:app", BENCH_FLOOR_URL=floor_url) as floor,
        server("wsgi:app", **fresh_env, BENCH_QUERIES="1") as counted,
    ):
        addresses, few = _addresses(large), _addresses(small)
        results = []
        for kind in KINDS:
            length = statistics.median(_length(fresh + path) for path in addresses[kind][:20])
            for path in addresses[kind]:
                _length(cached + path)  # a cache is measured when it is warm
            rounds: dict[str, list[Load]] = {}
            for _ in range(chosen.rounds):
                for name, urls in {
                    "bare": [f"{floor}/{length:.0f}"],
                    "cached": [cached + path for path in addresses[kind]],
                    "orm": [f"{floor}/orm/{number}" for number in range(1, FLOOR_PAGES)],
                    "fresh": [fresh + path for path in addresses[kind]],
                    "small": [little + path for path in few[kind]],
                }.items():
                    rounds.setdefault(name, []).append(load_many(urls, chosen.seconds))
            queries = max(_queries(counted + path) for path in addresses[kind][:40])
            results.append(_result(kind, rounds, queries))
        memory = _memory(cached)
    return _table(results) + f"\n\nA web worker of the large store, its index open: {memory:.0f} MB.\n"


def _result(kind: str, rounds: dict[str, list[Load]], queries: int) -> Result:
    bad = [name for name, loads in rounds.items() if any(one.errors for one in loads)]
    if bad:
        raise SystemExit(f"{kind}: {', '.join(bad)} answered with errors under load")
    p99 = statistics.median(one.p99_ms for one in rounds["fresh"])
    rates = {name: [one.per_second for one in loads] for name, loads in rounds.items()}
    return Result(kind, rates, p99, queries)


def _table(results: list[Result]) -> str:
    lines = [
        "| page | bare string | from the cache | ratio | one ORM query | rendered afresh | ratio "
        "| at 1,000 medicines | slower | p99 ms | queries |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {one.kind} | {one.median('bare'):,.0f} | {one.median('cached'):,.0f} "
        f"| {one.ratio('cached', 'bare'):.0%} | {one.median('orm'):,.0f} | {one.median('fresh'):,.0f} "
        f"| {one.ratio('fresh', 'orm'):.0%} | {one.median('small'):,.0f} "
        f"| {one.ratio('small', 'fresh'):.2f} × "
        f"| {one.p99_ms:.0f} | {one.queries} |"
        for one in results
    ]
    return "\n".join(lines)


def _in_the_server(store: Path) -> str:
    """How long searches and suggestions take, without the web around them."""
    alone = [one for one in measure(store / "search", clock=time.thread_time) if one.kind.endswith("all")]
    said = (f"{one.kind.partition(':')[0]} p50 {one.p50:.1f} ms, p99 {one.p99:.1f} ms" for one in alone)
    return f"\nIn the server, of processor time: {'; '.join(said)}.\n"


def _addresses(store: Path) -> dict[str, list[str]]:
    """Many addresses of each kind, the same at every run."""
    rows = _python("-c", _ASK, **store_env(store)).splitlines()
    chance = random.Random(7)
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    pages = max(1, int(rows[0]) // 24)
    facets = [line.split("\t", 1)[1] for line in rows[1:] if line.startswith("facet")]
    for _ in range(ADDRESSES):
        sort = chance.choice(("name", "price", "measure"))
        found["list"].append(f"/medicines?sort={sort}&page={chance.randint(1, pages)}")
        found["faceted list"].append(
            f"/medicines?{chance.choice(facets)}&{chance.choice(facets)}&sort={sort}"
        )
    for line in rows[1:]:
        kind, _, text = line.partition("\t")
        if kind in ("medicine", "search"):
            found[kind].append(text)
    return found


_ASK = (
    f"ADDRESSES = {ADDRESSES}"
    + """
from urllib.parse import quote
from sqlalchemy import func, select, text
from shop import create_app
from shop.catalogue.models import Category, Product
from shop.database import db
app = create_app()
with app.app_context():
    listed = Product.listed_at.is_not(None)
    total = db.session.scalar(select(func.count(Product.id)).where(listed))
    print(total)
    step = max(1, total // ADDRESSES)
    columns = select(Product.slug, Product.name, Product.form).where(listed).order_by(Product.id)
    rows = db.session.execute(columns).all()
    for slug, name, form in rows[::step][:ADDRESSES]:
        print(f"medicine\\t/medicines/{slug}")
        print(f"search\\t/search?q={quote(name[:60])}")
    forms = sorted({row.form for row in rows})
    for form in forms[:60]:
        print(f"facet\\tform={quote(form)}")
    for slug in db.session.scalars(select(Category.slug).order_by(Category.slug).limit(60)):
        print(f"facet\\tcategory={quote(slug)}")
    for facet in ("prescription=needed", "prescription=none", "stock=in", "price=0-0.1", "price=0.1-0.5"):
        print(f"facet\\t{facet}")
"""
)


def _memory(address: str) -> float:
    """Resident megabytes of the largest process that listens there, shared pages counted in full."""
    port = address.rpartition(":")[2]
    found = [0.0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"127.0.0.1:{port}".encode() in (folder / "cmdline").read_bytes():
                found += [
                    int(x) / 1024 for x in re.findall(r"VmRSS:\s+(\d+)", (folder / "status").read_text())
                ]
        except OSError:
            continue
    return max(found)


def _flask(env: dict[str, str], *command: str) -> None:
    _python("-m", "flask", "--app", "wsgi", *command, **env)


def _python(*command: str, **env: str) -> str:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **env},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


if __name__ == "__main__":
    main()
