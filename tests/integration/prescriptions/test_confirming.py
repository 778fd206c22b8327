"""A copy is confirmed with the prescriber, which can be undone while nothing has shipped on it."""

import pytest
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.prescriptions import queries, service
from shop.prescriptions.ledger import confirming, quantities
from shop.prescriptions.ledger.confirming import (
    ConfirmationIncomplete,
    ConfirmationInUse,
    NothingToConfirm,
    arrivals,
    waits_for_confirmation,
)
from shop.prescriptions.ledger.quantities import CopyNotConfirmed
from shop.prescriptions.models import Prescription
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import ConfirmedHow, Origin
from shop.prescriptions.steps import FilesNotReady
from shop.prescriptions.uploads.files import keep_files
from shop.prescriptions.verification import decisions, taking_back
from tests.integration.prescriptions.conftest import AT, TODAY, grounds, open_all, sent_file, typed


def prescription(reference: str):
    db.session.rollback()
    return queries.by_reference(reference)


def confirm(reference: str, who: int, how=ConfirmedHow.PHONE, with_whom: str = "Ivor Sample, MD") -> None:
    with transaction():
        confirming.confirm(reference, who, how, with_whom, AT)


def dispense(item_id: int, line: int = 1, state: str | None = None) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, 30, AT, TODAY)
    with transaction():
        quantities.dispense_quantity([line], AT, [line], state=state)


def test_a_copy_is_ordered_on_and_dispensed_once_it_is_confirmed(approve, baclofen, pharmacist):
    reference, item_id = approve(baclofen, confirmed=False)
    assert waits_for_confirmation(prescription(reference))
    with pytest.raises(CopyNotConfirmed):
        dispense(item_id)
    confirm(reference, pharmacist)
    row = prescription(reference)
    assert (row.confirmed_at, row.confirmed_by, row.confirmed_how) == (AT, pharmacist, "phone")
    assert row.confirmed_with == "Ivor Sample, MD"
    assert arrivals([item_id]) == {item_id: (Origin.PHOTO, ConfirmedHow.PHONE)}
    assert not waits_for_confirmation(row)
    dispense(item_id)


def test_where_a_copy_suffices_it_ships_there_and_nowhere_else(context, approve, baclofen, monkeypatch):
    from dataclasses import replace

    _, item_id = approve(baclofen, confirmed=False)
    config = replace(context.extensions["settings"], copy_suffices_in=("VT",))
    monkeypatch.setitem(context.extensions, "settings", config)
    for state in (None, "NY"):
        with pytest.raises(CopyNotConfirmed):
            dispense(item_id, state=state)
    dispense(item_id, state="VT")


def test_it_is_undone_while_nothing_has_shipped(approve, baclofen, pharmacist):
    reference, item_id = approve(baclofen)
    with transaction():
        confirming.undo_confirmation(reference, pharmacist, AT)
    row = prescription(reference)
    assert (row.confirmed_at, row.confirmed_by, row.confirmed_how, row.confirmed_with) == (None,) * 4
    with pytest.raises(NothingToConfirm), transaction():
        confirming.undo_confirmation(reference, pharmacist, AT)
    confirm(reference, pharmacist)
    dispense(item_id)
    with pytest.raises(ConfirmationInUse), transaction():
        confirming.undo_confirmation(reference, pharmacist, AT)
    assert prescription(reference).confirmed_how == ConfirmedHow.PHONE


@pytest.mark.parametrize(
    ("how", "with_whom", "kept"),
    [
        (ConfirmedHow.FAX, "  Ivor \n Sample ", "Ivor Sample"),
        (ConfirmedHow.ORIGINAL, "", None),
        (ConfirmedHow.PHONE, "", False),
        (ConfirmedHow.MESSAGE, " \t", False),
        (ConfirmedHow.PHONE, "x" * 121, False),
        (ConfirmedHow.ORIGINAL, "x" * 121, False),
    ],
)
def test_who_confirmed_it_is_said(submit, pharmacist, how, with_whom, kept):
    reference = submit()
    if kept is False:
        with pytest.raises(ConfirmationIncomplete):
            confirm(reference, pharmacist, how, with_whom)
        assert prescription(reference).confirmed_at is None
    else:
        confirm(reference, pharmacist, how, with_whom)
        assert prescription(reference).confirmed_with == kept


