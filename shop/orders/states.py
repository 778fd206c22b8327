"""The states of an order, as one table. Pure.

awaiting_payment holds stock and prescription quantity; placed: the money is authorized. It is captured when
the order ships, so only a paid order is shipped, and only one that is not yet paid can lapse.
"""

from enum import StrEnum


class Status(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PLACED = "placed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Step(StrEnum):
    """What can happen to an order; also the codes of its timeline."""

    PLACE = "placed"
    PAY = "paid"
    SHIP = "shipped"
    CANCEL = "cancelled"
    EXPIRE = "expired"
    LAPSE = "lapsed"  # placed, and then its money could no longer be taken


TABLE: dict[tuple[Status, Step], Status] = {
    (Status.AWAITING_PAYMENT, Step.PLACE): Status.PLACED,
    (Status.AWAITING_PAYMENT, Step.CANCEL): Status.CANCELLED,
    (Status.AWAITING_PAYMENT, Step.EXPIRE): Status.EXPIRED,
    (Status.PLACED, Step.PAY): Status.PLACED,
    (Status.PLACED, Step.SHIP): Status.SHIPPED,
    (Status.PLACED, Step.CANCEL): Status.CANCELLED,
    (Status.PLACED, Step.LAPSE): Status.CANCELLED,
}


def after(status: Status, step: Step) -> Status | None:
    """The status a step leads to, or None where it may not be taken."""
    return TABLE.get((status, step))
