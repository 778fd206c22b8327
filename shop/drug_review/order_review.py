"""The review of orders: what keeps one from shipping until a pharmacist has decided about it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.database import db
from shop.drug_review import decisions
from shop.drug_review.asking import Asked, ask_open
from shop.drug_review.models import ReviewAlert
from shop.drug_review.reading import Line, Visit
from shop.drug_review.taking import From
from shop.orders.models import Order, OrderLine
from shop.orders.states import OrderStatus
from shop.patients import queries as patients
from shop.patients.queries import PatientFacts

MOST_ORDERS = 400
"""Placed orders reviewed for one page, the oldest first."""


def open_alerts(orders: Sequence[Order], today: date) -> dict[int, list[Asked]]:
    """By the id of an order, the alerts that stop it or wait for a decision; lines are to be loaded.

    In a number of questions that does not grow with the orders. What is bought without a prescription counts
    for each patient with a line on prescription, unless the line says for whom it is.
    """
    known = patients.by_ids(line.patient_id for order in orders for line in order.lines)
    visits = [(order, visit) for order in orders for visit in _visits(order, known)]
    found: dict[int, list[Asked]] = {order.id: [] for order in orders}
    asked = ask_open([visit for _, visit in visits], today)
    for (order, _), alerts in zip(visits, asked, strict=True):
        found[order.id] += alerts
    return found


def _visits(order: Order, known: dict[int, PatientFacts]) -> list[Visit]:
    ids = {line.patient_id for line in order.lines if line.prescription_item_id and line.patient_id}
    return [
        Visit.of(
            known[patient_id],
            [_line(line) for line in order.lines if _is_for(line, patient_id)],
            From.BASKET,
            order.number,
        )
        for patient_id in sorted(ids & known.keys())
    ]


def _is_for(line: OrderLine, patient_id: int) -> bool:
    return line.patient_id == patient_id or (line.patient_id is None and not line.prescription_required)


def _line(line: OrderLine) -> Line:
    return Line(f"line-{line.id}", line.variant_id, line.quantity, line.prescription_item_id)


def note_open(patient_id: int, at: datetime, today: date) -> None:
    """Something about a patient changed: note what their placed orders wait for now, so that it counts."""
    mine = select(OrderLine.order_id).where(OrderLine.patient_id == patient_id)
    _note(_placed(Order.id.in_(mine)), at, today)


def waiting(at: datetime, today: date) -> list[tuple[Order, list[Asked]]]:
    """The placed orders with open alerts, the longest placed first; each alert is noted as shown."""
    orders = _placed()
    found = _note(orders, at, today)
    return [(order, found[order.id]) for order in orders if found[order.id]]


def count_waiting() -> int:
    """How many placed orders have an alert nobody has settled, by what was noted: one question."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(Order.id)))
            .join(ReviewAlert, ReviewAlert.order_id == Order.id)
            .where(Order.status == OrderStatus.PLACED)
            .where(ReviewAlert.outcome.is_(None), ReviewAlert.lifted_at.is_(None))
        )
        or 0
    )


def _note(orders: Sequence[Order], at: datetime, today: date) -> dict[int, list[Asked]]:
    found = open_alerts(orders, today)
    decisions.show_orders(found, at)
    return found


def _placed(*where: object) -> list[Order]:
    rows = db.session.scalars(
        select(Order)
        .where(Order.status == OrderStatus.PLACED, *where)  # type: ignore[arg-type]
        .order_by(Order.placed_at, Order.id)
        .limit(MOST_ORDERS)
        .options(selectinload(Order.lines))
        .execution_options(populate_existing=True)
    )
    return list(rows)
