"""The states of a payment, as one table. Pure.

opening: written down, the hosted page not there yet · open: it is there · authorized: the bank holds the
money · capturing: asked for, the answer not known yet · captured: taken · releasing: it goes back, voided or
refunded, and the order no longer has it. Nobody stays charged in voided, refunded, expired and failed.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why money moves. Codes of the record; `templates` have the words."""

    ORDER_SHIPS = "order_ships"
    HOLD_ENDS = "hold_ends"  # captured before the bank lets go of it
    ORDER_CANCELED = "order_canceled"
    PAID_TOO_LATE = "paid_too_late"  # the order had ended
    AMOUNT_DIFFERS = "amount_differs"
    STAFF_REFUND = "staff_refund"  # part or all of a shipped order
    LINE_REMOVED = "line_removed"  # of an order that was charged and has not shipped


class PaymentStatus(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    AUTHORIZED = "authorized"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    RELEASING = "releasing"
    REFUNDED = "refunded"
    VOIDED = "voided"
    EXPIRED = "expired"
    FAILED = "failed"


class Step(StrEnum):
    OPEN = "open"
    AUTHORIZE = "authorize"
    REQUEST_CAPTURE = "request_capture"
    REFUSE_CAPTURE = "refuse_capture"
    CAPTURE = "capture"
    RELEASE = "release"
    VOID = "void"
    REFUND = "refund"
    LAPSE = "lapse"
    EXPIRE = "expire"
    FAIL = "fail"


class MovementKind(StrEnum):
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class MovementState(StrEnum):
    """A movement is written before the provider is asked, and ended by its answer."""

    REQUESTED = "requested"
    DONE = "done"
    REFUSED = "refused"


TABLE: dict[tuple[PaymentStatus, Step], PaymentStatus] = {
    (PaymentStatus.OPENING, Step.OPEN): PaymentStatus.OPEN,
    (PaymentStatus.OPENING, Step.AUTHORIZE): PaymentStatus.AUTHORIZED,
    (PaymentStatus.OPEN, Step.AUTHORIZE): PaymentStatus.AUTHORIZED,
    (PaymentStatus.AUTHORIZED, Step.REQUEST_CAPTURE): PaymentStatus.CAPTURING,
    (PaymentStatus.AUTHORIZED, Step.CAPTURE): PaymentStatus.CAPTURED,  # by hand, in the provider's dashboard
    (PaymentStatus.CAPTURING, Step.CAPTURE): PaymentStatus.CAPTURED,
    (
        PaymentStatus.CAPTURING,
        Step.REFUSE_CAPTURE,
    ): PaymentStatus.AUTHORIZED,  # still held: another request may succeed
    # the bank stopped holding the money before it was taken
    (PaymentStatus.AUTHORIZED, Step.LAPSE): PaymentStatus.VOIDED,
    (PaymentStatus.CAPTURING, Step.LAPSE): PaymentStatus.VOIDED,
    # the order was canceled before it shipped
    (PaymentStatus.AUTHORIZED, Step.RELEASE): PaymentStatus.RELEASING,
    (PaymentStatus.CAPTURED, Step.RELEASE): PaymentStatus.RELEASING,
    (PaymentStatus.RELEASING, Step.VOID): PaymentStatus.VOIDED,
    (PaymentStatus.RELEASING, Step.REFUND): PaymentStatus.REFUNDED,
    (PaymentStatus.OPENING, Step.EXPIRE): PaymentStatus.EXPIRED,
    (PaymentStatus.OPEN, Step.EXPIRE): PaymentStatus.EXPIRED,
    (PaymentStatus.OPENING, Step.FAIL): PaymentStatus.FAILED,
    (PaymentStatus.OPEN, Step.FAIL): PaymentStatus.FAILED,
    # money that arrived too late, or in a wrong amount, is let go again
    (PaymentStatus.EXPIRED, Step.VOID): PaymentStatus.VOIDED,
    (PaymentStatus.FAILED, Step.VOID): PaymentStatus.VOIDED,
    (PaymentStatus.EXPIRED, Step.REFUND): PaymentStatus.REFUNDED,
    (PaymentStatus.FAILED, Step.REFUND): PaymentStatus.REFUNDED,
}
ALIVE = (
    PaymentStatus.OPENING,
    PaymentStatus.OPEN,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.CAPTURING,
    PaymentStatus.CAPTURED,
)
"""An order has at most one payment in these states: it can still take, or has taken, the order's money."""

PAYS = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURING, PaymentStatus.CAPTURED)
"""The money is held or taken for an order: it may not be let go without ending the order first."""

NOT_YET_CAPTURED = (
    PaymentStatus.OPENING,
    PaymentStatus.OPEN,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.CAPTURING,
)
RELEASED = (PaymentStatus.VOIDED, PaymentStatus.REFUNDED, PaymentStatus.EXPIRED, PaymentStatus.FAILED)
"""Nobody stays charged."""

BETWEEN = (PaymentStatus.CAPTURING, PaymentStatus.RELEASING)
"""The service was asked, and its answer is not known yet."""


def after(state: PaymentStatus, step: Step) -> PaymentStatus | None:
    """The state a step leads to, or None where it may not be taken."""
    return TABLE.get((state, step))
