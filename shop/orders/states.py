"""The states of an order, as one table. Pure.

awaiting_payment holds stock and prescription quantity; placed: the money is authorized. It is captured when
the order ships, so only a paid order is shipped, and only one that is not yet paid can lapse. packed: its
units are in the parcel, so the customer no longer cancels or changes it; staff still do. Who packs and ships
in one go skips it.
"""

from enum import StrEnum


class OrderStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    CANCELED = "canceled"
    EXPIRED = "expired"


class Step(StrEnum):
    """What can happen to an order; also the codes of its timeline, as stored."""

    PLACE = "placed"
    PAY = "paid"
    PACK = "packed"
    UNPACK = "unpacked"
    SHIP = "shipped"
    CANCEL = "canceled"
    EXPIRE = "expired"
    LAPSE = "lapsed"  # placed, and then its money could no longer be taken


class CancelReason(StrEnum):
    """Why staff cancel an order."""

    MUST_NOT_SHIP = "must_not_ship"  # a medicine in it may not be sent, or not to this person
    OUT_OF_STOCK = "out_of_stock"
    NOT_DELIVERABLE = "not_deliverable"
    CUSTOMER_ASKED = "customer_asked"
    PAYMENT_DOUBTFUL = "payment_doubtful"
    OTHER = "other"


class RefundReason(StrEnum):
    """Why money of an order goes back although the order stands."""

    DAMAGED = "damaged"
    LOST_IN_MAIL = "lost_in_mail"
    LATE = "late"
    WRONG_ITEM = "wrong_item"
    RECALLED = "recalled"
    RETURNED = "returned"
    GOODWILL = "goodwill"
    LINE_REMOVED = "line_removed"  # before it shipped; no one chooses this
    OTHER = "other"


class ReturnReason(StrEnum):
    """Why shipped goods came back."""

    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    RECALLED = "recalled"
    UNDELIVERABLE = "undeliverable"
    UNWANTED = "unwanted"
    OTHER = "other"


class StaffAct(StrEnum):
    """What staff did with an order beside its steps."""

    NOTE = "note"
    MAIL_RESENT = "mail_resent"
    TRACKING = "tracking"
    ADDRESS = "address"
    PACKED = "packed"
    UNPACKED = "unpacked"


TABLE: dict[tuple[OrderStatus, Step], OrderStatus] = {
    (OrderStatus.AWAITING_PAYMENT, Step.PLACE): OrderStatus.PLACED,
    (OrderStatus.AWAITING_PAYMENT, Step.CANCEL): OrderStatus.CANCELED,
    (OrderStatus.AWAITING_PAYMENT, Step.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.PLACED, Step.PAY): OrderStatus.PLACED,
    (OrderStatus.PLACED, Step.PACK): OrderStatus.PACKED,
    (OrderStatus.PLACED, Step.SHIP): OrderStatus.SHIPPED,
    (OrderStatus.PLACED, Step.CANCEL): OrderStatus.CANCELED,
    (OrderStatus.PLACED, Step.LAPSE): OrderStatus.CANCELED,
    (OrderStatus.PACKED, Step.PAY): OrderStatus.PACKED,
    (OrderStatus.PACKED, Step.UNPACK): OrderStatus.PLACED,
    (OrderStatus.PACKED, Step.SHIP): OrderStatus.SHIPPED,
    (OrderStatus.PACKED, Step.CANCEL): OrderStatus.CANCELED,  # by staff: `may_cancel`
    (OrderStatus.PACKED, Step.LAPSE): OrderStatus.CANCELED,
}

ENDED = (OrderStatus.CANCELED, OrderStatus.EXPIRED)
TO_SHIP = (OrderStatus.PLACED, OrderStatus.PACKED)
"""Paid or authorized, and still here."""
UNDER_WAY = (OrderStatus.AWAITING_PAYMENT, *TO_SHIP)
"""Neither shipped nor ended."""


def after(status: OrderStatus, step: Step) -> OrderStatus | None:
    """The status a step leads to, or None where it may not be taken."""
    return TABLE.get((status, step))


def may_cancel(status: OrderStatus, by_staff: bool) -> bool:
    """Whether an order may be canceled: by its customer until it is packed, by staff until it ships."""
    return after(status, Step.CANCEL) is not None and (by_staff or status != OrderStatus.PACKED)
