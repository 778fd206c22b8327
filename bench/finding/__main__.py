"""Ask a store what people type, in results and suggestions, and count what comes first: `make bench-search`.

python -m bench.finding                     two shelves: the demonstration's, and the whole directory
python -m bench.finding --keep FOLDER       the same, built there once and found again at the next run
python -m bench.finding --store FOLDER      one store that exists
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.finding.judging import (
    FEW,
    FIRST,
    Query,
    Shown,
    found_at,
    in_suggestions,
    is_empty,
    on_page,
    queries,
)
from bench.servers import ROOT, store_env

CASES = ROOT.parent / "shared" / "cases" / "search" / "queries.tsv"
OURS = Path(__file__).parent / "queries.tsv"
DIRECTORY = ROOT.parent / "shared" / "data" / "ndc"
SHELVES = ("small", "full")


@dataclass
class Tally:
    """Queries of one kind on one shelf: how many, how many first, among ten, and with nothing at all."""

    asked: int = 0
    first: int = 0
    few: int = 0
    nothing: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, query: Query, shown: Sequence[Shown], at: int | None) -> None:
        """Count one query that was answered so."""
        self.asked += 1
        self.first += at == FIRST
        self.few += at is not None and at <= FEW
        self.nothing += is_empty(shown)
        if at != FIRST:
            self.missed.append(f"{query.kind}: {query.text} → {_seen(shown)}, place {at or '–'}")


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    arguments.add_argument("--queries", type=Path, action="append", help="tables of queries instead of ours")
    arguments.add_argument("--keep", type=Path, help="a folder to build the stores in")
    arguments.add_argument("--store", type=Path, help="ask this store only")
    arguments.add_argument("--small", action="store_true", help="that store is a small shelf")
    arguments.add_argument("--missed", action="store_true", help="also list what did not come first")
    arguments.add_argument("--ask", metavar="SHELF", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    tables = chosen.queries or [path for path in (CASES, OURS) if path.exists()]
    asked = list({(one.kind, one.text): one for path in tables for one in _read(path)}.values())
    if chosen.ask or chosen.store:
        small = chosen.small or chosen.ask == "small"
        print(report(asked, small, chosen.missed))
        return
    with tempfile.TemporaryDirectory(prefix="formulary-finding-") as made:
        for shelf in SHELVES:
            store = (chosen.keep or Path(made)) / shelf
            _build(store, real=shelf == "full")
            _run(store, "-m", "bench.finding", "--ask", shelf, *sys.argv[1:])


def report(asked: Iterable[Query], small: bool, missed: bool) -> str:
    """The table of one shelf, from the store of this process's environment."""
    from shop import create_app

    client = create_app().test_client()
    tallies: dict[str, dict[str, Tally]] = {}
    for query in asked:
        for way, shown in (("results", _results(client, query)), ("suggestions", _suggested(client, query))):
            at = found_at(shown, query, small)
            for kind in (query.kind, "all"):
                tallies.setdefault(kind, {}).setdefault(way, Tally()).add(query, shown, at)
    return "\n".join(_table(tallies, "small shelf" if small else "full directory", missed))


def _results(client: Any, query: Query) -> list[Shown]:
    return on_page(client.get("/search", query_string={"q": query.text}).text)


def _suggested(client: Any, query: Query) -> list[Shown]:
    return in_suggestions(client.get("/suggest", query_string={"q": query.text}).json["groups"])


def _table(tallies: dict[str, dict[str, Tally]], shelf: str, missed: bool) -> Iterable[str]:
    yield f"| {shelf} | queries | results: first | of ten | none | suggestions: first | of ten | none |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    whole = tallies.pop("all")
    for kind, ways in [*sorted(tallies.items()), ("**all**", whole)]:
        cells = [f"{one.first} | {one.few} | {one.nothing}" for one in ways.values()]
        yield f"| {kind} | {ways['results'].asked} | {' | '.join(cells)} |"
    shares = [
        f"{way}: {one.first / one.asked:.1%} first, {one.few / one.asked:.1%} of ten"
        for way, one in whole.items()
    ]
    yield f"\n{shelf}, {'; '.join(shares)}."
    if missed:
        for way, one in whole.items():
            yield from (f"  {way}: {line}" for line in one.missed)


def _seen(shown: Sequence[Shown]) -> str:
    return ", ".join(one.slug or one.list or f"({one.says or 'ways on'})" for one in shown[:4]) or "nothing"


def _read(path: Path) -> list[Query]:
    return queries(path.read_text("utf-8"))


def _build(store: Path, real: bool) -> None:
    if (store / "ready").exists():
        return
    store.mkdir(parents=True, exist_ok=True)
    flask = ("-m", "flask", "--app", "wsgi")
    _run(store, *flask, "db", "upgrade")
    _run(store, *flask, "demo", "load")
    if real:
        if not DIRECTORY.is_dir():
            raise SystemExit(
                f"The FDA directory is not at hand: {DIRECTORY}. Ask for one shelf with --store."
            )
        files = [str(next(DIRECTORY.glob(f"{name}*.gz"))) for name in ("product", "package")]
        _run(store, *flask, "catalogue", "import-ndc", *files)
        _run(store, *flask, "catalogue", "list", "--rule", "everything")
    _run(store, *flask, "catalogue", "index")
    (store / "ready").touch()


def _run(store: Path, *command: str) -> None:
    import subprocess

    env = {**os.environ, **store_env(store)}
    subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True)


if __name__ == "__main__":
    main()
