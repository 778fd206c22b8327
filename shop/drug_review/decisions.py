"""Writing down alerts: that one was shown, and what a pharmacist decided about it. Flushes, never commits.

An alert of one prescription or order is one row, however often its page is opened: what cries wolf is counted
by cases, not by clicks.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from shop.clock import business_date
from shop.database import db, lock_name
from shop.drug_review.asking import HOLDS_FOR, Asked
from shop.drug_review.lifted import Entered, subject_gone
from shop.drug_review.models import ReviewAlert
from shop.drug_review.states import Lifted, Stage
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.reading import book

ORDERS = "review alerts of orders"


def show_entry(prescription_id: int, asked: Sequence[Asked], at: datetime) -> None:
    """Note what the desk shows about a prescription that is being entered."""
    if asked:
        known = _of_prescription(prescription_id)
        _made(known, asked, at, Stage.ENTRY, prescription_id=prescription_id)


def settle_entry(
    prescription_id: int,
    patient_id: int | None,
    asked: Sequence[Asked],
    entered: Entered,
    outcomes: Mapping[str, str],
    notes: Mapping[str, str],
    pharmacist_id: int,
    at: datetime,
) -> None:
    """Keep what was decided with an approval, and what lifted earlier stops; by the keys of their checks. A
    stop of another patient stays that patient's."""
    known = _of_prescription(prescription_id)
    rows = _made(known, asked, at, Stage.ENTRY, prescription_id=prescription_id)
    until = holds_until(business_date(at), [db.session.get_one(Prescription, prescription_id).expires_on])
    for one, row in zip(asked, rows, strict=True):
        row.patient_id = patient_id
        if one.verdict is Verdict.NEEDS:
            _settle(row, outcomes.get(one.key), notes.get(one.key, ""), pharmacist_id, at, until)
    raised = {one.rule for one in asked if one.verdict is Verdict.STOPS}
    for row in _unlifted(known, raised):
        if subject_gone(row.rule, row.patient_id, entered, book()):
            _settle(row, Lifted.ENTRY_CHANGED, "", pharmacist_id, at)
            continue
        key = lifted_key(row.rule)
        row.patient_id = patient_id
        _settle(row, outcomes.get(key), notes.get(key, ""), pharmacist_id, at)
    db.session.flush()


def lifted_stops(prescription_id: int, asked: Sequence[Asked], entered: Entered) -> dict[str, str]:
    """By rule, the sentence of each stop shown while this was entered that is no longer raised: something
    changed about a patient and a medicine still entered, and nobody has said what."""
    known = db.session.scalars(
        select(ReviewAlert)
        .where(ReviewAlert.prescription_id == prescription_id, ReviewAlert.verdict == Verdict.STOPS)
        .where(ReviewAlert.outcome.is_(None))
        .order_by(ReviewAlert.id)
    )
    raised = {one.rule for one in asked if one.verdict is Verdict.STOPS}
    return {
        row.rule: row.sentence
        for row in _unlifted(known, raised)
        if not subject_gone(row.rule, row.patient_id, entered, book())
    }


def lifted_key(rule: str) -> str:
    """What the question about a lifted stop is called among the checks."""
    return f"lifted-{hashlib.sha256(rule.encode()).hexdigest()[:16]}"


def _unlifted(known: Iterable[ReviewAlert], raised: Collection[str]) -> list[ReviewAlert]:
    return [
        row
        for row in known
        if row.verdict is Verdict.STOPS and row.outcome is None and row.rule not in raised
    ]


def show_ordered(order_id: int, asked: Sequence[Asked], at: datetime) -> None:
    """Note what a new order waits for, as its basket was reviewed."""
    _made((), asked, at, Stage.ORDER, order_id=order_id)


