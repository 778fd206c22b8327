"""The states of a payment, as one table. Pure.

opening: written down, the hosted page not yet there · open: the page is there · authorised: the bank
keeps the money ready · captured: it was taken. The last three are ends in which nobody was charged.
"""

from enum import StrEnum


class State(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"
    FAILED = "failed"


class Step(StrEnum):
    OPEN = "open"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    LAPSE = "lapse"
    EXPIRE = "expire"
    FAIL = "fail"


TABLE: dict[tuple[State, Step], State] = {
    (State.OPENING, Step.OPEN): State.OPEN,
    (State.OPENING, Step.AUTHORISE): State.AUTHORISED,
    (State.OPEN, Step.AUTHORISE): State.AUTHORISED,
    (State.AUTHORISED, Step.CAPTURE): State.CAPTURED,
    # the bank stopped keeping the money ready before it was taken
    (State.AUTHORISED, Step.LAPSE): State.VOIDED,
    (State.OPENING, Step.EXPIRE): State.EXPIRED,
    (State.OPEN, Step.EXPIRE): State.EXPIRED,
    (State.OPENING, Step.FAIL): State.FAILED,
    (State.OPEN, Step.FAIL): State.FAILED,
    # money that arrived too late, or in a wrong amount, is let go again
    (State.EXPIRED, Step.VOID): State.VOIDED,
    (State.FAILED, Step.VOID): State.VOIDED,
}
ALIVE = (State.OPENING, State.OPEN, State.AUTHORISED, State.CAPTURED)


def after(state: State, step: Step) -> State | None:
    """The state a step leads to, or None where it may not be taken."""
    return TABLE.get((state, step))


def before(step: Step) -> tuple[State, ...]:
    """The states in which a step may be taken."""
    return tuple(state for state, known in TABLE if known is step)
