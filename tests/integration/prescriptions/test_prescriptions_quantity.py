"""How the quantity of a prescription is taken, given back and made final."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.prescriptions import queries
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.quantities import NotDispensable, NotEnoughLeft, PrescriptionLapsed
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem, QuantityEntry
from tests.integration.prescriptions.conftest import AT, TODAY, covered


def hold(item_id: int, line: int, quantity: int, today=TODAY) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, quantity, AT, today)


def taken(item_id: int) -> int:
    db.session.rollback()
    return db.session.scalars(select(PrescriptionItem.taken).where(PrescriptionItem.id == item_id)).one()


def ledger() -> list[tuple[int, str, int]]:
    rows = db.session.scalars(select(QuantityEntry).order_by(QuantityEntry.id))
    return [(row.order_line_id, row.kind, row.quantity) for row in rows]


def now_of(user_id: int, variant_id: int) -> tuple[str, int]:
    found = covered(user_id, variant_id)
    return found.state, found.now


def fills() -> list[tuple[int, int, int]]:
    """(number, quantity, taken) of every fill."""
    db.session.rollback()
    rows = db.session.scalars(select(PrescriptionFill).order_by(PrescriptionFill.number))
    return [(row.number, row.quantity, row.taken) for row in rows]


def test_an_approved_prescription_gives_one_fill_and_the_day_of_the_next(customer, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 1, days=30)
    found = covered(customer, baclofen)
    assert (found.state, found.now, found.item_id) == ("approved", 90, item_id)
    assert (found.next_units, found.next_fill_on) == (90, TODAY + timedelta(days=20))
    assert (found.prescription_reference, found.fill_quantity) == (reference, 90)


def test_a_second_order_cannot_spend_the_same_pills(customer, baclofen, approve):
    _, item_id = approve(baclofen, 90)
    hold(item_id, 1, 60)
    with pytest.raises(NotEnoughLeft) as refusal:
        hold(item_id, 2, 60)
    assert refusal.value.covered.now == 30
    assert taken(item_id) == 60
    assert ledger() == [(1, "held", 60)]
    hold(item_id, 2, 30)
    assert now_of(customer, baclofen) == ("used_up", 0)


def test_asking_again_for_the_same_order_line_takes_nothing_more(baclofen, approve):
    _, item_id = approve(baclofen, 90)
    hold(item_id, 1, 60)
    hold(item_id, 1, 60)
    assert (taken(item_id), ledger()) == (60, [(1, "held", 60)])


def test_what_is_given_back_can_be_had_again(customer, baclofen, approve):
    _, item_id = approve(baclofen, 90)
    hold(item_id, 1, 60)
    for _ in range(2):
        with transaction():
            quantities.release_quantity([1, 77], AT)
    assert now_of(customer, baclofen) == ("approved", 90)
    assert ledger() == [(1, "held", 60), (1, "released", 60)]
    hold(item_id, 2, 90)
    assert taken(item_id) == 90


def test_what_was_dispensed_is_not_given_back(baclofen, approve):
    _, item_id = approve(baclofen, 90)
    hold(item_id, 1, 60)
    for _ in range(2):
        with transaction():
            quantities.dispense_quantity([1, 77], AT)
    with transaction():
        quantities.release_quantity([1], AT)
    assert (taken(item_id), ledger()) == (60, [(1, "held", 60), (1, "dispensed", 60)])


def test_what_was_given_back_is_not_dispensed(baclofen, approve):
    _, item_id = approve(baclofen, 90)
    hold(item_id, 1, 60)
    with transaction():
        quantities.release_quantity([1], AT)
    with pytest.raises(NotDispensable), transaction():
        quantities.dispense_quantity([1], AT)
    assert ledger() == [(1, "held", 60), (1, "released", 60)]


def test_nothing_is_taken_of_an_expired_prescription(baclofen, approve):
    _, item_id = approve(baclofen, 90)
    last_day = queries.one().expires_on
    hold(item_id, 1, 30, today=last_day)
    with pytest.raises(NotEnoughLeft) as refusal:
        hold(item_id, 2, 30, today=last_day + timedelta(days=1))
    assert (refusal.value.covered.now, taken(item_id)) == (0, 30)


def test_two_orders_racing_for_the_last_pills_do_not_both_get_them(app, baclofen, approve):
    _, item_id = approve(baclofen, 90)
    db.session.remove()
    start, results = threading.Barrier(2), []

    def order(line: int) -> None:
        with app.app_context():
            start.wait()
            try:
                hold(item_id, line, 90)
                results.append("held")
            except NotEnoughLeft:
                results.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=order, args=[line]) for line in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["held", "refused"]
    assert taken(item_id) == 90


def test_the_audit_record_of_quantities_holds_counts_only(baclofen, approve):
    _, item_id = approve(baclofen, 90)
    hold(item_id, 1, 60)
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (row.event, row.subject_id) == ("prescription:quantity:held", str(item_id))
    assert row.detail == {"order_line": 1, "quantity": 60}


def test_the_ledger_sums_up_to_what_is_taken(baclofen, approve):
    _, item_id = approve(baclofen, 150, 2)
    for line in range(1, 6):
        hold(item_id, line, 30)
    with transaction():
        quantities.release_quantity([2, 3], AT)
        quantities.dispense_quantity([1], AT)
    effect = {"held": 1, "released": -1, "dispensed": 0}
    rows = db.session.execute(
        select(QuantityEntry.kind, func.sum(QuantityEntry.quantity)).group_by(QuantityEntry.kind)
    )
    assert sum(effect[kind] * total for kind, total in rows) == taken(item_id) == 90
    assert fills() == [(1, 150, 90)]


def test_one_order_takes_one_fill_and_never_the_refills_with_it(baclofen, approve):
    _, item_id = approve(baclofen, 90, 3, days=30)
    with pytest.raises(NotEnoughLeft) as refusal:
        hold(item_id, 1, 360)
    assert (refusal.value.covered.now, refusal.value.covered.next_units) == (90, 90)
    hold(item_id, 1, 60)
    with pytest.raises(NotEnoughLeft) as refusal:
        hold(item_id, 2, 300)
    assert refusal.value.covered.now == 30
    hold(item_id, 2, 30)
    with pytest.raises(NotEnoughLeft):
        hold(item_id, 3, 30)
    assert fills() == [(1, 90, 90)]


def test_the_next_fill_opens_on_its_day_and_what_is_given_back_stays_of_it(baclofen, approve):
    _, item_id = approve(baclofen, 90, 3, days=30)
    hold(item_id, 1, 90)
    with transaction():
        quantities.dispense_quantity([1], AT)
    with pytest.raises(NotEnoughLeft) as refusal:
        hold(item_id, 2, 90, TODAY + timedelta(days=19))
    opens = TODAY + timedelta(days=20)
    assert (refusal.value.covered.now, refusal.value.covered.next_on) == (0, opens)
    hold(item_id, 2, 90, opens)
    with transaction():
        quantities.release_quantity([2], AT)
    assert fills() == [(1, 90, 90), (2, 90, 0)]
    hold(item_id, 3, 60, opens)
    assert fills() == [(1, 90, 90), (2, 90, 60)]


@pytest.mark.parametrize("column", ["expires_on", "status"])
def test_what_lapsed_after_it_was_ordered_is_not_dispensed(baclofen, approve, column):
    reference, item_id = approve(baclofen, 90)
    hold(item_id, 1, 90)
    lapsed = {"expires_on": TODAY - timedelta(days=1), "status": "refused"}[column]
    with transaction() as session:
        mine = Prescription.reference == reference
        session.execute(update(Prescription).where(mine).values({column: lapsed}))
    with pytest.raises(PrescriptionLapsed), transaction():
        quantities.dispense_quantity([1], AT)
    assert ledger() == [(1, "held", 90)]
