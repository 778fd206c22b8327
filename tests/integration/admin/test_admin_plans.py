"""No staff page reads a table that grows with every order from end to end: each statement is explained."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from shop.database import db
from tests.factories import make_lot
from tests.integration.admin.admin_desk import make_order

GROWING = (
    "job",
    "order",
    "order_line",
    "order_line_lot",
    "order_event",
    "payment",
    "payment_movement",
    "webhook_event",
    "stock_movement",
    "stock_hold",
    "audit_record",
    "prescription",
    "prescription_document",
)
LISTS = (
    "ix_order_ended",
    "ix_prescription_decided",
    "ix_stock_movement_dispensed",
    "ix_audit_record_unsealed",
    "ix_job_given_up",
)
"""Partial indexes that are a short list themselves, or one whose first rows a page takes."""
ADMIN = [
    "/admin/",
    "/admin/?state=empty",
    "/admin/?sort=expires",
    "/admin/orders",
    "/admin/orders?from=739000.1700000000000000.5",
    "/admin/orders?sort=ordered&from=1700000000000000.5",
    "/admin/orders?tray=unpaid",
    "/admin/orders?tray=shipped",
    "/admin/orders?tray=ended",
    "/admin/orders?tray=shipped&from=1700000000000000.5",
    "/admin/stock/receive",
    "/admin/lots/without-pack",
    "/admin/no-quantity",
    "/admin/releases",
    "/admin/catalogue",
    "/admin/prices",
    "/admin/searches",
    "/admin/outbox",
    "/admin/orders/{number}",
    "/admin/lots/{lot}",
]
PHARMACIST = [
    "/pharmacist/",
    "/pharmacist/?tab=asked",
    "/pharmacist/?tab=decided",
    "/pharmacist/?tab=decided&from=1700000000000000.5",
]


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, many) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and not many:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def scans(statement: str, parameters: Any) -> list[str]:
    """The growing tables that a statement would read from end to end."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SET LOCAL enable_seqscan = off")
            )  # tables are tiny here: say what could be
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
            found = [re.search(r'Seq Scan on "?(\w+)"?', line) for line in plan]
        else:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            lines = [row[-1] for row in rows if not any(f"INDEX {name}" in row[-1] for name in LISTS)]
            found = [re.match(r"SCAN (\w+)", line) for line in lines]
    return [match[1] for match in found if match and match[1] in GROWING]


@pytest.mark.parametrize(
    ("role", "path"),
    [("admin", path) for path in ADMIN] + [("pharmacist", path) for path in PHARMACIST],
)
def test_no_staff_page_scans_what_grows(
    app: Flask, context, make_user, sign_in, loratadine, role: str, path: str
) -> None:
    lot = make_lot(loratadine)
    number = make_order(make_user("customer"), (loratadine, 30))
    client = sign_in(make_user(role))
    db.session.rollback()
    with statements() as asked:
        answer = client.get(path.format(number=number, lot=lot))
    assert answer.status_code == 200
    assert asked, "the page asked nothing"
    read_whole = {(one, statement) for statement, values in asked for one in scans(statement, values)}
    assert not read_whole
