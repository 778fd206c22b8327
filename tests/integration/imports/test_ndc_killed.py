"""An import that is killed half way leaves nothing behind, and the next one completes."""

import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from shop.catalogue.models import Category, Ingredient, Pack, Product, Variant
from shop.clock import now
from shop.database import db
from shop.imports.ndc.service import Import, run
from shop.web import settings
from tests.integration.imports.ndc_files import package, product, write
from tests.running_store import PATIENCE

IMPORTER = Path(__file__).with_name("killed_import.py")
MANY = 400


def row_counts() -> list[int]:
    db.session.rollback()
    kinds = (Product, Variant, Pack, Ingredient, Category)
    return [db.session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def test_an_import_killed_half_way_leaves_nothing_and_the_next_completes(context, tmp_path):
    codes = [f"0001-{number:04}" for number in range(MANY)]
    paths = write(
        tmp_path,
        [product(code, f"Madeupin {code}", PHARM_CLASSES="Kinase Inhibitor [EPC]") for code in codes],
        [package(code) for code in codes],
    )
    config = settings()

    killed = subprocess.run(
        [sys.executable, IMPORTER, config.instance, config.database_url, *paths],
        timeout=PATIENCE,
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert row_counts() == [0, 0, 0, 0, 0]
    outcome = run(Import(*paths), "US", now(), lambda _step, _rows: None)
    assert outcome.written
    assert row_counts() == [MANY, MANY, MANY, MANY, 1]
