"""A decision taken back: undone within a minute, revoked later."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.outbox.models import Job
from shop.prescriptions import queries
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.quantities import PrescriptionLapsed
from shop.prescriptions.models import PrescriptionItem
from shop.prescriptions.reasons import Reason
from shop.prescriptions.steps import AlreadyDecided
from shop.prescriptions.verification import decisions, taking_back
from shop.prescriptions.verification.taking_back import TooLateToUndo
from tests.integration.outbox.queued import mails
from tests.integration.prescriptions.conftest import AT, TODAY, covered

MINUTE = timedelta(minutes=1)


def revoke(reference: str, pharmacist: int) -> None:
    with transaction():
        taking_back.revoke(reference, pharmacist, Reason.APPROVED_IN_ERROR, "", AT)


def undo(reference: str, pharmacist: int, after: timedelta = timedelta()) -> str:
    with transaction():
        return taking_back.undo(reference, pharmacist, AT + after)


def status(reference: str) -> str:
    db.session.rollback()
    return queries.by_reference(reference).status


def hold(item_id: int, line: int = 1) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, 90, AT, TODAY)


def test_an_approval_is_undone_and_nobody_is_told(customer, pharmacist, baclofen, approve):
    reference, _ = approve(baclofen)
    assert mails() == ["prescription_received", "prescription_approved"]
    assert undo(reference, pharmacist, MINUTE) == "waiting"
    assert mails() == ["prescription_received"]
    assert covered(customer, baclofen).state == "waiting"
    assert queries.by_reference(reference).items, "what was typed in is kept"


def test_a_second_approval_replaces_what_the_first_had(pharmacist, baclofen, approve):
    from tests.integration.prescriptions.conftest import grounds, typed

    reference, _ = approve(baclofen, 90)
    undo(reference, pharmacist)
    with transaction():
        entered = typed(baclofen, 30, days=10)
        decisions.approve(reference, pharmacist, entered, grounds([baclofen]), {}, "", AT)
    assert db.session.scalars(select(PrescriptionItem.quantity)).all() == [30]


def test_a_refusal_is_undone(pharmacist, submit):
    reference = submit()
    with transaction():
        decisions.refuse(reference, pharmacist, Reason.UNREADABLE, "", AT)
    assert undo(reference, pharmacist) == "waiting"
    assert queries.by_reference(reference).reason is None


@pytest.mark.parametrize("late", [True, False])
def test_a_decision_is_undone_within_a_minute_and_by_who_took_it(
    pharmacist, make_user, baclofen, approve, late
):
    reference, _ = approve(baclofen)
    who, after = (pharmacist, MINUTE + timedelta(seconds=1)) if late else (make_user("pharmacist"), MINUTE)
    with pytest.raises(TooLateToUndo):
        undo(reference, who, after)
    assert (status(reference), mails()[-1]) == ("approved", "prescription_approved")


def test_what_was_ordered_on_it_keeps_an_approval(pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen)
    hold(item_id)
    with pytest.raises(TooLateToUndo):
        undo(reference, pharmacist)
    assert status(reference) == "approved"


def test_of_a_revoked_prescription_nothing_is_ordered_or_dispensed(customer, pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen, 90, 1)
    hold(item_id)
    revoke(reference, pharmacist)
    assert status(reference) == "revoked"
    found = covered(customer, baclofen)
    assert (found.state, found.reason) == ("refused", "approved_in_error")
    with pytest.raises(PrescriptionLapsed), transaction():
        quantities.dispense_quantity([1], AT, required=[1])
    with pytest.raises(quantities.NotEnoughLeft):
        hold(item_id, 2)
    assert mails()[-1] == "prescription_revoked"
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (row.event, row.actor_id, row.detail) == (
        "prescription:revoked",
        pharmacist,
        {"reason": "approved_in_error"},
    )


def test_revoking_is_undone_within_a_minute(pharmacist, baclofen, approve):
    reference, item_id = approve(baclofen)
    hold(item_id)
    revoke(reference, pharmacist)
    assert undo(reference, pharmacist) == "approved"
    kinds = db.session.scalars(select(Job.kind)).all()
    assert "release_ended" not in kinds
    assert "prescription_revoked" not in mails()
    with transaction():
        quantities.dispense_quantity([1], AT, required=[1])


@pytest.mark.parametrize("decided", [False, True])
def test_only_an_approval_is_revoked(pharmacist, submit, decided):
    reference = submit()
    if decided:
        with transaction():
            decisions.refuse(reference, pharmacist, Reason.UNREADABLE, "", AT)
    with pytest.raises(AlreadyDecided):
        revoke(reference, pharmacist)


def test_the_last_decision_of_a_pharmacist_can_be_undone_for_a_minute(
    pharmacist, make_user, baclofen, approve
):
    reference, _ = approve(baclofen)
    assert taking_back.undoable(pharmacist, AT + MINUTE).reference == reference
    assert taking_back.undoable(pharmacist, AT + 2 * MINUTE) is None
    assert taking_back.undoable(make_user("pharmacist"), AT) is None


def transfer(reference: str, pharmacist: int, after: timedelta = timedelta()) -> None:
    with transaction():
        taking_back.transfer(reference, pharmacist, "Specimen Pharmacy, (555) 555-0123", AT + after)


def test_of_a_transferred_prescription_nothing_is_ordered_or_dispensed(
    customer, pharmacist, baclofen, approve
):
    reference, item_id = approve(baclofen, 90, 1)
    hold(item_id)
    transfer(reference, pharmacist)
    assert status(reference) == "transferred"
    assert queries.by_reference(reference).transferred_to == "Specimen Pharmacy, (555) 555-0123"
    assert "Specimen" not in str(db.session.execute(db.text("SELECT transferred_to FROM prescription")).all())
    assert covered(customer, baclofen).state == "transferred"
    with pytest.raises(PrescriptionLapsed), transaction():
        quantities.dispense_quantity([1], AT, required=[1])
    with pytest.raises(quantities.NotEnoughLeft):
        hold(item_id, 2)
    assert mails()[-1] == "prescription_transferred"
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (row.event, row.actor_id, row.detail) == ("prescription:transferred", pharmacist, {})
    assert "release_ended" in db.session.scalars(select(Job.kind)).all()
    for step in (revoke, transfer):
        with pytest.raises(AlreadyDecided):
            step(reference, pharmacist)


def test_a_transfer_is_undone_within_a_minute(pharmacist, make_user, baclofen, approve):
    reference, item_id = approve(baclofen)
    hold(item_id)
    transfer(reference, pharmacist)
    with pytest.raises(TooLateToUndo):
        undo(reference, make_user("pharmacist"))
    with pytest.raises(TooLateToUndo):
        undo(reference, pharmacist, 2 * MINUTE)
    assert taking_back.undoable(pharmacist, AT).reference == reference
    assert undo(reference, pharmacist, MINUTE) == "approved"
    row = queries.by_reference(reference)
    assert (row.transferred_to, row.transferred_at, row.transferred_by) == (None, None, None)
    assert "release_ended" not in db.session.scalars(select(Job.kind)).all()
    assert "prescription_transferred" not in mails()
    with transaction():
        quantities.dispense_quantity([1], AT, required=[1])


def test_the_step_taken_last_is_the_one_to_undo(pharmacist, baclofen, approve):
    first, _ = approve(baclofen)
    approve(baclofen)
    transfer(first, pharmacist, timedelta(seconds=30))
    assert taking_back.undoable(pharmacist, AT + MINUTE).reference == first
