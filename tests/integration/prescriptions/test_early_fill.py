"""A fill that a pharmacist opens before its day."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.errors import NotFound
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.early_fill import NothingToClose, NothingToOpen, close_again, open_next
from shop.prescriptions.models import Prescription, PrescriptionFill
from tests.integration.prescriptions.conftest import AT, TODAY, covered


def opened(reference: str, item_id: int, pharmacist: int, reason=EarlyReason.VACATION) -> int:
    with transaction():
        return open_next(reference, item_id, reason, pharmacist, AT, TODAY)


def ship(item_id: int, line: int, units: int) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, units, AT, TODAY)
        quantities.dispense_quantity([line], AT)


def test_the_next_fill_is_open_at_once_with_who_and_why(customer, pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 2)
    ship(item_id, 1, 90)
    assert opened(reference, item_id, pharmacist) == 2
    found = covered(customer, baclofen)
    assert (found.state, found.now) == ("approved", 90)
    fill = db.session.scalars(select(PrescriptionFill).where(PrescriptionFill.number == 2)).one()
    assert (fill.opened_by, fill.reason, fill.opened_on) == (pharmacist, "vacation", TODAY)
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (row.event, row.actor_id) == ("prescription:fill:opened", pharmacist)
    assert row.detail == {"fill": 2, "reason": "vacation"}


def test_it_is_opened_once_and_never_beyond_the_refills(pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 1)
    ship(item_id, 1, 90)
    opened(reference, item_id, pharmacist)
    with pytest.raises(NothingToOpen):
        opened(reference, item_id, pharmacist)
    ship(item_id, 2, 90)
    with pytest.raises(NothingToOpen):
        opened(reference, item_id, pharmacist)


@pytest.mark.parametrize("units", [0, 60])
def test_a_fill_that_is_open_is_not_opened_early(pharmacist, baclofen, approve, units):
    reference, item_id = approve(baclofen, 90, 1)
    if units:
        ship(item_id, 1, units)
    with pytest.raises(NothingToOpen):
        opened(reference, item_id, pharmacist)


def test_nothing_is_opened_of_an_expired_prescription_or_of_another_one(pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 1)
    other, _ = approve(baclofen, 90, 1)
    ship(item_id, 1, 90)
    with pytest.raises(NotFound):
        opened(other, item_id, pharmacist)
    with transaction() as session:
        past = {"expires_on": TODAY - timedelta(days=1)}
        session.execute(update(Prescription).where(Prescription.reference == reference).values(past))
    with pytest.raises(NothingToOpen):
        opened(reference, item_id, pharmacist)


def test_what_was_opened_by_mistake_is_closed_and_opens_on_its_day(customer, pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 2)
    ship(item_id, 1, 90)
    waits = covered(customer, baclofen)
    opened(reference, item_id, pharmacist)
    with transaction():
        assert close_again(reference, item_id, pharmacist, AT) == 2
    assert covered(customer, baclofen) == waits
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (row.event, row.actor_id, row.detail) == ("prescription:fill:closed", pharmacist, {"fill": 2})
    with pytest.raises(NothingToClose), transaction():
        close_again(reference, item_id, pharmacist, AT)


def test_a_fill_of_which_something_was_ordered_stays_open(pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 2)
    ship(item_id, 1, 90)
    opened(reference, item_id, pharmacist)
    with transaction():
        quantities.hold_quantity(item_id, 2, 30, AT, TODAY)
    with pytest.raises(NothingToClose), transaction():
        close_again(reference, item_id, pharmacist, AT)
    with transaction():
        quantities.release_quantity([2], AT)
    with pytest.raises(NothingToClose), transaction():
        close_again(reference, item_id, pharmacist, AT)
