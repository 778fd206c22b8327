"""Writing prescriptions: sent, answered or withdrawn by the customer.

What other rooms call stands here; the pharmacist's steps come from `decisions`, quantities from `quantities`,
files from `documents`. Mails say that there is news, never which.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select

from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError
from shop.prescriptions import documents, rules, states, steps
from shop.prescriptions.decisions import ChecksUnmet, approve, ask, claim, refuse, unclaim
from shop.prescriptions.documents import VaultedFile
from shop.prescriptions.models import Message, Prescription
from shop.prescriptions.quantities import (
    NotDispensable,
    NotEnoughLeft,
    check_dispensable,
    dispense_quantity,
    hold_quantity,
    release_quantity,
)
from shop.prescriptions.states import Status, Step
from shop.prescriptions.steps import AlreadyDecided, TakenByAnother

__all__ = [
    "AlreadyDecided", "ChecksUnmet", "NotDispensable", "NotEnoughLeft", "TakenByAnother", "TooManyOpen",
    "answer", "approve", "ask", "check_dispensable", "claim", "dispense_quantity", "hold_quantity", "refuse",
    "release_quantity", "submit", "unclaim", "withdraw",
]  # fmt: skip


class TooManyOpen(DomainError):
    """As many undecided prescriptions as one customer may have."""

    status = 422
    code = "too_many_open"

    def __init__(self) -> None:
        super().__init__(
            f"{rules.MOST_OPEN} of your prescriptions are still being read.",
            "Wait until some are decided, or withdraw one.",
        )


def submit(user_id: int, files: Iterable[VaultedFile], note: str, at: datetime) -> Prescription:
    """A prescription of these files and the customer's drafts, queued for pharmacists. Raises TooManyOpen."""
    open_ones = select(func.count()).where(
        Prescription.user_id == user_id, Prescription.status.in_(states.OPEN)
    )
    if (db.session.scalar(open_ones) or 0) >= rules.MOST_OPEN:
        raise TooManyOpen
    prescription = Prescription(
        reference=uuid4().hex, user_id=user_id, status=Status.WAITING, submitted_at=at, customer_note=note
    )
    db.session.add(prescription)
    db.session.flush()
    count = documents.attach_drafts(user_id, prescription.id)
    count += len(documents.add(user_id, files, prescription.id, at))
    if not 1 <= count <= rules.MOST_DOCUMENTS:
        raise documents.TooManyDocuments
    steps.record(Event.PRESCRIPTION_SUBMITTED, prescription, user_id, at, documents=count)
    steps.tell("received", prescription, at)
    return prescription


def answer(
    reference: str, user_id: int, files: Iterable[VaultedFile], text: str, at: datetime
) -> Prescription:
    """The customer's answer to a question, with more documents or none. Back to the pharmacists."""
    prescription = steps.own(reference, user_id)
    steps.take(prescription, Step.ANSWER)
    added = len(documents.add(user_id, files, prescription.id, at))
    if text:
        db.session.add(Message(prescription_id=prescription.id, author_id=user_id, text=text, at=at))
        db.session.flush()
    steps.record(Event.PRESCRIPTION_ANSWERED, prescription, user_id, at, documents=added)
    return prescription


def withdraw(reference: str, user_id: int, at: datetime) -> None:
    """The customer takes it back before the decision. Raises AlreadyDecided."""
    prescription = steps.own(reference, user_id)
    steps.take(prescription, Step.WITHDRAW)
    steps.record(Event.PRESCRIPTION_WITHDRAWN, prescription, user_id, at)
