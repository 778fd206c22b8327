"""A decision about an alert of an order taken back while the order is here: it holds the order again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, lock_name
from shop.drug_review.decisions import ORDERS
from shop.drug_review.models import DECIDED, ReviewAlert
from shop.drug_review.order_review import ReviewChanged, note_open, note_order
from shop.drug_review.report import OUTCOME_WORDS
from shop.errors import NotFound
from shop.orders import queries as orders
from shop.orders.models import Order
from shop.orders.states import TO_SHIP

MOST_LISTED = 20


@dataclass(frozen=True)
class Decided:
    """One decision about an alert of an order that has not shipped, as its page says it."""

    id: int
    rule: str
    sentence: str
    outcome: str
    note: str
    decided_by: int
    decided_at: datetime


def decided(order_id: int) -> list[Decided]:
    """The decisions about an order, the oldest first."""
    rows = db.session.scalars(_decisions(order_id).order_by(ReviewAlert.id))
    return [
        Decided(
            row.id,
            row.rule,
            row.sentence,
            OUTCOME_WORDS.get(row.outcome or "", row.outcome or ""),
            row.note,
            row.decided_by or 0,
            row.decided_at or row.shown_at,
        )
        for row in rows
    ]


def lately_decided() -> Sequence[str]:
    """The numbers of orders that wait to ship and were decided about, the latest first."""
    latest = (
        select(Order.number)
        .join(ReviewAlert, ReviewAlert.order_id == Order.id)
        .where(Order.status.in_(TO_SHIP), *DECIDED)
        .order_by(ReviewAlert.decided_at.desc(), ReviewAlert.id.desc())
        .limit(MOST_LISTED)
    )
    return list(dict.fromkeys(db.session.scalars(latest)))


def take_back(number: str, alert_id: int, pharmacist_id: int, at: datetime, today: date) -> None:
    """Reopen a decision: this order, and every other that it spared the question, waits for one again.

    Any pharmacist may: it only holds up. What was decided stays in the audit record. Raises NotFound for an
    order that has shipped or ended, and ReviewChanged where there is no such decision any more.
    """
    order = orders.lock(orders.id_of(number) or 0)  # so is it while it ships, which reads the decisions
    if order is None or order.status not in TO_SHIP:
        raise NotFound("This order isn’t waiting to be shipped.", "Go back to the list of reviews.")
    lock_name(ORDERS)
    row = db.session.scalar(_decisions(order.id).where(ReviewAlert.id == alert_id))
    if row is None:
        raise ReviewChanged
    code = row.outcome or ""
    row.outcome = row.decided_by = row.decided_at = row.holds_until = None
    row.note = ""
    db.session.flush()
    audit.record(
        Event.ORDER_REVIEW_TAKEN_BACK,
        at=at,
        subject=("order", order.id),
        actor_id=pharmacist_id,
        alert=row.id,
        outcome=code,
    )
    if row.patient_id is None:
        note_order(order.id, at, today)
    else:
        note_open(row.patient_id, at, today)


def _decisions(order_id: int) -> Select[Any]:
    return select(ReviewAlert).where(ReviewAlert.order_id == order_id, *DECIDED)
