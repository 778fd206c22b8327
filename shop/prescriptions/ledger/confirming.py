"""The confirmation of a copy: recorded by a pharmacist, undone while nothing has shipped on it, asked about.

Whether something ships, `copies` decides. Whoever dispenses has the items locked and then reads the
confirmation; whoever undoes it changes the prescription, then locks the items and looks at what has shipped.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.errors import DomainError
from shop.prescriptions import steps
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.prescriptions.origins import REQUIRED
from shop.prescriptions.states import OPEN, ConfirmedHow, EntryKind, Origin, PrescriptionStatus

LONGEST_WITH = 120
MAY_BE_CONFIRMED = (*OPEN, PrescriptionStatus.APPROVED)
COPIES = tuple(origin for origin, requires in REQUIRED.items() if requires.confirmation)
WORDS = {
    ConfirmedHow.PHONE: "By phone",
    ConfirmedHow.FAX: "By fax",
    ConfirmedHow.MESSAGE: "By secure message",
    ConfirmedHow.ORIGINAL: "The original arrived",
}


class ConfirmationIncomplete(DomainError):
    """Who confirmed it is not said, or too long."""

    status = 422
    code = "confirmation_incomplete"

    def __init__(self) -> None:
        super().__init__(
            "Not recorded: who confirmed it is missing or too long.",
            f"Enter the name of the person who confirmed it, in at most {LONGEST_WITH} characters.",
        )


class NothingToConfirm(DomainError):
    """It is no copy, is decided otherwise, or was confirmed already."""

    code = "nothing_to_confirm"

    def __init__(self) -> None:
        super().__init__(
            "This prescription doesn’t need a confirmation; nothing was changed.",
            "Reload the page to see its current status.",
        )


class ConfirmationInUse(DomainError):
    """Something has shipped because of it."""

    code = "confirmation_in_use"

    def __init__(self) -> None:
        super().__init__(
            "Something has shipped on this confirmation, so it can’t be undone.",
            "If it was wrong, revoke the approval, so that nothing more is dispensed.",
        )


def confirm(reference: str, pharmacist_id: int, how: ConfirmedHow, with_whom: str, at: datetime) -> None:
    """Record that the prescriber confirmed a copy, or that the original is here.

    `with_whom` may be empty only for the original. Raises ConfirmationIncomplete, NothingToConfirm, and
    FilesNotReady while it has a file that nobody could have looked at.
    """
    with_whom = " ".join(with_whom.split())
    if len(with_whom) > LONGEST_WITH or not (with_whom or how is ConfirmedHow.ORIGINAL):
        raise ConfirmationIncomplete
    prescription = steps.anyones(reference)
    changed = rows_changed(
        update(Prescription)
        .where(Prescription.id == prescription.id, Prescription.status.in_(MAY_BE_CONFIRMED))
        .where(Prescription.origin.in_(COPIES), Prescription.confirmed_at.is_(None), steps.files_ready())
        .values(
            confirmed_at=at, confirmed_by=pharmacist_id, confirmed_how=how, confirmed_with=with_whom or None
        )
    )
    if not changed:
        readable = db.session.scalar(select(steps.files_ready()).where(Prescription.id == prescription.id))
        raise NothingToConfirm if readable else steps.FilesNotReady
    steps.record(Event.PRESCRIPTION_CONFIRMED, prescription, pharmacist_id, at, how=how.value)


def undo_confirmation(reference: str, pharmacist_id: int, at: datetime) -> None:
    """Take a confirmation back. Raises ConfirmationInUse, and NothingToConfirm where there is none."""
    prescription = steps.anyones(reference)
    if not steps.forget_confirmation(prescription):
        raise NothingToConfirm
    mine = PrescriptionItem.prescription_id == prescription.id
    lock = select(PrescriptionItem.id).where(mine).order_by(PrescriptionItem.id).with_for_update()
    ids = db.session.scalars(lock).all()
    shipped = select(QuantityEntry.id).where(
        QuantityEntry.item_id.in_(ids), QuantityEntry.kind == EntryKind.DISPENSED
    )
    if db.session.scalar(shipped.limit(1)) is not None:
        raise ConfirmationInUse
    steps.record(Event.PRESCRIPTION_CONFIRMATION_UNDONE, prescription, pharmacist_id, at)


def arrivals(item_ids: Iterable[int]) -> dict[int, tuple[Origin, ConfirmedHow | None]]:
    """By item: how its prescription arrived, and how it was confirmed. One question."""
    wanted = set(item_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(PrescriptionItem.id, Prescription.origin, Prescription.confirmed_how)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(PrescriptionItem.id.in_(wanted))
    )
    return {row.id: (row.origin, row.confirmed_how) for row in rows}


def waits_for_confirmation(prescription: Prescription) -> bool:
    """Whether it is a copy in use that nobody has confirmed."""
    return prescription.status in MAY_BE_CONFIRMED and prescription.is_unconfirmed_copy
