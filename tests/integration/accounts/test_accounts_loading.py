"""Who is signed in is looked up by keys, however many accounts there are."""

import pytest
from sqlalchemy import event

from shop.database import db


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # PostgreSQL plans by size; here it has none
def test_no_page_reads_every_account_or_its_roles(app, make_user, sign_in):
    client = sign_in(make_user())
    asked = []

    def note(_conn, _cursor, statement, parameters, *_rest) -> None:
        if "user" in statement:
            asked.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/orders").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        plans = [
            row[3]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN") and "user" in plan] == []
