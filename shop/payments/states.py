"""The states of a payment, as one table. Pure.

opening: written down, the hosted page not there yet · open: it is there · authorised: the bank holds the
money · capturing: asked for, the answer not known yet · captured: taken · releasing: it goes back, voided or
refunded, and the order no longer has it. Nobody stays charged in voided, refunded, expired and failed.
"""

from enum import StrEnum


class State(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    AUTHORISED = "authorised"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    RELEASING = "releasing"
    REFUNDED = "refunded"
    VOIDED = "voided"
    EXPIRED = "expired"
    FAILED = "failed"


class Step(StrEnum):
    OPEN = "open"
    AUTHORISE = "authorise"
    REQUEST_CAPTURE = "request_capture"
    REFUSE_CAPTURE = "refuse_capture"
    CAPTURE = "capture"
    RELEASE = "release"
    VOID = "void"
    REFUND = "refund"
    LAPSE = "lapse"
    EXPIRE = "expire"
    FAIL = "fail"


TABLE: dict[tuple[State, Step], State] = {
    (State.OPENING, Step.OPEN): State.OPEN,
    (State.OPENING, Step.AUTHORISE): State.AUTHORISED,
    (State.OPEN, Step.AUTHORISE): State.AUTHORISED,
    (State.AUTHORISED, Step.REQUEST_CAPTURE): State.CAPTURING,
    (State.AUTHORISED, Step.CAPTURE): State.CAPTURED,  # by hand, in the provider's dashboard
    (State.CAPTURING, Step.CAPTURE): State.CAPTURED,
    (State.CAPTURING, Step.REFUSE_CAPTURE): State.AUTHORISED,  # still held: another request may succeed
    # the bank stopped holding the money before it was taken
    (State.AUTHORISED, Step.LAPSE): State.VOIDED,
    (State.CAPTURING, Step.LAPSE): State.VOIDED,
    # the order was canceled before it shipped
    (State.AUTHORISED, Step.RELEASE): State.RELEASING,
    (State.CAPTURED, Step.RELEASE): State.RELEASING,
    (State.RELEASING, Step.VOID): State.VOIDED,
    (State.RELEASING, Step.REFUND): State.REFUNDED,
    (State.OPENING, Step.EXPIRE): State.EXPIRED,
    (State.OPEN, Step.EXPIRE): State.EXPIRED,
    (State.OPENING, Step.FAIL): State.FAILED,
    (State.OPEN, Step.FAIL): State.FAILED,
    # money that arrived too late, or in a wrong amount, is let go again
    (State.EXPIRED, Step.VOID): State.VOIDED,
    (State.FAILED, Step.VOID): State.VOIDED,
    (State.EXPIRED, Step.REFUND): State.REFUNDED,
    (State.FAILED, Step.REFUND): State.REFUNDED,
}
ALIVE = (State.OPENING, State.OPEN, State.AUTHORISED, State.CAPTURING, State.CAPTURED)
"""An order has at most one payment in these states: it can still take, or has taken, the order's money."""

PAYS = (State.AUTHORISED, State.CAPTURING, State.CAPTURED)
"""The money is held or taken for an order: it may not be let go without ending the order first."""


def after(state: State, step: Step) -> State | None:
    """The state a step leads to, or None where it may not be taken."""
    return TABLE.get((state, step))
