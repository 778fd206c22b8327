"""Fixtures every test may use. `app` runs each test on SQLite and on PostgreSQL, freshly emptied."""

import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shop import create_app
from shop.audit.chain import GENESIS, signature
from shop.database import Base, db
from tests.leftovers import Leftovers
from tests.longest_first import Arrange
from tests.postgresql_server import start_server
from tests.running_store import start_store, stop_store
from tests.store_settings import settings_for

# an example may take as long as it likes: no test depends on the machine's speed
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that leads the run
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a hundred processes would compile the store anew
        config.pluginmanager.register(Leftovers())
    config.pluginmanager.register(Arrange())


SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The real files. A user's machine may lack them, and then the test says so; CI may not lack them."""
    if not SHARED_DATA.is_dir():
        message = f"the real data files are not beside the checkout ({SHARED_DATA.name}/)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return SHARED_DATA


@pytest.fixture
def shared_cases(shared_data: Path) -> Path:
    """Small files that people have, one kind each, beside the real ones."""
    return shared_data.parent / "cases"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL: TEST_DATABASE_URL where one is at hand, otherwise one from a wheel."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="formulary-pg-"))
    server = start_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def make_postgresql_database(postgresql_server: str, worker_id: str):
    """`make_postgresql_database("journeys")` makes an empty database for this worker; gives its URL."""

    def make(name: str) -> str:
        mine = f"formulary_{name}_{worker_id}"
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{mine}"')
        parts = urlsplit(postgresql_server)
        return urlunsplit(parts._replace(path=f"/{mine}"))

    return make


@pytest.fixture(scope="session")
def postgresql_url(make_postgresql_database) -> str:
    """The database of the tests that call the application directly."""
    return make_postgresql_database("test")


QUICK_HASH = {"argon2__time_cost": 1, "argon2__memory_cost": 1024}
"""In KiB. Hashing is slow on purpose, and no test is about how slow; all of them hash alike, so none anew."""


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Makes an application on a migrated database once per kind: `migrated("sqlite")`."""
    made: dict[str, Flask] = {}

    def make(kind: str) -> Flask:
        if kind not in made:
            url = None if kind == "sqlite" else request.getfixturevalue("postgresql_url")
            app = create_app(
                settings_for(tmp_path_factory.mktemp(f"instance-{kind}"), url, count_queries=True)
            )
            app.extensions["security"].pwd_context.update(**QUICK_HASH)
            with app.app_context():
                upgrade()
            made[kind] = app
            gc.freeze()  # what is built once is not looked through again at every collection
        return made[kind]

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, migrated) -> Iterator[Flask]:
    """The application on an empty, migrated database of each kind."""
    flask_app = migrated(request.param)
    with flask_app.app_context():
        try:
            empty_database()
        except DBAPIError:  # a test of a migration failed halfway: the tests after it are not to fall with it
            upgrade()
            empty_database()
    yield flask_app
    with flask_app.app_context():
        db.session.remove()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context for tests that call services and queries directly."""
    with app.app_context():
        yield app


@pytest.fixture
def change_settings(context: Flask, monkeypatch: pytest.MonkeyPatch):
    """`change_settings(instance=…)`: other settings for the time of the test.

    What the application holds open in its folder is opened anew, in this test and after it.
    """

    def change(**changes: object) -> None:
        settings = replace(context.extensions["settings"], **changes)
        monkeypatch.setitem(context.extensions, "settings", settings)
        for opened in ("finder", "search"):
            monkeypatch.setitem(context.extensions, opened, None)

    return change


@pytest.fixture
def client(app: Flask):
    return app.test_client()


KEPT = {"role", "audit_head", "catalogue_version", "offers_version"}


def empty_database() -> None:
    """Remove every row but those the migrations wrote. Append-only tables are emptied past their triggers."""
    names = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name not in KEPT]
    with db.engine.begin() as connection:
        asked = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names
        )
        full = set(connection.scalars(text(asked)))  # most tests write to a few of a hundred tables
        deletes = [f'DELETE FROM "{name}"' for name in names if name in full]
        if connection.dialect.name == "postgresql":
            # as a replica it asks neither triggers nor foreign keys; TRUNCATE would be slower
            connection.execute(text(";".join(["SET LOCAL session_replication_role = replica", *deletes])))
            again = "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value > 0"
            connection.execute(text(again))
        else:
            triggers = [
                trigger
                for trigger in connection.execute(
                    text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
                )
                if trigger.tbl_name in full
            ]
            for trigger in triggers:
                connection.execute(text(f"DROP TRIGGER {trigger.name}"))
            for one in deletes:
                connection.execute(text(one))
            for trigger in triggers:
                connection.execute(text(trigger.sql))
        connection.execute(
            text(
                "UPDATE audit_head SET hash = :end, length = 0,"
                " signed_hash = :end, signed_length = 0, signature = :signature"
            ),
            {"end": GENESIS, "signature": signature(0, GENESIS)},
        )
        connection.execute(text("UPDATE catalogue_version SET number = 1, offers = 0, changed_at = NULL"))
        connection.execute(text("UPDATE offers_version SET changes = 0, named = 0, priced = 0"))


@pytest.fixture(scope="session")
def demo_instance(tmp_path_factory: pytest.TempPathFactory, worker_id: str):
    """`demo_instance(folder)` makes the folder of a demo store that has been open once; gives it back.

    One is filled for all workers of a run, and copied: filling it takes longer than starting it.
    """
    base = tmp_path_factory.getbasetemp()
    whole = (base if worker_id == "master" else base.parent) / "demo-store"

    def make(folder: Path) -> Path:
        whole.parent.mkdir(exist_ok=True)
        with whole.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                filling = whole.with_name("demo-filling") / "instance"
                filling.parent.mkdir()
                stop_store(start_store(filling)[0])
                filling.rename(whole)
        return Path(shutil.copytree(whole, folder))

    return make


# --- People ---

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One argon2 hash for all test accounts."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)


@pytest.fixture
def make_user(app: Flask, password_hash: str):
    """`make_user("customer", email=…)` adds an account and returns its id."""
    from uuid import uuid4

    from shop.accounts.models import Role, User
    from shop.clock import now
    from shop.database import transaction

    def make(role: str = "customer", email: str | None = None, name: str = "Ada Specimen") -> int:
        with app.app_context(), transaction() as session:
            user = User(
                email=email or f"{role}-{uuid4().hex[:8]}@demo.example",
                name=name,
                password=password_hash,
                active=True,
                fs_uniquifier=uuid4().hex,
                created_at=now(),
                roles=[session.query(Role).filter_by(name=role).one()],
            )
            session.add(user)
            session.flush()
            return user.id

    return make


@pytest.fixture
def sign_in(app: Flask):
    """`sign_in(user_id)` gives a test client signed in as that account, without going through the form."""

    def enter(user_id: int):
        from shop.accounts.models import User

        client = app.test_client()
        with app.app_context():
            uniquifier = db.session.get(User, user_id).fs_uniquifier
        with client.session_transaction() as session:
            session["_user_id"] = uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = __import__("time").time()
            session["identity.id"] = uniquifier
            session["identity.auth_type"] = "session"
        return client

    return enter
