"""“Do not fill before”, and a medicine's own share of its supply: read when ordered and when dispensed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.database import db, transaction
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.lapsed import lapses
from shop.prescriptions.ledger.quantities import NotEnoughLeft, PrescriptionLapsed
from shop.prescriptions.models import Prescription, PrescriptionItem
from tests.integration.prescriptions.conftest import AT, TODAY, covered

FROM = TODAY + timedelta(days=9)
BEFORE = FROM - timedelta(days=1)


@pytest.fixture
def later(approve, baclofen):
    """An approved item of 90 that is not filled before FROM."""
    reference, item_id = approve(baclofen, 90, 1)
    change(Prescription, Prescription.reference == reference, fill_from=FROM)
    return item_id


def change(kind, which, **values) -> None:
    with transaction() as session:
        session.execute(update(kind).where(which).values(**values))


def hold(item_id: int, today) -> None:
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, AT, today)


def test_it_covers_nothing_before_the_day_and_says_the_day(customer, baclofen, later):
    found = covered(customer, baclofen, BEFORE)
    assert (found.state, found.now, found.next_fill_on, found.next_units) == ("not_yet", 0, FROM, 90)
    found = covered(customer, baclofen, FROM)
    assert (found.state, found.now) == ("approved", 90)


def test_nothing_is_held_before_the_day(later):
    with pytest.raises(NotEnoughLeft) as refusal:
        hold(later, BEFORE)
    assert refusal.value.covered.next_on == FROM
    hold(later, FROM)


def test_it_is_read_again_at_dispensing(later):
    """Ordered on the day; then the day turns out to be a later one."""
    hold(later, FROM)
    assert lapses([later], BEFORE)[later].why == "not_yet"
    with pytest.raises(PrescriptionLapsed), transaction():
        quantities.dispense_quantity([1], AT, required=[1])  # AT is nine days before
    with transaction():
        quantities.dispense_quantity([1], AT + timedelta(days=9), required=[1])


def test_a_day_before_the_day_of_issue_changes_nothing(customer, baclofen, approve):
    reference, _ = approve(baclofen, 90, 1)
    issued = db.session.scalars(select(Prescription.issued_on)).one()
    mine = Prescription.reference == reference
    change(Prescription, mine, fill_from=issued - timedelta(days=30))
    assert covered(customer, baclofen).state == "approved"
    change(Prescription, mine, issued_on=BEFORE, fill_from=None)
    assert covered(customer, baclofen).state == "not_yet"


def test_a_medicine_has_its_own_share_of_a_supply(context, customer, baclofen, approve):
    _, item_id = approve(baclofen, 90, 1, days=30)
    hold(item_id, TODAY)
    assert covered(customer, baclofen).next_fill_on == TODAY + timedelta(days=20)
    change(PrescriptionItem, PrescriptionItem.id == item_id, refill_share=50)
    assert covered(customer, baclofen).next_fill_on == TODAY + timedelta(days=15)
