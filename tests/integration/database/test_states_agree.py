"""A state machine stands three times: in its table of steps, in its enum and in the database. They agree."""

import re

import pytest
from sqlalchemy import inspect

from shop.database import Base, db
from shop.orders import states as orders
from shop.patients import rules as patients
from shop.payments import states as payments
from shop.prescriptions import states as prescriptions
from shop.stock import states as stock

CODES = [
    ("order", "status", orders.OrderStatus),
    ("patient", "relation", patients.Relation),
    ("order_cancellation", "reason", orders.CancelReason),
    ("order_return", "reason", orders.ReturnReason),
    ("stock_return", "kind", stock.ReturnKind),
    ("order_staff_entry", "kind", orders.StaffAct),
    ("order_refund", "reason", orders.RefundReason),
    ("payment", "state", payments.PaymentStatus),
    ("payment_movement", "kind", payments.MovementKind),
    ("payment_movement", "state", payments.MovementState),
    ("prescription", "status", prescriptions.PrescriptionStatus),
    ("prescription_document", "state", prescriptions.FileState),
    ("prescription_quantity_entry", "kind", prescriptions.EntryKind),
]
MACHINES = [
    (orders.OrderStatus, orders.TABLE),
    (payments.PaymentStatus, payments.TABLE),
    (prescriptions.PrescriptionStatus, prescriptions.TABLE),
]


@pytest.mark.parametrize(("table", "column", "kind"), CODES)
def test_the_migrated_database_takes_exactly_the_codes_of_the_enum(context, table, column, kind):
    checks = {one["name"]: one["sqltext"] for one in inspect(db.engine).get_check_constraints(table)}
    known = checks[f"ck_{table}_{column}_known"]
    assert set(re.findall(r"'(\w+)'", known)) == {code.value for code in kind}
    assert Base.metadata.tables[table].c[column].type.enum_class is kind


@pytest.mark.parametrize(("kind", "steps"), MACHINES)
def test_each_status_is_in_the_table_of_steps_and_no_other_is(kind, steps):
    named = {before for before, _ in steps} | set(steps.values())
    assert named == set(kind)
    assert all(type(status) is kind for status in named)