def show_orders(asked: Mapping[int, Sequence[Asked]], at: datetime) -> None:
    """Note which alerts these orders wait for, by the order's id; what is no longer raised is lifted."""
    lock_name(ORDERS)
    known = _of_orders(asked)
    for order_id, alerts in asked.items():
        rows = _made(known.get(order_id, []), alerts, at, Stage.DISPENSING, order_id=order_id)
        current = {id(row) for row in rows}
        for row in known.get(order_id, []):
            if row.outcome is None:
                row.lifted_at = None if id(row) in current else row.lifted_at or at
    db.session.flush()


def settle_order(
    order_id: int,
    asked: Sequence[Asked],
    outcomes: Mapping[str, str],
    notes: Mapping[str, str],
    pharmacist_id: int,
    at: datetime,
) -> None:
    """Keep what was decided about alerts of a placed order; `asked` are those that have an outcome."""
    lock_name(ORDERS)
    known = _of_orders([order_id]).get(order_id, [])
    rows = _made(known, asked, at, Stage.DISPENSING, order_id=order_id)
    ends = _ends(taking.item_id for one in asked for taking in one.about)
    for one, row in zip(asked, rows, strict=True):
        row.lifted_at = None
        until = holds_until(business_date(at), [ends.get(taking.item_id or 0) for taking in one.about])
        _settle(row, outcomes[one.key], notes.get(one.key, ""), pharmacist_id, at, until)
    db.session.flush()


def holds_until(day: date, ends: Iterable[date | None]) -> date:
    """The last day of a decision taken on `day`: the first end of a prescription it is about, a year later at
    most. What has ended already (a supply of it lasts) ends nothing. Pure."""
    return min((day + HOLDS_FOR, *(end for end in ends if end is not None and end >= day)))


def _ends(item_ids: Iterable[int | None]) -> dict[int, date]:
    """By approved item, the last day of its prescription; one question."""
    wanted = {one for one in item_ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(PrescriptionItem.id, Prescription.expires_on)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(PrescriptionItem.id.in_(wanted), Prescription.expires_on.is_not(None))
    )
    return {row.id: row.expires_on for row in rows}


def _settle(
    row: ReviewAlert,
    outcome: str | None,
    note: str,
    pharmacist_id: int,
    at: datetime,
    until: date | None = None,
) -> None:
    if outcome:
        row.outcome, row.note, row.decided_by, row.decided_at = outcome, note, pharmacist_id, at
        row.holds_until = until


def _of_prescription(prescription_id: int) -> list[ReviewAlert]:
    """Its rows, locked against another tab that adds the same."""
    lock_name(f"review alerts of prescription {prescription_id}")
    return list(db.session.scalars(select(ReviewAlert).where(ReviewAlert.prescription_id == prescription_id)))


def _of_orders(order_ids: Iterable[int]) -> dict[int, list[ReviewAlert]]:
    found: dict[int, list[ReviewAlert]] = {}
    for row in db.session.scalars(select(ReviewAlert).where(ReviewAlert.order_id.in_(list(order_ids)))):
        found.setdefault(row.order_id or 0, []).append(row)
    return found


def _made(
    known: Iterable[ReviewAlert], asked: Sequence[Asked], at: datetime, stage: Stage, **about: int
) -> list[ReviewAlert]:
    """The row of each alert, in order; added where there is none yet.

    Of a document it is one row whoever it is for; an order may be for several patients.
    """
    by_key = {(row.rule, row.basis, row.patient_id if row.order_id else None): row for row in known}
    rows = []
    for one in asked:
        who = one.patient_id if "order_id" in about else None
        keys = [(one.rule, basis, who) for basis in one.hashes]
        row = next((by_key[key] for key in keys if key in by_key), None)
        if row is None:
            row = ReviewAlert(
                rule=one.rule,
                verdict=one.verdict,
                stage=stage,
                patient_id=one.patient_id,
                basis=one.hashes[0],
                facts_version=one.facts_version,
                sentence=one.alert.sentence,
                shown_at=at,
                note="",
                **about,
            )
            db.session.add(row)
            by_key[keys[0]] = row
        rows.append(row)
    db.session.flush()
    return rows
