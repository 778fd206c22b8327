"""What came back is set aside or destroyed, recorded, and never sold again; its refund is the next step."""

import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shop.database import db
from shop.orders import exporting
from shop.orders import queries as orders
from shop.stock import returned
from shop.stock.models import Lot
from tests.integration.checkout.store_counter import Customer
from tests.integration.mending.test_refunds import send as refund
from tests.integration.stock.stock_checks import assert_ledgers_agree

pytestmark = pytest.mark.usefixtures("context")
NOTE = "seal broken"


def lots_of(number: str) -> dict[int, tuple[int, int]]:
    """By order line its lot, and what is on hand of it."""
    db.session.rollback()
    lines = orders.by_number(number).lines
    return {
        line.id: (line.lots[0].lot_id, db.session.get_one(Lot, line.lots[0].lot_id).on_hand) for line in lines
    }


def send(staff: Customer, number: str, units: list[str], **fields: str):
    page = f"/admin/orders/{number}/return"
    html = staff.get(page).text
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', html)[1] for name in ("csrf_token", "form")
    }
    keys = [f"units_{line}_{lot}" for line, (lot, _) in lots_of(number).items()]
    typed = {"fate": "quarantined", "reason": "damaged", "note": NOTE}
    return staff.client.post(page, data=hidden | dict(zip(keys, units, strict=True)) | typed | fields)


def test_what_came_back_is_set_aside_then_destroyed_and_never_stock(
    ada: Customer, staff: Customer, shipped: str
) -> None:
    before = lots_of(shipped)
    answer = send(staff, shipped, ["20", ""])
    assert answer.headers["Location"].startswith(f"/admin/orders/{shipped}/refund")
    assert 'value="$10.20"' in staff.get(answer.headers["Location"]).text  # 20 of 60 for $30.60
    assert send(staff, shipped, ["41", "1"]).status_code == 422  # only 40 are out
    assert send(staff, shipped, ["40", "50"], fate="destroyed").status_code == 303
    rx, otc = before
    db.session.rollback()
    assert returned.of_lines(before) == {(rx, before[rx][0]): (60, 20), (otc, before[otc][0]): (50, 0)}
    assert 'data-set-aside="20"' in staff.get(f"/admin/orders/{shipped}").text
    staff.post(f"/admin/orders/{shipped}/return/destroyed")
    db.session.rollback()
    assert returned.of_lot(before[rx][0]) == (60, 0)
    assert lots_of(shipped) == before  # what is on hand is what it was
    assert_ledgers_agree()
    assert 'data-returned="60"' in staff.get(f"/admin/lots/{before[rx][0]}").text
    assert NOTE in staff.get(f"/admin/orders/{shipped}").text
    assert NOTE not in ada.get(f"/orders/{shipped}").text
    assert NOTE not in db.session.scalars(text("SELECT note FROM order_return")).all()
    for change in ("DELETE FROM stock_return", "UPDATE stock_return SET kind = 'destroyed'"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(change))
        db.session.rollback()


NONSENSE: list[tuple[list[str], dict[str, str]]] = [
    (["", ""], {}),
    (["0", "0"], {}),
    (["x", ""], {}),
    (["1", ""], {"reason": ""}),
    (["1", ""], {"fate": "sold"}),
    (["1", ""], {"reason": "other", "note": ""}),
]


def test_nonsense_is_not_booked(staff: Customer, shipped: str) -> None:
    for units, fields in NONSENSE:
        assert send(staff, shipped, units, **fields).status_code == 422, (units, fields)
        assert returned.of_lines(lots_of(shipped)) == {}, (units, fields)


def test_a_form_sent_twice_is_one_return(staff: Customer, shipped: str) -> None:
    for _ in range(2):
        assert send(staff, shipped, ["1", ""], form="0" * 32).status_code == 303
    assert [back for back, _ in returned.of_lines(lots_of(shipped)).values()] == [1]


def test_only_what_shipped_comes_back(staff: Customer, placed: str) -> None:
    page = f"/admin/orders/{placed}/return"
    assert staff.get(page).status_code == 303
    token = staff.token()
    fields = {"csrf_token": token, "form": "0" * 32, "fate": "destroyed", "reason": "damaged"}
    assert staff.client.post(page, data=fields).status_code == 303
    assert db.session.scalar(select(1).where(text("EXISTS (SELECT 1 FROM order_return)"))) is None


def test_returns_and_refunds_are_in_the_customers_export(
    ada: Customer, staff: Customer, shipped: str
) -> None:
    send(staff, shipped, ["20", ""])
    assert refund(staff, shipped, "$3.00").status_code == 303
    db.session.rollback()
    (order,) = exporting.everything(ada.user_id)
    assert [one["reason"] for one in order["returns"]] == ["damaged"]
    ((reason, cents),) = [(one["reason"], one["cents"]) for one in order["refunds"]]
    assert reason == "damaged"
    assert cents >= 300  # with the sales tax on it
    assert order["canceled_by_us_for"] is None
