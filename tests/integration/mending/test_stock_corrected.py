"""A lot's count is corrected by a movement with a reason, never below what is held for orders."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.clock import now, today
from shop.database import db, transaction
from shop.stock import correcting, holds
from shop.stock.correcting import NotCorrected
from shop.stock.models import Movement
from shop.stock.rules import Correction
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import Customer
from tests.integration.stock.stock_checks import assert_ledgers_agree, counts


@pytest.fixture
def lot(context) -> int:
    """100 units, 30 of them held for an order."""
    variant_id = make_variant("Loratadine", "10 mg", "0.12", rx=False)
    lot_id = make_lot(variant_id, 100, today() + timedelta(days=500))
    with transaction():
        holds.hold(1, variant_id, 30, today(), now())
    return lot_id


def send(staff: Customer, lot_id: int, why: str, units: str, **fields: str):
    page = staff.get(f"/admin/lots/{lot_id}").text.split(f'/admin/lots/{lot_id}/correct"', 1)[1]
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("csrf_token", "form")
    }
    return staff.client.post(
        f"/admin/lots/{lot_id}/correct", data=hidden | {"why": why, "units": units} | fields
    )


def test_each_correction_is_a_movement_and_none_is_booked_twice(staff: Customer, lot: int) -> None:
    for why, units in (
        ("received_fewer", "10"),
        ("received_more", "1,000"),
        ("broken", "60"),
        ("found", "2"),
    ):
        assert send(staff, lot, why, units).status_code == 303
    for _ in range(2):
        assert send(staff, lot, "lost", "1", form="0" * 32).status_code == 303
    assert counts(lot) == (1031, 30)
    rows = db.session.scalars(select(Movement).where(Movement.kind == "adjusted").order_by(Movement.id)).all()
    assert [(one.quantity, one.reason) for one in rows] == [
        (-10, "received_fewer"),
        (1000, "received_more"),
        (-60, "broken"),
        (2, "found"),
        (-1, "lost"),
    ]
    assert {one.actor_id for one in rows} == {staff.user_id}
    records = db.session.scalars(
        select(AuditRecord).where(AuditRecord.event == "stock:lot:corrected").order_by(AuditRecord.id)
    ).all()
    assert records[0].detail == {"reason": "received_fewer", "quantity": -10}
    assert 'data-correction="broken"' in staff.get(f"/admin/lots/{lot}").text
    assert_ledgers_agree()


@pytest.mark.parametrize(
    ("why", "units"),
    [
        ("broken", "71"),
        ("broken", "0"),
        ("broken", "-1"),
        ("broken", "x"),
        ("", "1"),
        ("expired", "1"),
        ("recalled", "1"),
    ],
)
def test_what_is_held_stays_and_nonsense_changes_nothing(
    staff: Customer, lot: int, why: str, units: str
) -> None:
    answer = send(staff, lot, why, units)
    assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)
    assert counts(lot) == (100, 30)


def test_an_expired_or_recalled_lot_is_written_off(context, make_user) -> None:
    admin, variant_id = make_user("admin"), make_variant()
    old = make_lot(variant_id, 60, today() - timedelta(days=1))
    recalled = make_lot(variant_id, 60, today() + timedelta(days=90), number="R", status="quarantined")
    with transaction():
        assert correcting.correct(old, Correction.EXPIRED, 60, "1" * 32, admin, now())
    with pytest.raises(NotCorrected), transaction():
        correcting.correct(recalled, Correction.RECALLED, 60, "2" * 32, admin, now())
    assert (counts(old), counts(recalled)) == ((0, 0), (60, 0))


def test_units_booked_under_a_wrong_lot_move_to_the_right_one_once(staff: Customer, lot: int) -> None:
    page = f"/admin/lots/{lot}"
    ends = (today() + timedelta(days=700)).isoformat()
    sent = {"number": "RIGHT-1", "expires_on": ends, "units": "70", "form": "1" * 32}
    answer = staff.post(f"{page}/move", **sent)
    assert answer.status_code == 303
    right = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert right != lot
    assert staff.post(f"{page}/move", **sent).status_code == 303  # the same form again
    assert (counts(lot), counts(right)) == ((30, 30), (70, 0))
    back = sent | {"number": "LOT-1", "units": "71", "form": "2" * 32}
    assert staff.post(f"/admin/lots/{right}/move", **back).status_code == 422
    other = sent | {"expires_on": (today() + timedelta(days=701)).isoformat(), "form": "3" * 32, "units": "1"}
    assert staff.post(f"{page}/move", **other).status_code == 422  # none is free, nor that day
    rows = db.session.execute(
        select(Movement.lot_id, Movement.kind, Movement.quantity).where(Movement.reason.like("moved%"))
    )
    assert sorted(rows.all()) == [(lot, "adjusted", -70), (right, "adjusted", 70)]
    assert_ledgers_agree()
