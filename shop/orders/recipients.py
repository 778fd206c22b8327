"""Whom a lot went to: what a recall asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shop.database import db
from shop.orders.models import Order, OrderLine, OrderLineLot
from shop.paging import Page, within

ROWS = 50


@dataclass(frozen=True)
class Recipient:
    """An order that units of a lot were dispensed for, and how its customer is reached."""

    number: str
    user_id: int
    shipped_at: datetime | None
    units: int
    recipient: str
    place: str
    phone: str


def recipients_of(lot_id: int, asked: int = 1) -> Page[Recipient]:
    """A page of the orders that got units of a lot, the newest first; all of them over its pages.

    What was returned since is not taken off: the order's page says so. Two questions.
    """
    of_lot = (
        select(Order.id.label("order_id"), func.sum(OrderLineLot.quantity).label("units"))
        .join(OrderLine, OrderLine.id == OrderLineLot.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLineLot.lot_id == lot_id)
        .group_by(Order.id)
        .subquery()
    )
    total = db.session.scalar(select(func.count()).select_from(of_lot)) or 0
    number = within(asked, ROWS, total)
    rows = db.session.execute(
        select(Order, of_lot.c.units)
        .join(of_lot, of_lot.c.order_id == Order.id)
        .order_by(Order.id.desc())
        .limit(ROWS)
        .offset((number - 1) * ROWS)
    )
    found: Sequence[Recipient] = [
        Recipient(
            order.number,
            order.user_id,
            order.shipped_at,
            units,
            order.recipient or "",
            ", ".join(part for part in (order.city, order.region) if part),
            order.phone or "",
        )
        for order, units in rows
    ]
    return Page(found, number, ROWS, total)
