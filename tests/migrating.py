"""Migrations as tests run them: no reading of their own is left open.

PostgreSQL would wait for it until the lock times out, and SQLite show afterwards what was there before.
"""

import flask_migrate

from shop.database import db


def downgrade(revision: str) -> None:
    """Bring the schema down to `revision` ("base" for none, "-1" for one step)."""
    db.session.remove()
    flask_migrate.downgrade(revision=revision)


def upgrade(revision: str = "head") -> None:
    """Bring the schema up to `revision`."""
    db.session.remove()
    flask_migrate.upgrade(revision=revision)
