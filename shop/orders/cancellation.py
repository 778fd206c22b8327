"""Canceling by staff: why, and what they noted. That the order ends, `service` and checkout see to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shop.database import db
from shop.orders.cancel_models import OrderCancellation
from shop.orders.states import CancelReason


@dataclass(frozen=True)
class ByStaff:
    """Why a member of staff cancels an order. `note` is for colleagues, and may be empty."""

    reason: CancelReason
    note: str = ""


def keep(order_id: int, why: ByStaff, actor_id: int, at: datetime) -> None:
    """Remember it, in the transaction that cancels the order; an order is canceled once."""
    row = OrderCancellation(order_id=order_id, actor_id=actor_id, at=at, reason=why.reason, note=why.note)
    db.session.add(row)
    db.session.flush()


def of_order(order_id: int) -> OrderCancellation | None:
    """By whom of the staff and why an order was canceled; None where it was not, or by its customer."""
    return db.session.scalar(select(OrderCancellation).where(OrderCancellation.order_id == order_id))
