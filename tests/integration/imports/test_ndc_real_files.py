"""The whole real directory into both databases, every count made a second time by directory_recount."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop import create_app
from shop.catalogue.models import Ingredient, Pack, Product, Variant
from shop.clock import now
from shop.database import db
from shop.imports.ndc.admission import Refused
from shop.imports.ndc.planning import plan
from shop.imports.ndc.service import Import, run
from tests.conftest import empty_database, settings_for
from tests.integration.imports.ndc_figures import check_products_and_packs
from tests.integration.imports.ndc_recount import recount

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]

NAMES = ("product_2019-04-29.txt.gz", "package_2019-04-29.txt.gz")
MOST_RECOUNTS = 30  # in processor time; about nine, and a machine that is slow is so for both
MOST_MEGABYTES = 400
ROOT = Path(__file__).resolve().parents[3]
FATES = {
    "excluded": Refused.EXCLUDED,
    "controlled": Refused.CONTROLLED,
    "homeopathic": Refused.HOMEOPATHIC,
    "unapproved": Refused.UNAPPROVED,
    "not by mail": Refused.NOT_BY_MAIL,
}


@pytest.fixture
def files(shared_data):
    return tuple(shared_data / "ndc" / name for name in NAMES)


@cache
def recounted(*files: Path) -> tuple[sqlite3.Connection, float]:
    """The files loaded anew, for counting, and the processor seconds that took; once for both tests."""
    begun = time.process_time()
    return recount(*files), time.process_time() - begun


@pytest.fixture
def sql(files):
    return recounted(*files)[0]


def counted(model, *conditions) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_the_whole_directory_is_soon_imported_in_little_memory(files, sql, tmp_path):
    app = create_app(settings_for(tmp_path))
    with app.app_context():
        from tests.migrating import upgrade

        upgrade()

    said, megabytes, seconds = imported(files, tmp_path)
    assert seconds < MOST_RECOUNTS * recounted(*files)[1]
    assert megabytes < MOST_MEGABYTES
    with app.app_context():
        assert counted(Product, Product.listed_at.is_not(None)) == 0
        assert f" {counted(Pack):,} " in said
        check_against_a_recount(sql)
        check_products_and_packs(files)
        db.session.remove()
        db.engine.dispose()


def test_postgresql_holds_the_same_every_row_is_accounted_for_and_a_second_run_changes_nothing(
    files, sql, migrated
):
    app = migrated("postgresql")
    with app.app_context():
        empty_database()
        outcome = run(Import(*files), "US", now(), lambda _step, _rows: None)
        directory = outcome.directory

        assert plan(directory).is_empty  # what a second run would do; test_ndc_again runs it, on both
        check_against_a_recount(sql)
        check_the_report(directory, sql)
        db.session.rollback()
        empty_database()


def imported(files, folder) -> tuple[str, float, float]:
    """Run the command in a process of its own: what it says, its peak memory in MB, its processor seconds."""
    environment = os.environ | {"INSTANCE_PATH": str(folder), "SECRET_KEY": "a key that only tests know " * 2}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "catalogue", "import-ndc", *map(str, files)]
    with (folder / "said.txt").open("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
        pid, megabytes = 0, 0.0
        while not pid:
            megabytes = max(megabytes, peak_megabytes(process.pid))
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            time.sleep(0.05)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    assert process.returncode == 0, text
    return text, megabytes, usage.ru_utime + usage.ru_stime


def peak_megabytes(pid: int) -> float:
    """The high-water mark of a process so far. Its rusage would begin with that of its parent."""
    said = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", said)
    return int(found[1]) / 1024 if found else 0.0


def check_against_a_recount(sql) -> None:
    """What the database holds, against what SQL finds in the files."""
    kept = {
        ndc
        for (ndc,) in sql.execute(
            "SELECT NDCPACKAGECODE FROM package JOIN fates USING (PRODUCTID) "
            "WHERE fate = 'kept' AND SAMPLE_PACKAGE = 'N'"
        )
    }
    packs = set(db.session.scalars(select(Pack.ndc)))
    assert packs <= kept
    assert len(kept - packs) == 24  # of products whose code another medicine has already
    assert counted(Pack) == len(packs)
    padded = {pack.ndc: pack.ndc11 for pack in db.session.execute(select(Pack.ndc, Pack.ndc11))}
    for ndc, ndc11 in padded.items():
        assert ndc11 == "{:>05}{:>04}{:>02}".format(*ndc.split("-"))
    strengths = {
        f"{number} mg"
        for (number,) in sql.execute(
            "SELECT DISTINCT ACTIVE_NUMERATOR_STRENGTH FROM product WHERE SUBSTANCENAME = 'BACLOFEN' AND "
            "NDC_EXCLUDE_FLAG <> 'E' AND DOSAGEFORMNAME LIKE 'TABLET%' AND "
            "upper(PROPRIETARYNAME) LIKE 'BACLOFEN%'"
        )
    }
    [page] = db.session.scalars(select(Product).where(Product.slug == "baclofen-tablets")).all()
    assert [variant.strength for variant in page.variants] == ["5 mg", "10 mg", "20 mg"]
    assert {variant.strength for variant in page.variants} == strengths
    bottles = sum(len(variant.packs) for variant in page.variants)
    assert (
        bottles
        == sql.execute(
            "SELECT count(*) FROM package JOIN product USING (PRODUCTID) "
            "WHERE SUBSTANCENAME = 'BACLOFEN' AND "
            "product.NDC_EXCLUDE_FLAG <> 'E' AND DOSAGEFORMNAME LIKE 'TABLET%' AND SAMPLE_PACKAGE = 'N' AND "
            "upper(PROPRIETARYNAME) LIKE 'BACLOFEN%'"
        ).fetchone()[0]
    )
    assert counted(Variant) >= counted(Product) > 20_000
    controlled = set(db.session.scalars(select(Ingredient.name).where(Ingredient.is_controlled)))
    assert {"pregabalin", "oxycodone hydrochloride", "carisoprodol", "butalbital"} <= controlled
    assert not controlled & {"aspirin", "menthol", "acetaminophen", "caffeine", "ibuprofen", "guaifenesin"}


def check_the_report(directory, sql) -> None:
    """Where the rows went, by reason, against the recount."""
    products, packages = directory.products, directory.packages
    fates = Counter(dict(sql.execute("SELECT fate, count(*) FROM fates GROUP BY fate")))
    assert products.rows == fates.total() == 128_241
    assert [line for line, _why in products.malformed] == [39_107]  # one of the excluded
    assert products.refused[Refused.EXCLUDED] + 1 == fates["excluded"] == 31_654
    for fate in ("controlled", "homeopathic", "unapproved", "not by mail"):
        assert products.refused[FATES[fate]] == fates[fate], fate
    repeated = products.refused[Refused.REPEATED_SAME] + products.refused[Refused.REPEATED_OTHER]
    assert products.taken_in + repeated == fates["kept"]
    distinct = sql.execute("SELECT count(DISTINCT PRODUCTNDC) FROM fates WHERE fate = 'kept'").fetchone()[0]
    assert products.taken_in == distinct
    assert packages.rows == 243_960
    assert packages.taken_in == counted(Pack) == 142_999
