"""Whom a recall concerns: every order that got units of a lot, page by page."""

import re

import pytest

from shop.accounts.models import User
from shop.database import transaction
from shop.orders import recipients
from tests.factories import make_lot
from tests.integration.admin.admin_desk import make_order
from tests.integration.admin.test_admin_orders import in_days, ship


@pytest.fixture
def lots(loratadine) -> tuple[int, int]:
    return (
        make_lot(loratadine, 60, in_days(400), number="L1"),
        make_lot(loratadine, 100, in_days(500), number="L2"),
    )


def received(desk, lot_id: int, page: int = 1) -> list[str]:
    desk.open(f"/admin/lots/{lot_id}/recipients?page={page}")
    return re.findall(r'data-recipient="([^"]+)"', desk.page.text)


def test_everybody_who_received_a_lot_is_named_and_nobody_else(desk, customer, loratadine, lots, monkeypatch):
    first, second = lots
    assert received(desk, first) == []
    assert 'data-state="empty"' in desk.page.text
    both, later, waiting = (make_order(customer, (loratadine, 40)) for _ in range(3))
    for number in (both, later):
        ship(desk, number)
    assert received(desk, first) == [later, both], "newest first"
    assert received(desk, second) == [later], "the second order took the rest from the next lot"
    assert waiting not in desk.page.text
    assert "@" in desk.page.text.split("data-recipient", 1)[1], "how to reach them"
    monkeypatch.setattr(recipients, "ROWS", 1)
    assert [received(desk, first, page) for page in (1, 2, 3)] == [[later], [both], [both]]
    desk.open("/admin/lots/999999/recipients", 404)


def test_a_recalled_lot_leads_to_them(desk, lots):
    desk.open(f"/admin/lots/{lots[0]}")
    assert "data-recalled" not in desk.page.text
    desk.send(f"/admin/lots/{lots[0]}/quarantine", reason="recall_class_1")
    assert "data-recalled" in desk.page.text
    assert f'href="/admin/lots/{lots[0]}/recipients"' in desk.page.text


def test_a_guest_is_reached_by_their_own_email_and_a_deleted_account_by_none(
    desk, make_user, loratadine, lots
):
    guest, gone = make_user("customer"), make_user("customer")
    for user_id in (guest, gone):
        ship(desk, make_order(user_id, (loratadine, 10)))
    with transaction() as session:
        session.get_one(User, guest).guest_email = "guest@demo.example"
        session.get_one(User, guest).email = "1@guests.invalid"
        session.get_one(User, gone).email = f"deleted-{gone}@deleted.invalid"
    assert len(received(desk, lots[0])) == 2
    assert "guest@demo.example" in desk.page.text
    assert ".invalid" not in desk.page.text
