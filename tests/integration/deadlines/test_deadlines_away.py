"""The database is away: connections cut, the server stopped. Nothing is a crash, and all heals by itself."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError

from shop import create_app
from shop.access import public
from shop.accounts.models import Role, User
from shop.busy import Trouble, busy_of
from shop.clock import now
from shop.database import CommitUncertain, db, transaction
from shop.outbox import chores
from shop.projections.cache_version import CatalogueVersion
from tests.conftest import settings_for
from tests.factories import make_lot, make_variant
from tests.integration.deadlines.conftest import SHORT, assert_busy, put_in_basket
from tests.migrating import upgrade
from tests.postgresql_server import patiently, start_server
from tests.running_store import PATIENCE


@pytest.fixture
def on_postgresql(impatient: Flask) -> Flask:
    if impatient.extensions["settings"].database_url.startswith("sqlite"):
        pytest.skip("a file has no connections that could be cut")
    return impatient


def cut_connections(app: Flask) -> None:
    url = app.extensions["settings"].database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_after_every_connection_was_cut_the_next_request_does_not_notice(on_postgresql):
    client = on_postgresql.test_client()
    client.get("/medicines?form=tablet")
    cut_connections(on_postgresql)

    assert client.get("/medicines?form=capsule").status_code == 200
    assert put_in_basket(on_postgresql).status_code == 303


def test_an_answer_that_is_made_is_given_though_its_connection_is_cut_before_it_is_put_back(on_postgresql):
    @on_postgresql.route("/test/cut-at-the-end")
    @public
    def cut_at_the_end():
        db.session.execute(select(CatalogueVersion.offers))
        cut_connections(on_postgresql)
        return "made"

    client = on_postgresql.test_client()
    assert [client.get("/test/cut-at-the-end").text for _ in range(2)] == ["made", "made"]


def change() -> None:
    db.session.execute(update(CatalogueVersion).values(offers=CatalogueVersion.offers + 1))


def change_while_cut(app: Flask, then: Callable[[], None]) -> None:
    with transaction():
        change()
        cut_connections(app)
        then()


def test_a_connection_that_is_cut_in_a_transaction_is_busy_and_the_next_one_works(on_postgresql):
    with on_postgresql.app_context():
        with pytest.raises(DBAPIError) as cut:
            change_while_cut(on_postgresql, change)
        assert busy_of(cut.value) is Trouble.AWAY

        with transaction():
            change()


def test_a_connection_that_is_cut_at_the_commit_is_said_to_be_uncertain(on_postgresql):
    with on_postgresql.app_context(), pytest.raises(CommitUncertain):
        change_while_cut(on_postgresql, lambda: None)


# --- The server is stopped ---


class Server:
    """A PostgreSQL that these tests may stop."""

    def __init__(self, folder: Path) -> None:
        self._server = start_server(folder)
        self.url = self._server.get_uri()

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        patiently(self._server.ensure_postgres_running)

    def end(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="formulary-away-"))
    made = Server(folder)
    yield made
    made.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def store(server: Server, tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Flask:
    settings = settings_for(tmp_path_factory.mktemp("away"), server.url)
    made = create_app(replace(settings, page_cache_mb=64, deadlines=SHORT))
    made.wsgi_app.versions.patience = PATIENCE
    with made.app_context():
        upgrade()
        make_lot(make_variant(), 500)
        chores.run_all()
        with transaction() as session:
            role = session.query(Role).filter_by(name="customer").one()
            session.add(
                User(
                    email="ada@demo.example",
                    name="Ada Specimen",
                    password=password_hash,
                    active=True,
                    fs_uniquifier=uuid4().hex,
                    created_at=now(),
                    roles=[role],
                )
            )
        db.session.remove()
    return made


def signed_in(store: Flask):
    client = store.test_client()
    with store.app_context():
        mark = db.session.execute(text('SELECT fs_uniquifier FROM "user"')).scalar_one()
    with client.session_transaction() as session:
        session.update({"_user_id": mark, "_fresh": True, "identity.id": mark})
    return client


def test_with_the_server_stopped_nothing_crashes_and_kept_pages_and_health_go_on(server, store, monkeypatch):
    visitor, ada = store.test_client(), signed_in(store)
    kept = visitor.get("/medicines/baclofen-tablets")
    assert ada.get("/orders").status_code == 200

    server.stop()
    try:
        for path in ("/orders", "/basket", "/medicines/baclofen-tablets", "/nothing", "/admin/", "/sign-in"):
            assert_busy(ada.get(path))
        assert_busy(put_in_basket(store))
        assert_busy(visitor.get("/medicines/baclofen-tablets?strength=10"))
        store.wsgi_app.versions.look_now()
        again = visitor.get("/medicines/baclofen-tablets")
        assert (again.status_code, again.data) == (200, kept.data)
        for path in ("/healthz", "/robots.txt", "/static/css/base.css"):
            for client in (visitor, ada):
                assert client.get(path).status_code == 200, path
        monkeypatch.setattr("shop.health.GOOD_FOR", 0)
        ready = visitor.get("/readyz")
        assert ready.status_code == 503
        assert ready.json["checks"]["database"] != "ok"
        monkeypatch.undo()
    finally:
        server.start()

    assert ada.get("/orders").status_code == 200
    assert put_in_basket(store).status_code == 303
    while visitor.get("/readyz").status_code != 200:  # it asks once a second; the test's own limit ends this
        pass
    assert "data-items=" in ada.get("/medicines/baclofen-tablets").text


def test_who_gets_no_place_is_refused_before_anything_is_asked(store):
    ada, queries = signed_in(store), []
    assert ada.get("/orders").status_code == 200
    with store.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *said: queries.append(said[2]))
    compartment, size = store.wsgi_app._app.own, store.extensions["settings"].sizes.own.total
    for _ in range(size):
        assert compartment._total.acquire(blocking=False)
    assert_busy(ada.get("/orders"))
    assert queries == []
    compartment._total.release(size)

    assert ada.get("/orders").status_code == 200
    assert queries
