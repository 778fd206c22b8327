"""The pharmacists' queue: what waits with all its files readable, what was asked about, what was decided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text

from shop.accounts import queries as accounts
from shop.clock import business_date
from shop.database import db
from shop.keyset import Edge, Keyset, Window, bounded_count
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import DECIDED, DeclinedItem, Prescription, PrescriptionItem
from shop.prescriptions.origins import LABELS
from shop.prescriptions.rules import valid_on
from shop.prescriptions.standing import answered
from shop.prescriptions.states import Facts, PrescriptionStatus, Standing, standing
from shop.prescriptions.steps import files_ready, is_on_it

PER_PAGE = 25
TABS: dict[str, Any] = {
    "waiting": (Prescription.status == PrescriptionStatus.WAITING) & files_ready(),
    "asked": Prescription.status == PrescriptionStatus.ASKED,
    "decided": text(DECIDED),  # as its index says it
}
LISTS = {
    "waiting": Keyset(Prescription.submitted_at, Prescription.id, newest_first=False, size=PER_PAGE),
    "asked": Keyset(Prescription.submitted_at, Prescription.id, newest_first=False, size=PER_PAGE),
    "decided": Keyset(Prescription.decided_at, Prescription.id, newest_first=True, size=PER_PAGE),
}


@dataclass(frozen=True)
class QueueRow:
    """One prescription of a list. `on_it` is the pharmacist who took it up, where that still holds."""

    reference: str
    customer: str
    standing: Standing
    submitted_at: datetime
    documents: int
    on_it_id: int | None
    on_it: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    entered_as: str | None = None  # how it arrived, where staff entered it


def counts() -> dict[str, int]:
    """How many prescriptions each tab has, up to the bound, in one question."""
    numbers = db.session.execute(
        select(*(bounded_count(Prescription.id, where) for where in TABS.values()))
    ).one()
    return dict(zip(TABS, numbers, strict=True))


def page(tab: str, edge: Edge | None, at: datetime) -> Window[QueueRow]:
    """A tab's prescriptions from `edge` on: the longest waiting first, decided ones latest first.

    Two questions.
    """
    documents = _of_each(func.count(), PrescriptionDocument)
    declined = _of_each(func.count(), DeclinedItem)
    left = _of_each(func.sum(PrescriptionItem.authorized - PrescriptionItem.taken), PrescriptionItem)
    columns: tuple[Any, ...] = (
        Prescription.id,
        Prescription.reference,
        Prescription.user_id,
        Prescription.status,
        Prescription.submitted_at,
        Prescription.claimed_by,
        Prescription.claimed_at,
        Prescription.decided_by,
        Prescription.decided_at,
        Prescription.reason,
        Prescription.expires_on,
        Prescription.origin,
        Prescription.entered_by,
        documents.label("documents"),
        declined.label("declined"),
        left.label("left"),
    )
    list_ = LISTS[tab]
    window = list_.window(db.session.execute(list_.page(select(*columns).where(TABS[tab]), edge)).all(), edge)
    people = {who for row in window.rows for who in (row.user_id, row.claimed_by, row.decided_by)}
    names = accounts.names_of(people)
    return Window([_row(row, names, at) for row in window.rows], window.previous, window.next)


def _of_each(what: ColumnElement[Any], table: Any) -> ScalarSelect[Any]:
    """A figure of each prescription's rows in a table; None for the sum of none."""
    mine = table.prescription_id == Prescription.id
    return select(what).select_from(table).where(mine).correlate(Prescription).scalar_subquery()


def next_waiting(after_reference: str | None = None) -> str | None:
    """The reference of the prescription that waits longest, apart from the one given."""
    question = select(Prescription.reference).where(
        Prescription.status == PrescriptionStatus.WAITING, files_ready()
    )
    if after_reference:
        question = question.where(Prescription.reference != after_reference)
    return db.session.scalar(question.order_by(Prescription.submitted_at, Prescription.id).limit(1))


def _row(row: Any, names: dict[int, str], at: datetime) -> QueueRow:
    held = is_on_it(row.claimed_by, row.claimed_at, at)
    return QueueRow(
        row.reference,
        names.get(row.user_id, ""),
        _standing(row, held, business_date(at)),
        row.submitted_at,
        row.documents,
        row.claimed_by if held else None,
        names.get(row.claimed_by) if held else None,
        names.get(row.decided_by),
        row.decided_at,
        row.reason,
        LABELS[row.origin] if row.entered_by is not None else None,
    )


def _standing(row: Any, held: bool, today: date) -> Standing:
    return standing(
        Facts(
            row.status,
            claimed=held,
            answered=answered(row.status, row.reason),
            declined=row.declined > 0,
            used_up=row.left == 0,
            expired=row.expires_on is not None and not valid_on(row.expires_on, today),
        )
    )
