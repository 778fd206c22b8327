"""No staff page reads a table that grows with every order from end to end: each statement is explained."""

import pytest
from flask import Flask

from shop.database import db
from tests.factories import make_lot
from tests.integration.admin.admin_desk import make_order
from tests.plans import scans, statements

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
