"""Refunds of an order as remembered, and what is left to refund. The money is checkout's matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.orders.models import Order
from shop.orders.refund_models import OrderRefund, OrderRefundLine
from shop.orders.refund_rules import Parts, left
from shop.orders.states import RefundReason


@dataclass(frozen=True)
class RefundWhy:
    """Why an order is refunded. `note` is for colleagues, and may be empty."""

    reason: RefundReason
    note: str = ""


def keep(order_id: int, movement_id: int, parts: Parts, why: RefundWhy, actor_id: int, at: datetime) -> None:
    """Remember a refund in the transaction that asks for it. The record has the reason, never the note."""
    lines = [OrderRefundLine(order_line_id=key, cents=cents) for key, cents in parts.lines.items() if cents]
    row = OrderRefund(
        order_id=order_id,
        movement_id=movement_id,
        actor_id=actor_id,
        at=at,
        reason=why.reason,
        note=why.note,
        delivery_cents=parts.delivery_cents,
        tax_cents=parts.tax_cents,
        lines=lines,
    )
    db.session.add(row)
    db.session.flush()
    _record(Event.ORDER_REFUNDED, row, actor_id, at)


def refuse(movement_id: int, at: datetime) -> None:
    """The payment service refused a refund: it doesn't count any more."""
    row = db.session.scalar(select(OrderRefund).where(OrderRefund.movement_id == movement_id))
    counted = (OrderRefund.movement_id == movement_id) & OrderRefund.refused_at.is_(None)
    if row and rows_changed(update(OrderRefund).where(counted).values(refused_at=at)):
        _record(Event.ORDER_REFUND_REFUSED, row, None, at)


def of_orders(order_ids: Iterable[int]) -> list[OrderRefund]:
    """Every refund of these orders, refused ones too, the oldest first."""
    wanted = select(OrderRefund).where(OrderRefund.order_id.in_(set(order_ids))).order_by(OrderRefund.id)
    return list(
        db.session.scalars(
            wanted.options(selectinload(OrderRefund.lines)).execution_options(populate_existing=True)
        )
    )


def refunded_cents(rows: Iterable[OrderRefund]) -> int:
    """What of these went back or is on its way."""
    return sum(row.total_cents for row in rows if row.refused_at is None)


def removed_cents(rows: Iterable[OrderRefund]) -> int:
    """What of these went back for lines removed before shipping: charged, but not in the order's total."""
    gone = (row for row in rows if row.reason is RefundReason.LINE_REMOVED)
    return refunded_cents(gone)


def still_owed(rows: Iterable[OrderRefund]) -> set[int]:
    """The ids of refused refunds of what was removed, or cost less, before shipping and whose money was not
    asked for again: that is a later refund of the same parts."""
    rows = [row for row in rows if row.reason is RefundReason.LINE_REMOVED]
    latest = {_same(row): row for row in rows}  # the oldest first
    return {row.id for row in latest.values() if row.refused_at is not None}


def paid_for(order: Order) -> Parts:
    """What an order's total consists of."""
    return Parts({line.id: line.total_cents for line in order.lines}, order.delivery_cents, order.tax_cents)


def left_of(order: Order, rows: Iterable[OrderRefund] | None = None) -> Parts:
    """What of an order's total has not been refunded; `rows` are its refunds, where they were read before.

    Decide only with the order locked.
    """
    made = of_orders([order.id]) if rows is None else rows
    return left(paid_for(order), (parts_of(row) for row in made if _counts(row)))


def _counts(row: OrderRefund) -> bool:
    """A removed line left the order's total together with its money."""
    return row.refused_at is None and row.reason is not RefundReason.LINE_REMOVED


def _same(row: OrderRefund) -> tuple[tuple[tuple[int, int], ...], int, int]:
    lines = tuple((line.order_line_id, line.cents) for line in row.lines)
    return lines, row.delivery_cents, row.tax_cents


def parts_of(row: OrderRefund) -> Parts:
    """What a refund consists of."""
    lines = {line.order_line_id: line.cents for line in row.lines}
    return Parts(lines, row.delivery_cents, row.tax_cents)


def _record(event: Event, row: OrderRefund, actor_id: int | None, at: datetime) -> None:
    audit.record(
        event,
        at=at,
        subject=("order", row.order_id),
        actor_id=actor_id,
        reason=row.reason.value,
        amount_cents=row.total_cents,
    )
