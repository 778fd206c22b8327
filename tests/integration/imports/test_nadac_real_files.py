"""The real surveys on the real directory, with every count made a second time by other tools.

Lines are counted with an XML parser and with Arrow's own functions, votes with a plain loop over one day.
"""

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, select

from shop.database import db
from shop.imports.nadac.consensus import Outcome
from shop.pricing.models import AcquisitionPrice
from shop.pricing.queries import histories
from tests.conftest import empty_database
from tests.integration.imports.nadac_store import figures
from tests.integration.imports.ndc_whole import Shelf, fill_with_the_whole_directory

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]

MOST_RECOUNTS = 20  # in processor time; about four times what reading the same files by other means takes
MOST_MEGABYTES = 400
SURVEY_UNITS = {"pill": "EA", "mL": "ML", "g": "GM", "pack": "EA"}  # every pack of the shelf holds one
ROOT = Path(__file__).resolve().parents[3]


def weekly_units(path: Path) -> dict[str, str]:
    """NDC and unit of each line, read from the workbook's XML."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with ZipFile(path) as archive:
        texts = [
            "".join(item.itertext()) for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        found = {}
        for row in ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(f"{main}row"):
            cells = {cell.get("r").rstrip("0123456789"): cell for cell in row}
            values = [
                texts[int(cells[name][0].text)] if name in cells and cells[name].get("t") == "s" else ""
                for name in ("B", "E")
            ]
            if re.fullmatch(r"\d{11}", values[0]):
                found[values[0]] = values[1]
    return found


def expected_of_weekly(units: dict[str, str], shelf: Shelf) -> dict[str, int]:
    ours = Counter(SURVEY_UNITS[shelf[ndc][1]] == unit for ndc, unit in units.items() if ndc in shelf)
    return without_nothing(
        {
            Outcome.COUNTED.value: ours[True],
            "priced in a different unit than it is sold in": ours[False],
            Outcome.UNKNOWN_PACK.value: len(units) - ours.total(),
        }
    )


def expected_of_history(table: pa.Table, units: dict[str, str], shelf: Shelf) -> dict[str, int]:
    """Rows by outcome, counted by NDC in Arrow."""
    found: Counter[str] = Counter()
    for pair in pc.value_counts(table["ndc"]).to_pylist():
        ndc, count = pair["values"], pair["counts"]
        if ndc not in shelf:
            found[Outcome.UNKNOWN_PACK.value] += count
        elif ndc in units and units[ndc] != SURVEY_UNITS[shelf[ndc][1]]:
            found["priced in a different unit than it is sold in"] += count
        elif ndc not in units and shelf[ndc][1] != "pill":
            found["no unit stated, and not sold by the pill"] += count
        else:
            found[Outcome.COUNTED.value] += count
    return without_nothing(found)


def without_nothing(counts: dict[str, int]) -> dict[str, int]:
    return {words: count for words, count in counts.items() if count}


def counts(output: str, name: str) -> dict[str, int]:
    """What the command's report says of one file."""
    part = re.search(rf"^{re.escape(name)}: .*\n((?: +[\d,]+  .*\n)+)", output, re.M)[1]
    return {words: int(n.replace(",", "")) for n, words in re.findall(r"^ +([\d,]+)  (.+)$", part, re.M)}


def voted(rows: list[tuple[date, date, Decimal]], day: date) -> Decimal | None:
    """The price of one strength on one day, by counting on the latest day before it that has a row."""
    end = date(2099, 12, 31)
    on = max((first for first, _, _ in rows if first <= day), default=day)
    votes = Counter(
        price
        for first, last, price in rows
        if first <= on <= (last if last < end else first + timedelta(days=364))
    )
    return min(votes, key=lambda price: (-votes[price], price), default=None)


MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print("used", used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


def run_and_measure(instance: Path, *files: Path) -> tuple[str, float, float]:
    """The command in a process of its own: what it says, its processor seconds and its largest size in MB.

    It is started by a small process, since a child's size is never less than its parent's was.
    """
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "catalogue", "import-nadac", *map(str, files)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "INSTANCE_PATH": str(instance), "SECRET_KEY": "a key that only tests know " * 2},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said, _, used = done.stdout.rpartition("used ")
    seconds, kilobytes = used.split()
    return said, float(seconds), int(kilobytes) / 1024


