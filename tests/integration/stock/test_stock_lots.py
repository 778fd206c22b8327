"""Deliveries and quarantine, and what the desk reads of them; on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.errors import NotFound
from shop.stock import figures, holds, inventory, service
from shop.stock.holds import OutOfStock
from shop.stock.inventory import LotFilter
from shop.stock.models import Lot
from shop.stock.service import LotRefused
from tests.factories import make_lot, make_variant
from tests.integration.stock.stock_checks import AT, TODAY, assert_ledgers_agree, counts, in_days

EXPIRES = date(2028, 6, 30)


@pytest.fixture
def receive(baclofen, admin):
    usual = {"number": "K4471", "expires_on": EXPIRES, "quantity": 100, "unit_cost": Decimal("0.03381")}

    def book(variant_id=baclofen, **change):
        with transaction():
            return service.receive_lot(variant_id, None, **{**usual, **change}, actor_id=admin, at=AT)

    return book


def audited() -> list[tuple[str, dict]]:
    return [
        tuple(row)
        for row in db.session.execute(select(AuditRecord.event, AuditRecord.detail).order_by(AuditRecord.id))
    ]


def test_a_delivery_becomes_a_lot_with_its_ledger_and_an_audit_record(receive, admin):
    lot_id = receive(number=" K4471 ")
    lot = inventory.lot(lot_id)
    assert (lot.number, lot.on_hand, lot.held, lot.unit_cost) == ("K4471", 100, 0, Decimal("0.03381"))
    [entry] = inventory.movements(inventory.lot(lot_id))
    assert (entry.kind, entry.quantity, entry.after, entry.actor_id, entry.at) == (
        "received",
        100,
        100,
        admin,
        AT,
    )
    assert audited() == [("stock:lot:received", {"quantity": 100})]
    assert_ledgers_agree()


def test_the_cost_of_more_of_a_known_lot_counts(receive):
    lot_id = receive(unit_cost=Decimal("0.10"))
    receive(quantity=300, unit_cost=Decimal("0.20"))
    assert inventory.lot(lot_id).unit_cost == Decimal("0.175")


def test_more_of_a_known_lot_adds_to_it(receive):
    lot_id = receive()
    assert receive(quantity=50, unit_cost=None) == lot_id
    assert counts(lot_id) == (150, 0)
    assert [(entry.quantity, entry.after) for entry in inventory.movements(inventory.lot(lot_id))] == [
        (50, 150),
        (100, 100),
    ]
    assert_ledgers_agree()


def test_two_medicines_may_have_lots_of_the_same_number(receive):
    assert receive() != receive(variant_id=make_variant("Naproxen", "250 mg"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expires_on": EXPIRES + timedelta(days=1)}, "expires_on"),
        ({"expires_on": in_days(-1)}, "expires_on"),
        ({"number": "N1", "expires_on": in_days(-1)}, "expires_on"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -5}, "quantity"),
        ({"quantity": 10_000_001}, "quantity"),
        ({"number": "  "}, "number"),
        ({"number": "x" * 41}, "number"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_and_changes_nothing(receive, change, field):
    lot_id = receive()
    with pytest.raises(LotRefused) as refusal:
        receive(**change)
    assert refusal.value.field == field
    assert refusal.value.todo
    assert counts(lot_id) == (100, 0)
    assert len(db.session.scalars(select(Lot)).all()) == 1


def test_a_lot_cannot_be_filled_beyond_what_its_count_can_hold(receive):
    lot_id = receive(quantity=10_000_000)
    with transaction():
        db.session.get(Lot, lot_id).on_hand = service.MOST_ON_HAND
    with pytest.raises(LotRefused) as refusal:
        receive(quantity=1)
    assert refusal.value.field == "quantity"


def test_a_delivery_that_expires_tomorrow_can_be_booked(receive):
    assert counts(receive(expires_on=in_days(1))) == (100, 0)


def test_a_lot_put_aside_is_not_picked_until_it_is_put_back(baclofen, admin):
    lot_id = make_lot(baclofen)
    with transaction():
        assert service.quarantine(lot_id, "recall_class_2", admin, AT)
        assert not service.quarantine(lot_id, "damaged", admin, AT)  # the first reason stands
    assert (inventory.lot(lot_id).status, inventory.lot(lot_id).status_reason) == (
        "quarantined",
        "recall_class_2",
    )
    with pytest.raises(OutOfStock), transaction():
        holds.hold(1, baclofen, 30, in_days(97), AT)
    with transaction():
        assert service.lift_quarantine(lot_id, "put_aside_by_mistake", admin, AT)
        assert not service.lift_quarantine(lot_id, "recall_ended", admin, AT)
        holds.hold(1, baclofen, 30, in_days(97), AT)
    assert audited() == [
        ("stock:lot:quarantined", {"reason": "recall_class_2"}),
        ("stock:lot:released", {"reason": "put_aside_by_mistake"}),
    ]


@pytest.mark.parametrize("change", [service.quarantine, service.lift_quarantine])
def test_a_lot_that_does_not_exist_cannot_change(context, admin, change):
    with pytest.raises(NotFound), transaction():
        change(4711, "damaged", admin, AT)
    assert audited() == []


# --- What the desk reads ---


@pytest.fixture
def shelf(baclofen) -> dict[str, int]:
    naproxen = make_variant("Naproxen", "250 mg", rx=False)
    return {
        "B2": make_lot(baclofen, 200, in_days(400), number="B2", unit_cost="0.1"),
        "B1": make_lot(baclofen, 100, in_days(30), number="B1", unit_cost="0.03381"),
        "N1": make_lot(naproxen, 300, in_days(90), number="N1", unit_cost=None),
        "N2": make_lot(naproxen, 50, in_days(-1), number="N2", unit_cost="1"),
        "N3": make_lot(naproxen, 60, in_days(500), number="N3", unit_cost="0.5", status="quarantined"),
        "N4": make_lot(naproxen, 0, in_days(500), number="N4_%"),
    }


def numbers(filters: dict, **how) -> list[str]:
    page = inventory.lots_page(replace(LotFilter(TODAY), **filters), **how)
    assert page.total == len(page.rows)
    return [row.number for row in page.rows]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["N2", "B1", "N1", "B2", "N3"]),
        ({"text": "b"}, ["B1", "B2"]),
        ({"text": "%"}, []),
        ({"text": "%", "state": "empty"}, ["N4_%"]),
        ({"expires_by": in_days(90)}, ["B1", "N1"]),
        ({"expires_by": in_days(-2)}, []),
        ({"state": "expired"}, ["N2"]),
        ({"state": "quarantined"}, ["N3"]),
        ({"state": "pick"}, ["B1", "N1", "B2"]),
        ({"state": "pick", "text": "n"}, ["N1"]),
        ({"state": "no such state"}, ["N2", "B1", "N1", "B2", "N3"]),
    ],
)
def test_lots_are_found_by_number_expiry_and_state(shelf, filters, found):
    assert numbers(filters, sort="expires") == found


def test_lots_are_found_by_their_medicine_as_well(shelf, baclofen):
    assert numbers({"text": "baclofen", "variant_ids": [baclofen]}, sort="expires") == ["B1", "B2"]


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("expires", ["N2", "B1", "N1", "B2", "N3"]),
        ("lot", ["B1", "B2", "N1", "N2", "N3"]),
        ("on_hand", ["N2", "N3", "B1", "B2", "N1"]),
        ("cost", ["N1", "B1", "B2", "N3", "N2"]),
    ],
)
def test_lots_are_sorted_either_way(shelf, sort, ascending):
    assert numbers({}, sort=sort) == ascending
    assert numbers({}, sort=sort, descending=True) == ascending[::-1]


def test_sorted_by_medicine_lots_follow_the_given_order_and_then_expiry(shelf, baclofen):
    naproxen = inventory.lot(shelf["N1"]).variant_id
    assert numbers({}, variant_order=[naproxen, baclofen]) == ["N2", "N1", "N3", "B1", "B2"]
    assert numbers({}, variant_order=[baclofen, naproxen]) == ["B1", "B2", "N2", "N1", "N3"]


def test_pages_of_lots_hold_twenty_five_and_an_impossible_page_is_the_nearest(baclofen):
    with transaction():
        for _ in range(26):
            make_lot(baclofen)
    first, last = (inventory.lots_page(LotFilter(TODAY), number=number) for number in (-3, 99))
    assert (first.number, first.first, first.last, first.total_pages, len(first.rows)) == (1, 1, 25, 2, 25)
    assert (last.number, last.first, last.last, last.total, len(last.rows)) == (2, 26, 26, 26, 1)


def test_the_figures_count_value_at_cost_and_what_expires_soon(shelf):
    health = figures.health(TODAY, in_days(90))
    assert (health.lots, health.variants, health.quarantined, health.expired) == (5, 2, 1, 1)
    assert health.value == Decimal("20") + Decimal("3.381") + Decimal("50") + Decimal("30")
    assert health.expiring_value == Decimal("3.381")  # N1 has no known cost, N2 has already expired


def test_the_figures_of_an_empty_shelf_are_nought(context):
    health = figures.health(TODAY, in_days(90))
    assert (health.lots, health.value, health.expiring_value, health.expired) == (0, 0, 0, 0)


def test_expiring_value_is_told_by_month_and_how_soon(shelf, baclofen):
    make_lot(baclofen, 10, date(2026, 12, 25), unit_cost="1")
    months = figures.expiring_by_month(date(2026, 12, 1), date(2027, 11, 30), soon=date(2026, 12, 24))
    assert months == {(2026, 12): (Decimal("3.381"), Decimal(10)), (2027, 2): (0, 0)}


def test_supply_compares_what_is_free_with_what_was_dispensed(shelf, baclofen, admin):
    with transaction():
        holds.hold(1, baclofen, 90, in_days(97), AT)
        holds.hold(2, baclofen, 10, in_days(97), AT)
        holds.dispense([1], AT, admin)
    found = figures.supply(TODAY)
    assert (found[baclofen].free, found[baclofen].dispensed, found[baclofen].days) == (200, 90, 200)
    naproxen = inventory.lot(shelf["N1"]).variant_id
    assert (found[naproxen].free, found[naproxen].dispensed, found[naproxen].days) == (300, 0, None)
