"""Returns of an order as remembered: why goods came back. What becomes of the units is stock's matter."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.orders.return_models import OrderReturn
from shop.orders.states import ReturnReason


@dataclass(frozen=True)
class ReturnWhy:
    """Why goods came back. `note` is for colleagues, and may be empty."""

    reason: ReturnReason
    note: str = ""


def known(form: str) -> bool:
    """Whether the form with this id was booked already."""
    return db.session.scalar(select(OrderReturn.id).where(OrderReturn.form == form)) is not None


def keep(order_id: int, why: ReturnWhy, units: int, form: str, actor_id: int, at: datetime) -> None:
    """Store a return, in the transaction that books its units. The audit record never has the note."""
    row = OrderReturn(
        order_id=order_id, reason=why.reason, note=why.note, form=form, actor_id=actor_id, at=at
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Event.ORDER_RETURNED,
        at=at,
        subject=("order", order_id),
        actor_id=actor_id,
        reason=why.reason.value,
        quantity=units,
    )


def of_order(order_id: int) -> list[OrderReturn]:
    """Every return of an order, the oldest first."""
    rows = select(OrderReturn).where(OrderReturn.order_id == order_id).order_by(OrderReturn.id)
    return list(db.session.scalars(rows))
