"""Documents from before files had states, and those that the release before writes beside this one."""

import pytest
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shop.database import db
from tests.migrating import downgrade, upgrade

AS_BEFORE = text(
    "INSERT INTO prescription_document (reference, user_id, filename, size_bytes, uploaded_at)"
    " VALUES (:reference, :user_id, 'sealed', 1, '2026-11-01 00:00:00')"
)


def states() -> list[str]:
    with db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT reference || ':' || state FROM prescription_document ORDER BY 1")
        )
        return list(rows.scalars())


def write(reference: str, user_id: int) -> None:
    with db.engine.begin() as connection:
        connection.execute(AS_BEFORE, {"reference": reference, "user_id": user_id})


def test_documents_of_the_release_before_count_as_ready(context, make_user):
    user_id = make_user("customer")
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    downgrade(revision=scripts.get_revision("0009").down_revision)
    write("older", user_id)
    upgrade()
    write("written meanwhile", user_id)
    assert states() == ["older:ready", "written meanwhile:ready"]


@pytest.mark.parametrize(
    "change", ["state = 'processing'", "state = 'refused'", "refusal = 'upload_damaged'"]
)
def test_a_state_without_what_belongs_to_it_cannot_be_written(context, make_user, change):
    write("one", make_user("customer"))
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE prescription_document SET {change}"))
    assert states() == ["one:ready"]
