"""A store that keeps its pages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from shop import create_app
from shop.database import db
from shop.outbox import chores
from tests.factories import make_lot, make_variant


@pytest.fixture
def kept(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A second application on the same database, which keeps its pages as a store does."""
    settings = replace(app.extensions["settings"], page_cache_mb=64, instance=tmp_path)
    keeping = create_app(settings)
    keeping.wsgi_app.versions.patience = 60  # a slow machine is no slow database
    with keeping.app_context():
        variant = make_variant(categories=("Pain",))
        make_lot(variant, 500)
        chores.run_all()
    yield keeping
    with keeping.app_context():
        db.session.remove()
        db.engine.dispose()