def test_it_is_confirmed_once_and_only_while_it_is_open_or_approved(submit, pharmacist, customer):
    reference = submit()
    confirm(reference, pharmacist)  # before the decision
    with pytest.raises(NothingToConfirm):
        confirm(reference, pharmacist)
    refused = submit()
    with transaction():
        decisions.refuse(refused, pharmacist, Reason.UNREADABLE, "", AT)
    with pytest.raises(NothingToConfirm):
        confirm(refused, pharmacist)
    withdrawn = submit()
    with transaction():
        service.withdraw(withdrawn, customer, AT)
    with pytest.raises(NothingToConfirm):
        confirm(withdrawn, pharmacist)


def test_it_outlives_an_approval_that_is_undone_and_not_another_file(submit, pharmacist, customer, approve):
    reference = submit()
    confirm(reference, pharmacist)
    with transaction():
        decisions.ask(reference, pharmacist, Reason.PAGE_MISSING, "", AT)
    with transaction():
        service.answer(reference, customer, [], "There is none", AT)
    assert prescription(reference).confirmed_at is not None
    with transaction():
        decisions.ask(reference, pharmacist, Reason.PAGE_MISSING, "", AT)
    with keep_files([sent_file("other.png")]) as kept, transaction():
        service.answer(reference, customer, kept, "", AT)
    assert prescription(reference).confirmed_at is None


def test_other_files_are_a_copy_although_the_original_was_here(submit, pharmacist, customer, baclofen):
    """An approval on the original is undone, a page is asked for: what then comes is a photo."""
    reference = submit()
    entered = typed(baclofen, origin=Origin.PAPER)
    stated = {"days-0": "stated"}
    with transaction():
        decisions.approve(reference, pharmacist, entered, grounds([baclofen]), stated, "", AT)
    with transaction():
        taking_back.undo(reference, pharmacist, AT)
    with transaction():
        decisions.ask(reference, pharmacist, Reason.PAGE_MISSING, "", AT)
    assert prescription(reference).origin == Origin.PAPER
    with keep_files([sent_file("other.png")]) as kept, transaction():
        service.answer(reference, customer, kept, "", AT)
    row = prescription(reference)
    assert row.origin == Origin.PHOTO
    assert row.is_unconfirmed_copy


def test_nobody_confirms_files_that_nobody_could_open_yet(submit, pharmacist, customer):
    reference = submit()
    with transaction():
        decisions.ask(reference, pharmacist, Reason.PAGE_MISSING, "", AT)
    with keep_files([sent_file("other.png")]) as kept, transaction():
        service.answer(reference, customer, kept, "", AT)
    with pytest.raises(FilesNotReady):
        confirm(reference, pharmacist)
    open_all()
    confirm(reference, pharmacist)
    assert prescription(reference).confirmed_how == ConfirmedHow.PHONE


def test_an_approval_undone_keeps_the_confirmation(approve, baclofen, pharmacist):
    reference, _ = approve(baclofen)
    with transaction():
        taking_back.undo(reference, pharmacist, AT)
    assert prescription(reference).confirmed_how == ConfirmedHow.PHONE


def test_both_steps_are_recorded_without_a_name(approve, baclofen, pharmacist):
    reference, _ = approve(baclofen, confirmed=False)
    confirm(reference, pharmacist)
    with transaction():
        confirming.undo_confirmation(reference, pharmacist, now())
    records = db.session.scalars(
        select(AuditRecord).where(AuditRecord.event.like("prescription:confirm%")).order_by(AuditRecord.id)
    ).all()
    assert [record.event for record in records] == [
        "prescription:confirmed",
        "prescription:confirmation:undone",
    ]
    assert {record.actor_id for record in records} == {pharmacist}
    assert not any("Ivor" in str(record.detail) for record in records)


def test_what_staff_entered_is_never_replaced_by_a_photo_that_follows(submit, pharmacist, customer):
    reference = submit()
    with transaction() as session:
        session.execute(
            update(Prescription)
            .where(Prescription.reference == reference)
            .values(origin=Origin.PAPER, entered_by=pharmacist)
        )
        decisions.ask(reference, pharmacist, Reason.PAGE_MISSING, "", AT)
    with (
        pytest.raises(service.NoFilesTaken),
        keep_files([sent_file("other.png")]) as kept,
        transaction(),
    ):
        service.answer(reference, customer, kept, "", AT)
    with transaction():
        service.answer(reference, customer, [], "There is none", AT)
    assert prescription(reference).origin == Origin.PAPER
