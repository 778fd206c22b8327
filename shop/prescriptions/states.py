"""The states of a prescription, as one table, and what follows from them and the day. Pure.

Only a waiting one is approved: while a question is open the customer has the word. A decision can be undone
for a minute by who took it; after that an approval can be revoked or transferred to another pharmacy, and a
refusal stands: another prescription may be sent. A question is taken back until it is answered, and what the
customer withdrew is put back by them.

What people are told is its `standing`: received, in review, asked, answered, approved, partly approved,
refused, used up, expired, revoked, transferred. Half of these are stored, the others follow.
"""

from dataclasses import dataclass
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
    TRANSFER = "transfer"
    UNDO = "undo"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take_back"  # a question
    PUT_BACK = "put_back"  # what was withdrawn


TABLE: dict[tuple[PrescriptionStatus, Step], PrescriptionStatus] = {
    (PrescriptionStatus.WAITING, Step.ASK): PrescriptionStatus.ASKED,
    (PrescriptionStatus.WAITING, Step.APPROVE): PrescriptionStatus.APPROVED,
    (PrescriptionStatus.WAITING, Step.REFUSE): PrescriptionStatus.REFUSED,
    (PrescriptionStatus.WAITING, Step.WITHDRAW): PrescriptionStatus.WITHDRAWN,
    (PrescriptionStatus.APPROVED, Step.UNDO): PrescriptionStatus.WAITING,
    (PrescriptionStatus.REFUSED, Step.UNDO): PrescriptionStatus.WAITING,
    (PrescriptionStatus.APPROVED, Step.REVOKE): PrescriptionStatus.REVOKED,
    (PrescriptionStatus.REVOKED, Step.UNDO): PrescriptionStatus.APPROVED,
    (PrescriptionStatus.APPROVED, Step.TRANSFER): PrescriptionStatus.TRANSFERRED,
    (PrescriptionStatus.TRANSFERRED, Step.UNDO): PrescriptionStatus.APPROVED,
    (PrescriptionStatus.ASKED, Step.ANSWER): PrescriptionStatus.WAITING,
    (PrescriptionStatus.ASKED, Step.TAKE_BACK): PrescriptionStatus.WAITING,
    (PrescriptionStatus.ASKED, Step.REFUSE): PrescriptionStatus.REFUSED,
    (PrescriptionStatus.ASKED, Step.WITHDRAW): PrescriptionStatus.WITHDRAWN,
    (PrescriptionStatus.WITHDRAWN, Step.PUT_BACK): PrescriptionStatus.WAITING,
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


class Standing(StrEnum):
    """Where a prescription, or one of its medicines, stands today. `DECLINED` is one medicine's alone."""

    CHECKING = "checking"
    FILE_REFUSED = "file_refused"
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ASKED = "asked"
    ANSWERED = "answered"
    APPROVED = "approved"
    PARTLY = "partly"
    DECLINED = "declined"
    REFUSED = "refused"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Facts:
    """What a standing follows from.

    `files` is `ready`, or the state that keeps it from the queue. `claimed`: a pharmacist is on it now.
    `answered`: it came back with the customer's answer. `declined`: one of its medicines was. `used_up`:
    nothing is left of what was approved. `expired`: its last day is over. `entered`: by the pharmacy.
    """

    status: PrescriptionStatus
    files: str = FileState.READY
    claimed: bool = False
    answered: bool = False
    declined: bool = False
    used_up: bool = False
    expired: bool = False
    entered: bool = False


def standing(facts: Facts) -> Standing:
    """Where it stands today; the end of an approval, expired or used up, comes before how it began."""
    if facts.status == PrescriptionStatus.WAITING:
        return _waiting(facts)
    if facts.status == PrescriptionStatus.WITHDRAWN and facts.entered:
        return Standing.DISCARDED
    if facts.status != PrescriptionStatus.APPROVED:
        return Standing(facts.status.value)
    if facts.expired:
        return Standing.EXPIRED
    if facts.used_up:
        return Standing.USED_UP
    return Standing.PARTLY if facts.declined else Standing.APPROVED


def _waiting(facts: Facts) -> Standing:
    if facts.files == FileState.PROCESSING:
        return Standing.CHECKING
    if facts.files == FileState.REFUSED:
        return Standing.FILE_REFUSED
    if facts.claimed:
        return Standing.IN_REVIEW
    return Standing.ANSWERED if facts.answered else Standing.RECEIVED
