"""The states of a prescription, as one table. Pure.

Only a waiting one is approved: while a question is open the customer has the word. A decision can be undone
for a minute by who took it; after that an approval can be revoked, and a refusal stands: another prescription
may be sent.
"""

from enum import StrEnum


class PrescriptionStatus(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    REVOKED = "revoked"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """How a prescription reached the store. What a customer sends is a photo: a copy."""

    PAPER = "paper"
    PHOTO = "photo"
    FAX = "fax"
    PHONE = "phone"
    ELECTRONIC = "electronic"
    TRANSFER = "transfer"


class ConfirmedHow(StrEnum):
    """How the prescriber confirmed it, or that the original arrived."""

    PHONE = "phone"
    FAX = "fax"
    MESSAGE = "message"
    ORIGINAL = "original"


class FileState(StrEnum):
    """A sent file: being opened by the worker, then one of the others for good."""

    PROCESSING = "processing"
    READY = "ready"
    REFUSED = "refused"


class EntryKind(StrEnum):
    """An entry of an item's ledger: held for an order line, then released or dispensed for good."""

    HELD = "held"
    RELEASED = "released"
    DISPENSED = "dispensed"


class Step(StrEnum):
    """What can happen to a prescription."""

    ASK = "ask"
    ANSWER = "answer"
    APPROVE = "approve"
    REFUSE = "refuse"
    REVOKE = "revoke"
    UNDO = "undo"
    WITHDRAW = "withdraw"


TABLE: dict[tuple[PrescriptionStatus, Step], PrescriptionStatus] = {
    (PrescriptionStatus.WAITING, Step.ASK): PrescriptionStatus.ASKED,
    (PrescriptionStatus.WAITING, Step.APPROVE): PrescriptionStatus.APPROVED,
    (PrescriptionStatus.WAITING, Step.REFUSE): PrescriptionStatus.REFUSED,
    (PrescriptionStatus.WAITING, Step.WITHDRAW): PrescriptionStatus.WITHDRAWN,
    (PrescriptionStatus.APPROVED, Step.UNDO): PrescriptionStatus.WAITING,
    (PrescriptionStatus.REFUSED, Step.UNDO): PrescriptionStatus.WAITING,
    (PrescriptionStatus.APPROVED, Step.REVOKE): PrescriptionStatus.REVOKED,
    (PrescriptionStatus.REVOKED, Step.UNDO): PrescriptionStatus.APPROVED,
    (PrescriptionStatus.ASKED, Step.ANSWER): PrescriptionStatus.WAITING,
    (PrescriptionStatus.ASKED, Step.REFUSE): PrescriptionStatus.REFUSED,
    (PrescriptionStatus.ASKED, Step.WITHDRAW): PrescriptionStatus.WITHDRAWN,
}

OPEN = (PrescriptionStatus.WAITING, PrescriptionStatus.ASKED)
DECIDED = (
    PrescriptionStatus.APPROVED,
    PrescriptionStatus.REFUSED,
    PrescriptionStatus.REVOKED,
    PrescriptionStatus.TRANSFERRED,
)


def after(status: PrescriptionStatus, step: Step) -> PrescriptionStatus | None:
    """The status a step leads to, or None where it may not be taken."""
    return TABLE.get((status, step))


def before(step: Step) -> tuple[PrescriptionStatus, ...]:
    """The statuses in which a step may be taken."""
    return tuple(status for status, known in TABLE if known is step)
