"""The day an order is promised by: what its page, its mails and the packing desk say.

An order keeps the day once it is paid for and no pharmacist has to look at it first; until then its method's
business days are said. Orders from before there were delivery methods have neither.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from shop.clock import business_date, days_ahead
from shop.delivery.calendar import DAY, after
from shop.orders.models import Order
from shop.orders.states import ENDED, OrderStatus


def arrives_by(order: Order, today: date, delivery_days: int, market: str) -> date | None:
    """The day an order should arrive by, of an order's facts; as `arrival`."""
    if order.status in (OrderStatus.AWAITING_PAYMENT, *ENDED):
        return None
    shipped = business_date(order.shipped_at) if order.shipped_at else None
    return arrival(order.promised_on, order.transit_days, shipped, today, delivery_days, market)


def arrival(
    promised_on: date | None,
    transit_days: int | None,
    shipped_on: date | None,
    today: date,
    delivery_days: int,
    market: str,
) -> date | None:
    """What was promised, or a later day if it shipped late; None while it waits for a pharmacist. Pure.

    Without `transit_days` (before there were methods) it arrives within `delivery_days` of shipping, as if it
    shipped `today`.
    """
    if transit_days is None:
        return days_ahead(shipped_on or today, delivery_days)
    days = [promised_on] if promised_on else []
    if shipped_on:
        days.append(after(shipped_on, transit_days, market))
    return max(days, default=None)


class Due(StrEnum):
    """What the packing desk has to know about a promised day."""

    LATE = "late"  # it is over
    WILL_BE_LATE = "will_be_late"  # not kept even if it ships today
    TODAY = "today"  # kept only if it ships today


def due(promised_on: date | None, transit_days: int | None, today: date, market: str) -> Due | None:
    """How pressing an order is that hasn’t shipped; None while another day will do, or where no day was
    promised. Pure."""
    if promised_on is None:
        return None
    if promised_on < today:
        return Due.LATE
    if after(today, transit_days or 0, market) > promised_on:
        return Due.WILL_BE_LATE
    return Due.TODAY if after(today + DAY, transit_days or 0, market) > promised_on else None


def mail_codes(order: Order, day: date | None) -> dict[str, Any]:
    """What a mail says of the delivery of an order that arrives by `day`."""
    return {
        "method": order.delivery_name,
        "arrives_by": day.isoformat() if day else "",
        "handling_days": order.handling_days or 0,
        "transit_days": order.transit_days or 0,
    }
