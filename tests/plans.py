"""What is asked of the database, and how it would answer: from end to end, or by an index."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from shop.database import db

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
    "review_alert",
)
LISTS = (
    "ix_order_ended",
    "ix_prescription_decided",
    "ix_stock_movement_dispensed",
    "ix_audit_record_unsealed",
    "ix_job_given_up",
)
"""Partial indexes that are a short list themselves, or one whose first rows a page takes."""


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """What was asked meanwhile, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def scans(statement: str, parameters: Any) -> list[str]:
    """The growing tables that a query would read from end to end; none for what is no query."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return []
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # tables are tiny here: say what could be
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
            found = [re.search(r'Seq Scan on "?(\w+)"?', line) for line in plan]
        else:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            lines = [row[-1] for row in rows if not any(f"INDEX {name}" in row[-1] for name in LISTS)]
            found = [re.match(r"SCAN (\w+)", line) or _searched_for_null(line, statement) for line in lines]
    return [match[1] for match in found if match and match[1] in GROWING]


def _searched_for_null(line: str, statement: str) -> re.Match[str] | None:
    """SQLite counts IS NULL as a key to search an index by, and most rows may be without a value."""
    found = re.match(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \((\w+)=\?", line)
    return found if found and re.search(rf'\b{found[1]}"?\.{found[2]} IS NULL', statement) else None
