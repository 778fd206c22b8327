"""What a record may become, as triggers have it: sealed once, and nothing else."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from shop.audit.models import AuditRecord
from shop.audit.sealing import seal_audit
from shop.database import db
from tests.integration.audit.audit_hands import (
    broken,
    positions,
    write,
)

pytestmark = pytest.mark.usefixtures("context")
OTHER = {
    "id": "99",
    "at": "'2026-01-01 00:00:00+00:00'",
    "event": "'order:cancelled'",
    "actor_id": "NULL",
    "subject_type": "'lot'",
    "subject_id": "'9'",
    "detail": "'{\"lines\": 9}'",
}
SEAL = "position = 1, previous_hash = 'before', hash = 'after'"


def refused(statement: str) -> bool:
    """Whether the database refuses it as a change of what is append-only."""
    try:
        with db.engine.begin() as connection:
            connection.execute(text(statement))
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


def test_the_triggers_know_every_column():
    assert set(OTHER) | {"position", "previous_hash", "hash"} == {
        column.name for column in AuditRecord.__table__.columns
    }


@pytest.mark.parametrize("column", [*OTHER])
def test_nothing_else_may_change_while_a_record_is_sealed(column, make_user):
    value = str(make_user()) if column == "actor_id" else OTHER[column]
    write(1)
    assert refused(f"UPDATE audit_record SET {SEAL}, {column} = {value}")
    assert refused(f"UPDATE audit_record SET {column} = {value}")
    seal_audit()
    assert refused(f"UPDATE audit_record SET {column} = {value}")
    assert broken() == []


@pytest.mark.parametrize(
    "change", ["position = 1", "hash = 'after'", "previous_hash = 'before'", "position = 1, hash = 'after'"]
)
def test_a_record_is_not_half_sealed(change):
    write(1)
    assert refused(f"UPDATE audit_record SET {change}")
    assert positions() == [None]


@pytest.mark.parametrize(
    "change",
    [
        SEAL,
        "position = 2",
        "position = NULL",
        "hash = 'other'",
        "previous_hash = 'other'",
        "position = NULL, previous_hash = NULL, hash = NULL",
        "position = position",
    ],
)
def test_a_sealed_record_is_neither_sealed_anew_nor_opened(change):
    write(1)
    seal_audit()
    assert refused(f"UPDATE audit_record SET {change}")
    assert broken() == []


def test_no_record_may_be_removed_sealed_or_not():
    write(1)
    assert refused("DELETE FROM audit_record")
    seal_audit()
    assert refused("DELETE FROM audit_record")
