"""The migration that puts what was taken of prescriptions into fills."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from shop.database import db, transaction
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import PrescriptionFill, PrescriptionItem
from tests.integration.prescriptions.conftest import (
    AT,
    TODAY,
    approve,
    baclofen,
    customer,
    pharmacist,
    submit,
)
from tests.migrating import downgrade, upgrade

__all__ = ["approve", "baclofen", "customer", "pharmacist", "submit"]  # fixtures


@pytest.mark.parametrize(
    ("taken", "fills"),
    [
        ([], []),
        ([60, 30, 90, 20], [(1, 1, 90, 90), (2, 1, 90, 90), (3, 1, 90, 20)]),
        ([360], [(1, 4, 360, 360)]),  # what was sold at once stays at once
        ([60, 90], [(1, 2, 180, 150)]),
        ([60, -60, 90], [(1, 1, 90, 90)]),  # given back
    ],
)
def test_what_was_taken_is_put_into_fills_in_the_order_of_time(baclofen, approve, taken, fills):
    _, item_id = approve(baclofen, 90, 3, days=30)
    downgrade(revision="0019")
    with db.engine.begin() as connection:
        for line, units in enumerate(taken, 1):
            write(connection, item_id, line if units > 0 else line - 1, units)
    upgrade()
    rows = db.session.scalars(select(PrescriptionFill).order_by(PrescriptionFill.number))
    assert [(row.number, row.count, row.quantity, row.taken) for row in rows] == fills
    item = db.session.get_one(PrescriptionItem, item_id)
    assert item.taken == sum(fill[-1] for fill in fills)


def test_the_ledger_stays_append_only_and_goes_on(baclofen, approve):
    _, item_id = approve(baclofen, 90, 3, days=30)
    with transaction():
        quantities.hold_quantity(item_id, 1, 60, AT, TODAY)
    downgrade(revision="0019")
    upgrade()
    with pytest.raises(DatabaseError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text("UPDATE prescription_quantity_entry SET quantity = 1"))
    with transaction():
        quantities.hold_quantity(item_id, 2, 30, AT, TODAY)
    assert db.session.scalars(select(PrescriptionFill.taken)).all() == [90]


def write(connection, item_id: int, line: int, units: int) -> None:
    """As the release before wrote it."""
    values = {"item": item_id, "line": line, "kind": "held" if units > 0 else "released", "units": abs(units)}
    connection.execute(
        text(
            "INSERT INTO prescription_quantity_entry (item_id, order_line_id, kind, quantity, at)"
            " VALUES (:item, :line, :kind, :units, '2026-11-20 10:00:00')"
        ),
        values,
    )
    connection.execute(
        text("UPDATE prescription_item SET taken = taken + :units WHERE id = :item"),
        {"units": units, "item": item_id},
    )
