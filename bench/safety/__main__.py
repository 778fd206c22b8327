"""Print what came of every case on every path. `make demo-safety` (DB=postgresql for that database)."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from bench.safety.cases import PATHS, SOLD
from bench.safety.paths import Row, try_all
from bench.safety.race import race
from shop import create_app
from tests.postgresql_server import start_server
from tests.store_settings import settings_for

ROUNDS = 5


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make demo-safety", description=__doc__)
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    with _empty_store(arguments.parse_args().database) as app:
        with app.app_context():
            rows = try_all(app)
        through = race(app, ROUNDS)
    print("\n".join(table(rows)))
    print(f"\nTwo accounts, one address, the last of what is allowed, {ROUNDS} races: {through} got through.")
    wrong = [f"{row.case.kind}, {row.case.name}: {', '.join(row.wrong)}" for row in rows if row.wrong]
    refused = [row for row in rows if row.case.refused]
    tried = sum(len(row.found) for row in refused)
    got = sum(what == SOLD for row in refused for what in row.found.values())
    print(f"{len(refused)} refused cases, {tried} attempts, {got} got through.")
    if wrong:
        print("Not as it should be:", *wrong, sep="\n  ")
    return 1 if wrong or set(through) != {1} else 0


def table(rows: Sequence[Row]) -> list[str]:
    """A row a case, a column a path: "no" where it is refused, "SOLD" where it got through, "-" not tried."""
    wide = max(len(_about(row)) for row in rows)
    lines = [f"{'':{wide}}  {'  '.join(PATHS)}"]
    for row in rows:
        said = (_word(row.found.get(path)) for path in PATHS)
        cells = "  ".join(f"{word:{len(path)}}" for word, path in zip(said, PATHS, strict=True))
        lines.append(f"{_about(row):{wide}}  {cells.rstrip()}")
    return lines


def _about(row: Row) -> str:
    return f"{row.case.kind}: {row.case.name}"


def _word(found: str | None) -> str:
    if found is None:
        return "-"
    return "SOLD" if found == SOLD else "no"


@contextmanager
def _empty_store(database: str) -> Iterator[Flask]:
    folder, server = Path(tempfile.mkdtemp(prefix="formulary-safety-")), None
    try:
        if database == "postgresql":
            cluster = folder / "postgresql"
            cluster.mkdir()
            server = start_server(cluster)
        app = create_app(settings_for(folder / "instance", server.get_uri() if server else None))
        with app.app_context():
            upgrade()
        yield app
    finally:
        if server:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
