"""Writing and reading what staff note about an order or do with it. The audit record never has the text."""

from datetime import datetime

from sqlalchemy import select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.orders.staff_models import OrderStaffEntry
from shop.orders.states import StaffAct

EVENTS = {
    StaffAct.NOTE: Event.ORDER_NOTED,
    StaffAct.MAIL_RESENT: Event.ORDER_MAIL_RESENT,
    StaffAct.TRACKING: Event.ORDER_TRACKING_CHANGED,
    StaffAct.ADDRESS: Event.ORDER_ADDRESS_CHANGED,
    StaffAct.PACKED: Event.ORDER_PACKED,
    StaffAct.UNPACKED: Event.ORDER_UNPACKED,
}


def add(order_id: int, kind: StaffAct, actor_id: int, at: datetime, text: str = "") -> int:
    """Note it, in the transaction that does it; the entry's id."""
    row = OrderStaffEntry(order_id=order_id, kind=kind, actor_id=actor_id, at=at, text=text)
    db.session.add(row)
    db.session.flush()
    audit.record(EVENTS[kind], at=at, subject=("order", order_id), actor_id=actor_id)
    return row.id


def of_order(order_id: int) -> list[OrderStaffEntry]:
    """Every entry of an order, the oldest first."""
    rows = select(OrderStaffEntry).where(OrderStaffEntry.order_id == order_id).order_by(OrderStaffEntry.id)
    return list(db.session.scalars(rows))


def resent_at(order_id: int) -> list[datetime]:
    """When mails of an order were sent again."""
    theirs = (OrderStaffEntry.order_id == order_id) & (OrderStaffEntry.kind == StaffAct.MAIL_RESENT)
    return list(db.session.scalars(select(OrderStaffEntry.at).where(theirs)))
