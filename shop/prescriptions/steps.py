"""A step of a prescription: find it, change its state conditionally, record that, notify the customer.

Shared by `service` (the customer's steps) and `decisions` (the pharmacist's).
"""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed, transition
from shop.errors import DomainError, NotFound
from shop.outbox.mail import enqueue_mail
from shop.prescriptions import states
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import Prescription
from shop.prescriptions.states import FileState, Step

CLAIM_LASTS = timedelta(minutes=30)
"""After this long without a decision, another pharmacist may take a prescription over."""
UNDO_WITHIN = timedelta(minutes=1)
"""So long a decision can be undone by who took it; the customer is told after it."""
DECISION_NEWS = ("approved", "decided", "refused")
"""The mails of a decision; one of them is sent. `decided` is for one approved in part."""


class AlreadyDecided(DomainError):
    """Somebody's step came first."""

    code = "prescription_moved_on"

    def __init__(self) -> None:
        super().__init__(
            "This prescription has changed since you opened it; your change was not saved.",
            "Reload the page to see its current status.",
        )


class TakenByAnother(DomainError):
    """Another pharmacist is on it."""

    code = "prescription_taken"

    def __init__(self) -> None:
        super().__init__(
            "Another pharmacist has claimed this prescription; your change was not saved.",
            "Claim the next one, or talk to them.",
        )


class FilesNotReady(DomainError):
    """Its files are still being opened, or one could not be and the customer has not replaced it."""

    code = "prescription_files_not_ready"

    def __init__(self) -> None:
        super().__init__(
            "This prescription’s files are not ready yet.",
            "It will appear in the queue when all of them can be read.",
        )


def own(reference: str, user_id: int) -> Prescription:
    """A customer's own prescription; NotFound for another's and for none."""
    return _one(Prescription.reference == reference, Prescription.user_id == user_id)


def anyones(reference: str) -> Prescription:
    """Any prescription, for pharmacists; NotFound for none."""
    return _one(Prescription.reference == reference)


def _one(*where: ColumnElement[bool]) -> Prescription:
    found = db.session.scalar(select(Prescription).where(*where))
    if found is None:
        raise NotFound("We couldn’t find this prescription.", "Go back to the list of prescriptions.")
    return found


def change(
    prescription: Prescription, step: Step, only_if: ColumnElement[bool] | None = None, **values: Any
) -> None:
    """Change the state as the table allows, or raise AlreadyDecided or, for `only_if`, `refusal_of`."""
    may, after = transition(Prescription.status, states.TABLE, step)
    changed = rows_changed(
        update(Prescription)
        .where(Prescription.id == prescription.id, may)
        .where(*([] if only_if is None else [only_if]))
        .values(status=after, **values)
    )
    if not changed:
        raise refusal_of(prescription, states.before(step))


def refusal_of(prescription: Prescription, statuses: Container[str]) -> DomainError:
    """Why a pharmacist's change was not saved, by what the database says now."""
    if status(prescription) not in statuses:
        return AlreadyDecided()
    readable = db.session.scalar(select(files_ready()).where(Prescription.id == prescription.id))
    return TakenByAnother() if readable else FilesNotReady()


def forget_confirmation(prescription: Prescription) -> bool:
    """Nobody has confirmed it any more; False where nobody had."""
    nobody = dict.fromkeys(("confirmed_at", "confirmed_by", "confirmed_how", "confirmed_with"))
    confirmed = Prescription.confirmed_at.is_not(None)
    mine = update(Prescription).where(Prescription.id == prescription.id, confirmed)
    return rows_changed(mine.values(**nobody)) > 0


def status(prescription: Prescription) -> str:
    """What the database says now, whatever was read before."""
    return db.session.scalars(select(Prescription.status).where(Prescription.id == prescription.id)).one()


def free_for(pharmacist_id: int, at: datetime) -> ColumnElement[bool]:
    """The condition that this pharmacist may act on it: nobody else is on it, and all files can be read."""
    nobody_else = or_(
        Prescription.claimed_by.is_(None),
        Prescription.claimed_by == pharmacist_id,
        Prescription.claimed_at < at - CLAIM_LASTS,
    )
    return and_(nobody_else, files_ready())


def is_on_it(claimed_by: int | None, claimed_at: datetime | None, at: datetime) -> bool:
    """Whether somebody's taking up still holds."""
    return claimed_by is not None and claimed_at is not None and claimed_at >= at - CLAIM_LASTS


def files_ready() -> ColumnElement[bool]:
    """The condition that no file of a prescription is being opened or was refused."""
    unready = (PrescriptionDocument.prescription_id == Prescription.id) & (
        PrescriptionDocument.state != FileState.READY
    )
    return ~exists().where(unready)


def record(
    event: Event, prescription: Prescription, actor_id: int, at: datetime, **detail: str | int
) -> None:
    """Leave an audit record; `detail` holds codes and counts only."""
    audit.record(event, at=at, subject=("prescription", prescription.id), actor_id=actor_id, **detail)


def notify(
    news: str, prescription: Prescription, at: datetime, nth: str = "", run_after: datetime | None = None
) -> None:
    """Ask for the mail that there is news; `nth` tells apart mails that may be sent more than once."""
    enqueue_mail(
        f"prescription_{news}",
        prescription.user_id,
        mail_key(news, prescription, nth),
        at,
        sequence=f"prescription:{prescription.reference}",
        run_after=run_after,
    )


def mail_key(news: str, prescription: Prescription, nth: str = "") -> str:
    """The name under which the mail that there is news is sent once."""
    return f"prescription_{news}:{prescription.reference}{nth}"
