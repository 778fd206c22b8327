"""Fills that a pharmacist combines in one: a coded decision, never for medicines at overdose risk."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.errors import NotFound
from shop.prescriptions import maintenance
from shop.prescriptions.ledger import combined_fill, quantities
from shop.prescriptions.ledger.combined_fill import (
    AtOverdoseRisk,
    CombineReason,
    Judgment,
    JudgmentMissing,
    NothingToCombine,
)
from shop.prescriptions.ledger.quantities import NotEnoughLeft
from shop.prescriptions.models import PrescriptionFill, PrescriptionItem
from tests.factories import make_variant
from tests.integration.prescriptions.conftest import AT, TODAY, covered


@pytest.fixture
def amoxicillin(context):
    """A medicine of which no overdose fact is on record."""
    return make_variant("Amoxicillin", "500 mg", form="capsule")


def combine(
    reference: str, item_id: int, pharmacist: int, count: int = 2, judgment=Judgment.LABEL_READ
) -> int:
    with transaction():
        return combined_fill.combine_next(
            reference, item_id, count, CombineReason.TRAVEL, judgment, pharmacist, AT, TODAY
        )


def hold(item_id: int, line: int, units: int) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, units, AT, TODAY)


def fills() -> list[tuple[int, int, int, int]]:
    """(number, count, quantity, taken) of every fill."""
    db.session.rollback()
    rows = db.session.scalars(select(PrescriptionFill).order_by(PrescriptionFill.number))
    return [(row.number, row.count, row.quantity, row.taken) for row in rows]


def test_the_next_fills_are_one_and_may_be_had_at_once(customer, pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    assert combine(reference, item_id, pharmacist, 3) == 1
    found = covered(customer, amoxicillin)
    assert (found.state, found.now) == ("approved", 270)
    assert (found.next_units, found.next_fill_on) == (90, TODAY + timedelta(days=68))  # of 90 days, 75 %
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (row.event, row.actor_id) == ("prescription:fills:combined", pharmacist)
    assert row.detail == {"fill": 1, "count": 3, "reason": "travel", "judgment": "label_read"}
    hold(item_id, 1, 270)
    assert fills() == [(1, 3, 270, 270)]
    with pytest.raises(NotEnoughLeft):
        hold(item_id, 2, 1)
    assert not list(maintenance.quantities().problems)


def test_what_waits_for_its_day_is_opened_by_it(customer, pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    hold(item_id, 1, 90)
    assert covered(customer, amoxicillin).state == "too_early"
    assert combine(reference, item_id, pharmacist, 3) == 2
    assert covered(customer, amoxicillin).now == 270
    with pytest.raises(NothingToCombine):
        combine(reference, item_id, pharmacist, 4)


def test_a_medicine_at_overdose_risk_is_refused_whatever_is_judged(pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 3)
    with pytest.raises(AtOverdoseRisk) as refusal:
        combine(reference, item_id, pharmacist)
    assert refusal.value.risk.source
    assert fills() == []


def test_a_brand_is_known_by_what_is_in_it(pharmacist, context, approve):
    brand = make_variant("Specimal", ingredients=("amitriptyline hydrochloride",))
    reference, item_id = approve(brand, 30, 3)
    with pytest.raises(AtOverdoseRisk):
        combine(reference, item_id, pharmacist)


def test_without_a_fact_a_judgment_of_its_own_is_needed(pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    with pytest.raises(JudgmentMissing):
        combine(reference, item_id, pharmacist, judgment=None)
    assert fills() == []
    combine(reference, item_id, pharmacist, judgment=Judgment.PRESCRIBER_AGREED)


@pytest.mark.parametrize("count", [-1, 0, 1, 5, 99])
def test_never_one_and_never_more_than_are_left(pharmacist, amoxicillin, approve, count):
    reference, item_id = approve(amoxicillin, 90, 3)
    with pytest.raises(NothingToCombine):
        combine(reference, item_id, pharmacist, count)


def test_a_fill_that_was_begun_is_completed_first(pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    hold(item_id, 1, 60)
    with pytest.raises(NothingToCombine):
        combine(reference, item_id, pharmacist)


def test_a_year_is_the_most_also_where_older_approvals_say_more(pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    with transaction() as session:
        mine = PrescriptionItem.id == item_id
        session.execute(
            update(PrescriptionItem).where(mine).values(refills=99, authorized=9000, days_supply=90)
        )
    with pytest.raises(NothingToCombine):
        combine(reference, item_id, pharmacist, 5)
    combine(reference, item_id, pharmacist, 4)


def test_without_days_of_supply_nobody_can_say_how_long_it_lasts(pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    with transaction() as session:
        session.execute(update(PrescriptionItem).values(days_supply=None))
    with pytest.raises(NothingToCombine):
        combine(reference, item_id, pharmacist)


def test_it_is_taken_back_while_nothing_is_taken_of_it(customer, pharmacist, amoxicillin, approve):
    reference, item_id = approve(amoxicillin, 90, 3)
    hold(item_id, 1, 90)
    combine(reference, item_id, pharmacist, 3)
    separate(reference, item_id, pharmacist)
    assert covered(customer, amoxicillin).state == "too_early"
    combine(reference, item_id, pharmacist, 2)
    hold(item_id, 2, 120)
    with pytest.raises(NothingToCombine):
        separate(reference, item_id, pharmacist)
    with transaction():
        quantities.release_quantity([2], AT)
    separate(reference, item_id, pharmacist)  # the ledger names this fill, so it stays, as one
    assert fills() == [(1, 1, 90, 90), (2, 1, 90, 0)]
    assert not list(maintenance.quantities().problems)


def separate(reference: str, item_id: int, pharmacist: int) -> None:
    with transaction():
        combined_fill.separate(reference, item_id, pharmacist, AT)


def test_not_of_another_prescription(pharmacist, amoxicillin, approve):
    _, item_id = approve(amoxicillin, 90, 3)
    other, _ = approve(amoxicillin, 90, 3)
    with pytest.raises(NotFound):
        combine(other, item_id, pharmacist)
