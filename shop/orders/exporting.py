"""What an account is given of its orders when it exports everything."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.addresses import exported
from shop.database import db
from shop.orders import refunds
from shop.orders.cancel_models import OrderCancellation
from shop.orders.models import Order, OrderLine
from shop.orders.return_models import OrderReturn
from shop.patients import queries as patients


def everything(user_id: int) -> list[dict[str, Any]]:
    """The account's orders, newest first, unpaid and canceled ones too."""
    rows = db.session.scalars(
        select(Order)
        .where(Order.user_id == user_id)
        .order_by(Order.id.desc())
        .options(selectinload(Order.lines), selectinload(Order.events))
    ).all()
    names = patients.names_of(line.patient_id for row in rows for line in row.lines)
    ids = [row.id for row in rows]
    ended, given_back, returned = _ended(ids), _refunds(ids), _returns(ids)
    return [
        {
            "number": row.number,
            "status": row.status,
            "ordered_at": row.ordered_at,
            "address": exported(row.address),
            "lines": [_line(line, names) for line in row.lines],
            "currency": row.currency,
            "subtotal_cents": row.subtotal_cents,
            "delivery": row.delivery_name,
            "delivery_cents": row.delivery_cents,
            "tax_cents": row.tax_cents,
            "total_cents": row.total_cents,
            "age_declared": row.age_declared,
            "promised_on": row.promised_on,
            "tracking": row.tracking,
            "timeline": [{"at": event.at, "event": event.event} for event in row.events],
            "canceled_by_us_for": ended.get(row.id),
            "refunds": given_back[row.id],
            "returns": returned[row.id],
        }
        for row in rows
    ]


Of = dict[int, list[dict[str, Any]]]
"""By order."""


def _ended(order_ids: list[int]) -> dict[int, str]:
    canceled = select(OrderCancellation).where(OrderCancellation.order_id.in_(order_ids))
    return {row.order_id: row.reason for row in db.session.scalars(canceled)}


def _refunds(order_ids: list[int]) -> Of:
    found: Of = defaultdict(list)
    for row in refunds.of_orders(order_ids):
        if row.refused_at is None:
            found[row.order_id].append({"at": row.at, "reason": row.reason, "cents": row.total_cents})
    return found


def _returns(order_ids: list[int]) -> Of:
    found: Of = defaultdict(list)
    back = select(OrderReturn).where(OrderReturn.order_id.in_(order_ids)).order_by(OrderReturn.id)
    for row in db.session.scalars(back):
        found[row.order_id].append({"at": row.at, "reason": row.reason})
    return found


def _line(line: OrderLine, names: dict[int, str]) -> dict[str, Any]:
    someone = "someone else" if line.someone_else else None
    return {
        "medicine": line.name,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "total_cents": line.total_cents,
        "for": names.get(line.patient_id) if line.patient_id else someone,
    }