def test_both_real_files_on_the_whole_directory(migrated, shared_data):
    app = migrated("sqlite")
    weekly, history = sorted((shared_data / "nadac").glob("*.xlsx")) + sorted(
        (shared_data / "nadac").glob("*.parquet")
    )
    with app.app_context():
        empty_database()
        shelf = fill_with_the_whole_directory(shared_data)
        said, seconds, megabytes = run_and_measure(app.extensions["settings"].instance, history, weekly)
        begun = time.process_time()
        units, table = weekly_units(weekly), pq.read_table(history)
        recounting = time.process_time() - begun
        assert (len(units), table.num_rows) == (23_367, 760_110)
        assert counts(said, weekly.name) == expected_of_weekly(units, shelf)
        assert counts(said, history.name) == expected_of_history(table, units, shelf)
        assert sum(counts(said, weekly.name).values()) == len(units)
        assert sum(counts(said, history.name).values()) == table.num_rows
        check_days(table, units, shelf)
        assert seconds <= MOST_RECOUNTS * recounting
        assert megabytes <= MOST_MEGABYTES
        before = db.session.scalar(select(func.count()).select_from(AcquisitionPrice))
        again = run_and_measure(app.extensions["settings"].instance, weekly, history)[0]
        assert figures(again) == [[0, 0, 0, before]], "periods added, changed, removed, as before"
        assert db.session.scalar(select(func.count()).select_from(AcquisitionPrice)) == before


def test_a_part_of_the_real_history_on_postgresql(migrated, shared_data, tmp_path):
    app = migrated("postgresql")
    with app.app_context():
        empty_database()
        shelf = fill_with_the_whole_directory(shared_data, begins="00")
        table = pq.read_table(next((shared_data / "nadac").glob("*.parquet")))
        part = table.filter(pc.starts_with(table["ndc"], "0009"))
        pq.write_table(part, tmp_path / "part")
        answer = app.test_cli_runner().invoke(
            args=["catalogue", "import-nadac", str(tmp_path / "part")], catch_exceptions=False
        )
        assert counts(answer.output, "part") == expected_of_history(part, {}, shelf)
        check_days(part, {}, shelf)
        again = app.test_cli_runner().invoke(args=["catalogue", "import-nadac", str(tmp_path / "part")])
        assert [periods[:3] for periods in figures(again.output)] == [[0, 0, 0]], "added, changed, removed"


def begun_by_the_history() -> dict[int, set[date]]:
    """The first days of the periods that the history brought, by strength."""
    found: defaultdict[int, set[date]] = defaultdict(set)
    columns = (AcquisitionPrice.variant_id, AcquisitionPrice.effective_on)
    for variant, day in db.session.execute(
        select(*columns).where(AcquisitionPrice.source.contains("history"))
    ):
        found[variant].add(day)
    return found


def check_days(table: pa.Table, units: dict[str, str], shelf: Shelf) -> None:
    """Compare what is stored with votes counted by hand, for some strengths on some days of the history."""
    chosen = random.Random(7)
    variants = sorted({variant for ndc, (variant, unit) in shelf.items() if unit == "pill"})
    some = set(chosen.sample(variants, min(len(variants), 4_000)))
    ndcs = [ndc for ndc, (variant, _) in shelf.items() if variant in some and units.get(ndc, "EA") == "EA"]
    quotes: dict[int, list[tuple[date, date, Decimal]]] = {}
    mine = table.filter(pc.is_in(table["ndc"], pa.array(ndcs)))
    for row in mine.to_pylist():
        price = Decimal(repr(row["nadac_per_unit"]))
        quotes.setdefault(shelf[row["ndc"]][0], []).append((row["effective_date"], row["end_date"], price))
    checked = 0
    stored, begun = histories(quotes), begun_by_the_history()
    for variant, rows in quotes.items():
        assert begun[variant] <= {first for first, _, _ in rows}, variant
        for on in (chosen.choice(rows)[0], date(2020, 1, 1) + timedelta(days=chosen.randrange(1_000))):
            if (price := voted(rows, on)) is not None:
                held = [
                    p.price
                    for p in stored[variant]
                    if p.effective_on <= on and (not p.ends_on or on <= p.ends_on)
                ]
                assert held == [price], (variant, on)
                checked += 1
    assert checked > 100
