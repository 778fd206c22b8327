"""Orders on the desk: what to pack from which lots, shipping it, and why something cannot be shipped."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shop.clock import now, today
from shop.database import db, transaction
from shop.orders import queries as orders
from shop.orders import queue as order_queue
from shop.stock import service as stock
from shop.stock.models import Lot
from tests.factories import make_lot, make_variant
from tests.integration.admin.admin_desk import make_order


def in_days(days: int):
    return now().date() + timedelta(days=days)


def status(number: str) -> str:
    db.session.rollback()
    return orders.by_number(number).status


def ship(desk, number: str, **fields) -> str:
    return desk.send(f"/admin/orders/{number}/ship", **{"tracking": "", **fields})


@pytest.fixture
def shelf(loratadine) -> tuple[int, int]:
    return (
        make_lot(loratadine, 40, in_days(200), number="L1"),
        make_lot(loratadine, 1000, in_days(400), number="L2"),
    )


def link(desk, rel: str) -> str | None:
    found = re.search(rf'<a rel="{rel}" href="([^"]+)"', desk.page.text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("edge", ["x", "1.", "-", "1.2.3", "9" * 39 + ".1", "1." + "9" * 30, "٣.١"])
def test_an_edge_that_is_none_shows_the_start(desk, customer, loratadine, shelf, edge):
    number = make_order(customer, (loratadine, 10))
    desk.open(f"/admin/orders?from={edge}")
    assert [row[0] for row in desk.rows()] == [number]


def test_an_empty_tray_says_how_orders_come(desk):
    desk.open("/admin/orders")
    assert 'data-state="empty"' in desk.page.text


def test_orders_to_pack_come_first_and_the_oldest_of_them_on_top(desk, customer, loratadine, shelf):
    new, old = make_order(customer, (loratadine, 30)), make_order(customer, (loratadine, 30), days_ago=3)
    ended = make_order(customer, (loratadine, 30), stage="canceled")
    unpaid = make_order(customer, (loratadine, 30), stage="unpaid")
    desk.open("/admin/orders")
    assert [row[0] for row in desk.rows()] == [old, new]
    assert 'data-waiting="orders">2<' in desk.page.text
    for tray, number, state in [("unpaid", unpaid, "awaiting_payment"), ("ended", ended, "canceled")]:
        desk.open(f"/admin/orders?tray={tray}")
        assert f'data-status="{state}"' in desk.page.text
        assert [row[0] for row in desk.rows()] == [number]
    desk.open("/admin/orders?tray=shipped")
    assert 'data-state="empty"' in desk.page.text
    desk.open("/admin/orders?tray=nonsense&page=-1")
    assert len(desk.rows()) == 2


def promise(number: str, day: date | None) -> str:
    with transaction():
        order = orders.by_number(number)
        order.promised_on, order.transit_days = day, 3
    return number


def test_what_is_to_ship_comes_by_the_promised_day_and_late_orders_are_marked(
    desk, customer, loratadine, shelf, monkeypatch
):
    monkeypatch.setattr(order_queue, "_PROMISED", replace(order_queue._PROMISED, size=2))
    day = today()
    far, none, near, late, later = (
        promise(make_order(customer, (loratadine, 10), days_ago=ago), promised)
        for ago, promised in [
            (9, day + timedelta(days=30)),
            (8, None),
            (2, day + timedelta(days=20)),
            (1, day - timedelta(days=1)),
            (0, day - timedelta(days=1)),
        ]
    )
    desk.open("/admin/orders")
    seen = [[row[0] for row in desk.rows()]]
    assert desk.page.text.count('data-due="late"') == 2
    assert 'aria-sort="ascending"><a href="/admin/orders"' in desk.page.text
    while following := link(desk, "next"):
        desk.open(following)
        seen.append([row[0] for row in desk.rows()])
        assert "data-due" not in desk.page.text
    assert seen == [[late, later], [near, far], [none]]
    assert "data-unpromised" in desk.page.text
    for page in reversed(seen[:-1]):
        desk.open(link(desk, "prev"))
        assert [row[0] for row in desk.rows()] == page
    desk.open("/admin/orders?sort=ordered")
    assert [row[0] for row in desk.rows()] == [far, none, near, late, later]
    desk.open(f"/admin/orders?sort=ordered&from={day.toordinal()}.1.1")
    assert len(desk.rows()) == 5, "an edge of the other order is the start"
    assert 'class="tag stop"' in desk.page.text
    desk.open(f"/admin/orders/{late}")
    assert 'class="tag stop"' in desk.page.text


def test_the_list_takes_as_many_queries_whatever_its_length(desk, customer, loratadine, shelf):
    make_order(customer, (loratadine, 10))
    desk.open("/admin/orders")
    one = desk.queries
    for _ in range(24):
        make_order(customer, (loratadine, 10))
    desk.open("/admin/orders")
    assert desk.queries == one <= 16  # one of them finds guests by email
    first = [row[0] for row in desk.rows()]
    desk.open(link(desk, "next"))
    assert desk.queries <= one
    second = [row[0] for row in desk.rows()]
    assert (len(first), len(second), len({*first, *second})) == (20, 5, 25)
    assert link(desk, "next") is None
    desk.open(link(desk, "prev"))
    assert [row[0] for row in desk.rows()] == first


def test_an_order_names_the_lots_to_pick_the_earliest_expiry_first(desk, customer, loratadine, shelf):
    number = make_order(customer, (loratadine, 90))
    words = desk.open(f"/admin/orders/{number}")
    assert [row[-3:-1] for row in desk.rows()] == [["L1", "40"], ["L2", "50"]]
    assert "Ada Specimen 7 Sample Road Springfield, NY 10001 US" in words


def test_an_order_is_shipped_from_its_lots_and_says_so(desk, customer, loratadine, shelf):
    number = make_order(customer, (loratadine, 90))
    assert "1Z 555 0142" in ship(desk, number, tracking=" 1Z 555 0142 ")
    assert status(number) == "shipped"
    assert [(lot.lot_number, lot.quantity) for lot in orders.by_number(number).lines[0].lots] == [
        ("L1", 40),
        ("L2", 50),
    ]
    assert [db.session.get(Lot, lot).on_hand for lot in shelf] == [0, 950]
    assert [row[-3:-1] for row in desk.rows()] == [["L1", "40"], ["L2", "50"]]


def test_shipping_twice_is_refused_and_ships_once(desk, customer, loratadine, shelf):
    number = make_order(customer, (loratadine, 90))
    ship(desk, number)
    ship(desk, number)
    assert 'class="flash bad"' in desk.page.text
    assert [db.session.get(Lot, lot).on_hand for lot in shelf] == [0, 950]


@pytest.mark.parametrize("stage", ["unpaid", "canceled"])
def test_an_order_without_its_money_is_not_shipped(desk, customer, loratadine, shelf, stage):
    number = make_order(customer, (loratadine, 30), stage=stage)
    before = status(number)
    desk.open(f"/admin/orders/{number}")
    assert f'data-status="{before}"' in desk.page.text
    assert f'action="/admin/orders/{number}/ship"' not in desk.page.text
    ship(desk, number)
    assert 'class="flash bad"' in desk.page.text
    assert status(number) == before
    assert db.session.get(Lot, shelf[0]).on_hand == 40


def test_a_lot_quarantined_meanwhile_stops_the_order_until_it_is_reallocated(
    desk, admin, customer, loratadine, shelf
):
    number = make_order(customer, (loratadine, 90))
    with transaction():
        stock.quarantine(shelf[0], "recall_class_2", admin, now())
    desk.open(f"/admin/orders/{number}")
    assert 'data-lot="L1" data-state="quarantined"' in desk.page.text
    assert f'action="/admin/orders/{number}/other-lots"' in desk.page.text
    ship(desk, number)
    assert 'data-refused="lot_not_pickable"' in desk.page.text
    assert status(number) == "placed"

    desk.send(f"/admin/orders/{number}/other-lots")
    assert "data-lot" not in desk.page.text
    assert sorted(row[-3:-1] for row in desk.rows()) == [["L2", "40"], ["L2", "50"]]
    ship(desk, number)
    assert status(number) == "shipped"
    db.session.rollback()
    assert [db.session.get(Lot, lot).on_hand for lot in shelf] == [40, 910]


def test_without_other_lots_nothing_changes_and_it_is_refused(desk, admin, customer, loratadine):
    lot = make_lot(loratadine, 40, number="L9")
    number = make_order(customer, (loratadine, 40))
    with transaction():
        stock.quarantine(lot, "damaged", admin, now())
    desk.send(f"/admin/orders/{number}/other-lots")
    assert 'class="flash bad"' in desk.page.text
    db.session.rollback()
    assert db.session.get(Lot, lot).held == 40


def test_a_tracking_number_that_is_none_is_refused_beside_its_field_and_kept(
    desk, customer, loratadine, shelf
):
    number = make_order(customer, (loratadine, 30))
    ship(desk, number, tracking="x" * 81)
    assert desk.page.status_code == 422
    assert 'aria-invalid="true"' in desk.page.text
    assert "x" * 81 in desk.page.text
    assert status(number) == "placed"


@pytest.mark.parametrize("path", ["ship", "other-lots"])
def test_an_order_that_does_not_exist_is_not_found(desk, path):
    desk.send(f"/admin/orders/NOSUCH/{path}")
    assert desk.page.status_code == 404
    assert desk.client.get("/admin/orders/NOSUCH").status_code == 404


def test_an_order_page_takes_the_same_queries_for_one_line_as_for_five(desk, customer, loratadine, shelf):
    single = make_order(customer, (loratadine, 10))
    others = [make_variant("Testamol", f"{place} mg", rx=False) for place in range(1, 5)]
    for other in others:
        make_lot(other)
    several = make_order(customer, (loratadine, 10), *((other, 10) for other in others))
    desk.open("/admin/catalogue")  # signed in and warm
    desk.open(f"/admin/orders/{single}")
    one = desk.queries
    desk.open(f"/admin/orders/{several}")
    assert desk.queries == one <= 28  # ten of them the drug review’s
