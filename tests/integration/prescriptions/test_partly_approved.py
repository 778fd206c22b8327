"""One prescription, two medicines: the first approved, the second declined for a reason of its own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.prescriptions import queries, standing
from shop.prescriptions.reasons import Reason
from shop.prescriptions.verification import decisions, taking_back
from shop.prescriptions.verification.decisions import ChecksUnmet
from shop.prescriptions.verification.typed import Declined, TypedItem
from tests.integration.outbox.queued import mails
from tests.integration.prescriptions.conftest import AT, covered, grounds, typed

NOTE = "Ask Dr. Sample for one of its own."
TRAMADOL = TypedItem(
    None, None, None, None, "", as_written="Tramadol 50 mg", declined=Declined("controlled", NOTE)
)


def both(variant_id: int, *more: TypedItem):
    one = typed(variant_id)
    return replace(one, items=(*one.items, *more))


def decide(reference: str, pharmacist: int, entered, variant_ids) -> None:
    with transaction():
        decisions.approve(reference, pharmacist, entered, grounds(variant_ids), {}, "", AT)


def lines(reference: str) -> list[tuple[int, str, str]]:
    db.session.rollback()
    row = queries.by_reference(reference)
    stands = standing.Stands(AT)
    return [
        (line.line, stands.of_line(row, line).value, getattr(line, "reason", ""))
        for line in standing.lines(row)
    ]


def test_the_first_is_approved_the_second_declined(customer, pharmacist, baclofen, submit):
    reference = submit()
    decide(reference, pharmacist, both(baclofen, TRAMADOL), [baclofen])
    assert lines(reference) == [(1, "approved", ""), (2, "declined", "controlled")]
    assert covered(customer, baclofen).now == 90
    row = queries.by_reference(reference)
    assert standing.Stands(AT).of(row) == "partly"
    assert [(one.as_written, one.note, one.variant_id) for one in row.declined] == [
        ("Tramadol 50 mg", NOTE, None)
    ]
    assert mails() == ["prescription_received", "prescription_decided"]
    detail = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first().detail
    assert detail == {
        "items": 1,
        "patient": row.patient_id,
        "origin": "photo",
        "declined_2": "controlled",
    }


def test_the_place_on_the_form_is_the_line_and_the_catalogs_name_will_do(pharmacist, baclofen, submit):
    reference = submit()
    named = TypedItem(baclofen, None, None, None, "", declined=Declined("duplicate"))
    one = typed(baclofen)
    decide(reference, pharmacist, replace(one, items=(TRAMADOL, *one.items, named)), [baclofen])
    assert [(line, where) for line, where, _ in lines(reference)] == [
        (1, "declined"),
        (2, "approved"),
        (3, "declined"),
    ]
    assert [(one.as_written, one.variant_id) for one in queries.by_reference(reference).declined] == [
        ("Tramadol 50 mg", None),
        ("Baclofen tablet 10 mg", baclofen),
    ]


def test_what_a_declined_medicine_is_called_and_the_note_are_sealed(pharmacist, baclofen, submit):
    decide(submit(), pharmacist, both(baclofen, TRAMADOL), [baclofen])
    stored = str(db.session.execute(db.text("SELECT * FROM declined_item")).all())
    assert "controlled" in stored
    assert "Tramadol" not in stored
    assert NOTE not in stored


def test_nothing_is_approved_where_every_medicine_is_declined(pharmacist, baclofen, submit):
    with pytest.raises(ChecksUnmet) as refusal:
        decide(submit(), pharmacist, replace(typed(baclofen), items=(TRAMADOL,)), [])
    assert [check.key for check in refusal.value.unmet] == ["items"]


def test_a_refusal_keeps_why_each_medicine_was_declined(pharmacist, submit):
    reference = submit()
    other = replace(TRAMADOL, as_written="Specimen tea", declined=Declined("not_sold"))
    with transaction():
        decisions.refuse(reference, pharmacist, Reason.EACH_DECLINED, "", AT, (TRAMADOL, other))
    assert lines(reference) == [(1, "declined", "controlled"), (2, "declined", "not_sold")]
    assert mails()[-1] == "prescription_refused"


def test_an_undone_decision_keeps_both_kinds_and_the_next_one_replaces_them(pharmacist, baclofen, submit):
    reference = submit()
    decide(reference, pharmacist, both(baclofen, TRAMADOL), [baclofen])
    with transaction():
        taking_back.undo(reference, pharmacist, AT + timedelta(minutes=1))
    assert mails() == ["prescription_received"]
    assert lines(reference) == []  # nothing is decided
    assert len(standing.as_typed(queries.by_reference(reference))) == 2
    decide(reference, pharmacist, typed(baclofen), [baclofen])
    assert lines(reference) == [(1, "approved", "")]


def test_a_refusal_after_an_undone_approval_shows_none_of_its_medicines(pharmacist, baclofen, submit):
    reference = submit()
    decide(reference, pharmacist, both(baclofen, TRAMADOL), [baclofen])
    with transaction():
        taking_back.undo(reference, pharmacist, AT)
        decisions.refuse(reference, pharmacist, Reason.NOT_SIGNED, "", AT)
    assert lines(reference) == []


def test_what_else_an_item_states_is_kept(pharmacist, baclofen, submit):
    reference, one = submit(), typed(baclofen)
    (item,) = one.items
    item = replace(item, indication="muscle spasm", dispense_as_written=True, refill_share=90)
    entered = replace(one, items=(item,), fill_from=one.issued_on + timedelta(days=9))
    decide(reference, pharmacist, entered, [baclofen])
    row = queries.by_reference(reference)
    (kept,) = row.items
    assert (kept.indication, kept.dispense_as_written, kept.refill_share) == ("muscle spasm", True, 90)
    assert row.fill_from == entered.fill_from
    stored = str(db.session.execute(db.text("SELECT indication FROM prescription_item")).all())
    assert "spasm" not in stored
