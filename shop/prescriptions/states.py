"""The states of a prescription, as one table. Pure.

Only a waiting one is approved: while a question is open the customer has the word. A decision is final;
another prescription may be sent.
"""

from enum import StrEnum


class Status(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FileState(StrEnum):
    """A sent file: being opened by the worker, then one of the others for good."""

    PROCESSING = "processing"
    READY = "ready"
    REFUSED = "refused"


class Step(StrEnum):
    """What can happen to a prescription."""

    ASK = "ask"
    ANSWER = "answer"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


TABLE: dict[tuple[Status, Step], Status] = {
    (Status.WAITING, Step.ASK): Status.ASKED,
    (Status.WAITING, Step.APPROVE): Status.APPROVED,
    (Status.WAITING, Step.REFUSE): Status.REFUSED,
    (Status.WAITING, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.ASKED, Step.ANSWER): Status.WAITING,
    (Status.ASKED, Step.REFUSE): Status.REFUSED,
    (Status.ASKED, Step.WITHDRAW): Status.WITHDRAWN,
}

OPEN = (Status.WAITING, Status.ASKED)
DECIDED = (Status.APPROVED, Status.REFUSED)


def after(status: Status, step: Step) -> Status | None:
    """The status a step leads to, or None where it may not be taken."""
    return TABLE.get((status, step))


def before(step: Step) -> tuple[Status, ...]:
    """The statuses in which a step may be taken."""
    return tuple(status for status, known in TABLE if known is step)
