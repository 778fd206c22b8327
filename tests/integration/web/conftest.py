"""A store that keeps its pages."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from shop import create_app
from shop.database import db
from tests.factories import make_lot, make_variant
from tests.integration.web.kept_pages import at_once
from tests.running_store import PATIENCE


@pytest.fixture(scope="session")
def keeping(tmp_path_factory: pytest.TempPathFactory):
    """`keeping(app)` is a second application on the same database, made once, that keeps its pages."""
    made: dict[str, Flask] = {}

    def make(app: Flask) -> Flask:
        settings = app.extensions["settings"]
        if settings.database_url not in made:
            instance = tmp_path_factory.mktemp("kept")
            made[settings.database_url] = create_app(replace(settings, page_cache_mb=64, instance=instance))
        return made[settings.database_url]

    return make


@pytest.fixture
def kept(app: Flask, keeping) -> Iterator[Flask]:
    """A store that has kept no page yet, with one medicine and 500 units of it."""
    store = keeping(app)
    shutil.rmtree(store.extensions["settings"].pages_folder, ignore_errors=True)
    store.wsgi_app.versions.patience = PATIENCE  # a slow machine is no slow database
    with store.app_context():
        variant = make_variant(categories=("Pain",))
        make_lot(variant, 500)
    at_once(store)
    yield store
    with store.app_context():
        db.session.remove()
        db.engine.dispose()
