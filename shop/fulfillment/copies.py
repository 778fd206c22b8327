"""Approved copies that nobody has confirmed: those that keep a paid order from shipping, then the others.

So that nothing is forgotten. What lets a copy ship, `prescriptions.copies` says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, text

from shop.accounts import queries as accounts
from shop.database import db
from shop.keyset import Edge, Keyset, Window
from shop.orders.models import Order, OrderLine
from shop.orders.states import TO_SHIP
from shop.prescriptions.copies import shipping_refusal
from shop.prescriptions.ledger.confirming import COPIES
from shop.prescriptions.models import DECIDED, Prescription, PrescriptionItem
from shop.prescriptions.states import PrescriptionStatus
from shop.safety.states_served import state_code
from shop.web import settings

MOST_LINES = 1000
PER_PAGE = 25
_LIST = Keyset(Prescription.decided_at, Prescription.id, newest_first=True, size=PER_PAGE)


@dataclass(frozen=True)
class Copy:
    """One that waits. `ordered_at` is when the oldest order on it was placed, None for no paid order."""

    id: int
    reference: str
    customer: str
    decided_at: datetime
    ordered_at: datetime | None = None


def with_paid_orders() -> list[Copy]:
    """Those on which a placed order waits, the longest first; none where a copy suffices. Two questions."""
    rows = db.session.execute(
        select(*_COLUMNS, Prescription.origin, Order.region, Order.placed_at)
        .join(PrescriptionItem, PrescriptionItem.prescription_id == Prescription.id)
        .join(OrderLine, OrderLine.prescription_item_id == PrescriptionItem.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.status.in_(TO_SHIP), OrderLine.removed_at.is_(None), *_UNCONFIRMED)
        .order_by(Order.placed_at, Order.id)
        .limit(MOST_LINES)
    ).all()
    suffice = settings().copy_suffices_in
    waiting = [
        row for row in rows if shipping_refusal(row.origin, None, state_code(row.region), suffice) is not None
    ]
    names = accounts.names_of({row.user_id for row in waiting})
    first = {row.id: row for row in reversed(waiting)}
    found = [
        Copy(row.id, row.reference, names.get(row.user_id, ""), row.decided_at, row.placed_at)
        for row in first.values()
    ]
    return sorted(found, key=lambda copy: (copy.ordered_at, copy.id))


def others(but: Collection[int], edge: Edge | None, today: date) -> Window[Copy]:
    """A page of those that can still be dispensed, the latest decision first, without the ids of `but`."""
    question: Select[Any] = select(*_COLUMNS).where(text(DECIDED), *_UNCONFIRMED)  # DECIDED as its index says
    question = question.where(Prescription.valid_on(today), Prescription.id.not_in(but))
    window = _LIST.window(db.session.execute(_LIST.page(question, edge)).all(), edge)
    names = accounts.names_of({row.user_id for row in window.rows})
    rows = [Copy(row.id, row.reference, names.get(row.user_id, ""), row.decided_at) for row in window.rows]
    return Window(rows, window.previous, window.next)


_COLUMNS: tuple[Any, ...] = (
    Prescription.id,
    Prescription.reference,
    Prescription.user_id,
    Prescription.decided_at,
)
_UNCONFIRMED: tuple[ColumnElement[bool], ...] = (
    Prescription.status == PrescriptionStatus.APPROVED,
    Prescription.origin.in_(COPIES),
    Prescription.confirmed_at.is_(None),
)
