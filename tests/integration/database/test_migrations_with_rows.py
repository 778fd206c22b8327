"""Migrations of a store that has sold: from the first one to the last, and the last one while it sells."""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from shop.config import ROOT
from shop.database import db
from shop.vault.current import current_vault
from tests.integration.database import first_store
from tests.integration.database.older_schema import AT, Rows, audit_rows, contents, insert, reflected
from tests.migrating import downgrade, upgrade
from tests.running_store import PATIENCE

SCRIPTS = [*ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]
REVISIONS = [one.revision for one in SCRIPTS]
NEWEST_WHILE_SERVING = next(
    place for place in range(len(SCRIPTS) - 1, 0, -1) if not hasattr(SCRIPTS[place].module, "stops_the_store")
)
"""The place of the newest migration that the release before serves through: a rename says it can't."""
KEPT = (
    "order",
    "order_line",
    "lot",
    "prescription",
    "document_page",
    "payment",
    "stock_hold",
    "audit_record",
)


@pytest.fixture
def emptied(context) -> Iterator[object]:
    """The database at no revision; at the newest again afterwards."""
    db.session.remove()
    downgrade(revision="base")
    yield context
    db.session.remove()
    upgrade()


def rows(first: int) -> Rows:
    file_id = uuid4().hex
    current_vault().store(file_id, b"page")
    return first_store.rows(first, file_id, current_vault().keyring)


def adds_up(app) -> bool:
    outcome = app.test_cli_runner().invoke(args=["verify"])
    print(outcome.output)  # noqa: T201  (shown when it fails)
    return outcome.exit_code == 0


def test_a_store_comes_from_the_first_migration_to_the_last_with_every_row(emptied):
    upgrade(revision=REVISIONS[0])
    with db.engine.begin() as connection:
        insert(connection, reflected(connection), rows(0))
    counts: dict[str, int] = {}
    for revision in REVISIONS[1:]:
        upgrade(revision=revision)
        upgrade(revision=revision)  # a second time finds nothing to do
        with db.engine.begin() as connection:
            now = reflected(connection)
            if revision == REVISIONS[1]:  # since then the audit record has a chain to be written to
                audit_rows(connection, now, [1, 2])
            found = {
                name: connection.scalar(sa.select(sa.func.count()).select_from(now.tables[name]))
                for name in KEPT
            }
        assert counts in ({}, found), revision
        counts = found
    assert counts == dict.fromkeys(KEPT, 1) | {
        "order": 2,
        "order_line": 2,
        "payment": 2,
        "stock_hold": 2,
        "audit_record": 2,
    }
    assert adds_up(emptied)


@pytest.fixture
def one_behind(emptied) -> sa.MetaData:
    """A store with rows at the revision before the newest that keeps it open; the tables its code knows."""
    upgrade(revision=REVISIONS[NEWEST_WHILE_SERVING - 1])
    with db.engine.begin() as connection:
        old = reflected(connection)
        insert(connection, old, rows(0))
        audit_rows(connection, old, [1, 2])
    return old


def test_code_of_the_release_before_sells_on_after_the_newest_migration(emptied, one_behind):
    """Statements with exactly the old columns: what a process does that was not restarted yet."""
    old = one_behind
    with db.engine.connect() as connection:
        before = dict(contents(connection, old))
    upgrade(revision=REVISIONS[NEWEST_WHILE_SERVING])
    with db.engine.begin() as connection:
        after = dict(contents(connection, old))  # a column or table that is gone raises here
        assert {name: len(found) for name, found in after.items()} == {
            name: len(found) for name, found in before.items()
        }
        assert after["order"] == before["order"]
        assert after["lot"] == before["lot"]
        insert(connection, old, rows(1_000_000))
        audit_rows(connection, old, [1_000_001, 1_000_002])
        for table, values in TYPICAL_UPDATES:
            changed = connection.execute(old.tables[table].update().values(values))
            assert changed.rowcount > 0, table
        with connection.begin_nested() as canceled:  # not kept: the goods of these orders are gone
            connection.execute(old.tables["order"].update().values(status="canceled"))
            canceled.rollback()
        connection.execute(old.tables["job"].delete())
        connection.execute(old.tables["basket_line"].delete())
    upgrade()
    assert adds_up(emptied)


TYPICAL_UPDATES = (
    ("order", {"tracking": "1Z 0000"}),
    ("payment", {"state": "authorized", "authorized_at": AT}),
    ("payment", {"state": "captured", "captured_at": AT}),
    ("lot", {"on_hand": 970, "held": 30}),
    ("prescription_item", {"taken": 60}),
    ("prescription", {"claimed_at": AT}),
    ("basket_line", {"quantity": 60}),
    ("job", {"attempts": 2, "leased_until": AT}),
    ("user", {"active": True}),
)


def test_the_newest_migration_succeeds_beside_short_writes_and_an_open_read(emptied, one_behind):
    stop, trouble, written = threading.Event(), [], []
    order, engine = one_behind.tables["order"], db.engine

    def write() -> None:
        while not stop.is_set():
            try:
                with engine.connect().execution_options(begin_immediate=True) as connection:
                    connection.execute(order.update().values(tracking=str(len(written))))
                    connection.commit()
                written.append(1)
            except sa.exc.SQLAlchemyError as error:
                trouble.append(error)
            time.sleep(0.01)

    with db.engine.connect() as reader:
        reader.execute(sa.select(order.c.number)).all()
        writer = threading.Thread(target=write)
        writer.start()
        wait_until(lambda: written or trouble)
        closing = threading.Timer(0.5, reader.rollback)  # an open read ends at some time
        closing.start()
        try:
            upgrade()
        finally:
            stop.set()
            writer.join(PATIENCE)
            closing.join()
    assert written
    assert not trouble
    with db.engine.connect() as connection:
        applied = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    assert applied == REVISIONS[-1]


def test_a_migration_that_has_to_wait_lets_the_others_pass(emptied, one_behind):
    """PostgreSQL: who waits for a strong lock stops all who come later. It gives up, and comes again."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time, and readers never wait")
    names = ", ".join(f'"{name}"' for name in one_behind.tables if name != "alembic_version")
    failed: list[BaseException] = []

    def migrate() -> None:
        try:
            with emptied.app_context():
                upgrade()
        except BaseException as error:
            failed.append(error)

    with db.engine.connect() as holder:
        holder.execute(
            sa.text(f"LOCK TABLE {names} IN ROW EXCLUSIVE MODE")
        )  # somebody in the middle of a write
        migration = threading.Thread(target=migrate)
        migration.start()
        wait_until(lambda: waiting() > 0 or not migration.is_alive())
        wait_until(lambda: waiting() == 0)  # it gave up while the writer still holds its locks
        with db.engine.begin() as customer:
            customer.execute(one_behind.tables["order"].update().values(tracking="x"))
        holder.rollback()
    migration.join(PATIENCE)
    assert not failed
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == REVISIONS[-1]


def waiting() -> int:
    with db.engine.connect() as connection:
        return connection.scalar(
            sa.text(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
        )


def wait_until(true) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
