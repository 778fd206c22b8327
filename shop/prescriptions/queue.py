"""The pharmacists' queue: what waits with all its files readable, what was asked about, what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop.accounts import queries as accounts
from shop.database import db
from shop.paging import Page, within
from shop.prescriptions.models import Prescription, PrescriptionDocument
from shop.prescriptions.states import DECIDED, Status
from shop.prescriptions.steps import CLAIM_LASTS, files_ready

PER_PAGE = 25
TABS: dict[str, tuple[str, ...]] = {
    "waiting": (Status.WAITING,),
    "asked": (Status.ASKED,),
    "decided": tuple(DECIDED),
}


@dataclass(frozen=True)
class QueueRow:
    """One prescription of a list. `on_it` is the pharmacist who took it up, where that still holds."""

    reference: str
    customer: str
    status: str
    submitted_at: datetime
    documents: int
    on_it_id: int | None
    on_it: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


def counts() -> dict[str, int]:
    """How many prescriptions each tab has, in two questions; what has unread files is not waiting yet."""
    rows = db.session.execute(
        select(Prescription.status, func.count().label("number")).group_by(Prescription.status)
    )
    by_status = {row.status: row.number for row in rows}
    unready = select(func.count()).where(Prescription.status == Status.WAITING, ~files_ready())
    by_status[Status.WAITING] = by_status.get(Status.WAITING, 0) - (db.session.scalar(unready) or 0)
    return {tab: sum(by_status.get(status, 0) for status in statuses) for tab, statuses in TABS.items()}


def page(tab: str, number: int, at: datetime) -> Page[QueueRow]:
    """A tab's prescriptions: the longest waiting first, decided ones latest first. Three questions."""
    statuses = TABS[tab]
    listed: ColumnElement[bool] = Prescription.status.in_(statuses)
    if tab == "waiting":
        listed &= files_ready()
    total = db.session.scalar(select(func.count()).where(listed)) or 0
    number = within(number, PER_PAGE, total)
    order = (
        (Prescription.decided_at.desc(), Prescription.id.desc())
        if tab == "decided"
        else (Prescription.submitted_at, Prescription.id)
    )
    documents = (
        select(func.count())
        .where(PrescriptionDocument.prescription_id == Prescription.id)
        .correlate(Prescription)
        .scalar_subquery()
    )
    found = db.session.execute(
        select(
            Prescription.reference, Prescription.user_id, Prescription.status, Prescription.submitted_at,
            Prescription.claimed_by, Prescription.claimed_at, Prescription.decided_by,
            Prescription.decided_at, Prescription.reason, documents.label("documents"),
        )
        .where(listed)
        .order_by(*order)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    ).all()  # fmt: skip
    people = {who for row in found for who in (row.user_id, row.claimed_by, row.decided_by)}
    names = accounts.names_of(people)
    return Page([_row(row, names, at) for row in found], number, PER_PAGE, total)


def next_waiting(after_reference: str | None = None) -> str | None:
    """The reference of the prescription that waits longest, apart from the one given."""
    question = select(Prescription.reference).where(Prescription.status == Status.WAITING, files_ready())
    if after_reference:
        question = question.where(Prescription.reference != after_reference)
    return db.session.scalar(question.order_by(Prescription.submitted_at, Prescription.id).limit(1))


def is_on_it(claimed_by: int | None, claimed_at: datetime | None, at: datetime) -> bool:
    """Whether somebody's taking up still holds."""
    return claimed_by is not None and claimed_at is not None and claimed_at >= at - CLAIM_LASTS


def _row(row: Any, names: dict[int, str], at: datetime) -> QueueRow:
    held = is_on_it(row.claimed_by, row.claimed_at, at)
    return QueueRow(
        row.reference, names.get(row.user_id, ""), row.status, row.submitted_at, row.documents,
        row.claimed_by if held else None, names.get(row.claimed_by) if held else None,
        names.get(row.decided_by), row.decided_at, row.reason,
    )  # fmt: skip
