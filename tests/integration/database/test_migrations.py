"""Migrations: from empty to the models and back, on both databases."""

from contextlib import ExitStack

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from shop.catalogue import list_rows
from shop.database import Base, db
from tests.factories import make_lot, make_variant
from tests.migrating import downgrade, upgrade


def test_models_and_migrations_agree(context):
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


def test_migrations_go_down_to_empty_and_up_again_twice(context):
    for _ in range(2):
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert "prescription_item" in inspect(db.engine).get_table_names()
        upgrade()  # a second run finds nothing to do


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # PostgreSQL's keys are always on
def test_foreign_keys_hold_after_a_run_that_finds_nothing_to_do(context):
    upgrade()
    with ExitStack() as opened:  # all that the pool has kept
        connections = [opened.enter_context(db.engine.connect()) for _ in range(3)]
        held = [connection.exec_driver_sql("PRAGMA foreign_keys").scalar() for connection in connections]
    assert held == [1, 1, 1]


def test_a_store_with_rows_in_it_keeps_them_through_the_latest_migrations(context):
    variant_id = make_variant(categories=("Muscle spasticity",))
    make_lot(variant_id)
    downgrade(revision="0002")
    upgrade()
    with db.engine.connect() as connection:
        for table in ("product", "variant", "product_category", "product_ingredient", "lot"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1, table


@pytest.mark.parametrize("statement", ["UPDATE audit_record SET event = 'x'", "DELETE FROM audit_record"])
def test_the_audit_record_cannot_be_changed_even_by_hand(context, statement):
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_record (at, event, subject_type, subject_id, detail, previous_hash, hash)"
                " VALUES ('2026-01-01 00:00:00', 'order:placed', 'order', '1', '{}', 'a', 'b')"
            )
        )
    with pytest.raises(DatabaseError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement))
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT event FROM audit_record")).scalars().all() == ["order:placed"]


def test_the_rows_of_lists_are_derived_anew_by_this_release(context):
    make_variant()
    market = context.extensions["settings"].market
    assert list_rows.is_for(market)
    downgrade(revision="0004")
    upgrade()
    db.session.rollback()
    assert not list_rows.is_for(market)
