"""How `flask db` reaches the database: through the application's own engine and models."""

import time
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy.exc import OperationalError

from shop.busy import Trouble, busy_of
from shop.deadlines import Kind, deadlines_of

database = current_app.extensions["migrate"].db


@contextmanager
def _tables_may_be_rebuilt(connection):
    """SQLite alters some columns by copying the table; dropping the old one would delete what refers to it.

    (sqlite.org, "Making Other Kinds Of Table Schema Changes")
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"the migration left rows that refer to nothing: {broken[:5]}"
    finally:
        connection.rollback()  # a run that found nothing to do is still reading; the pragma would do nothing
        driver.execute("PRAGMA foreign_keys=ON")


MOST_TRIES = 10
PAUSE_SECONDS = 0.5


def run() -> None:
    """Migrate while the store serves: wait briefly for each lock, and begin again where it was held.

    What waits for an exclusive lock makes every later reader wait behind it. So it gives up soon, lets them
    pass, and tries again; each migration is whole or not there, so it begins at the one that gave up.
    """
    for attempt in range(1, MOST_TRIES + 1):
        try:
            _migrate()
            break
        except OperationalError as error:
            if attempt == MOST_TRIES or busy_of(error) is not Trouble.LOCKED:
                raise
        time.sleep(PAUSE_SECONDS)


def _migrate() -> None:
    with (
        deadlines_of(Kind.MIGRATION),
        database.engine.connect().execution_options(begin_immediate=True) as connection,
        _tables_may_be_rebuilt(connection),
    ):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_type=True,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, not into a script.")
run()
