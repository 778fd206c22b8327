"""How `flask db` reaches the database: through the application's own engine and models."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

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
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    with (
        deadlines_of(Kind.MIGRATION),
        database.engine.connect() as connection,
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
