"""What must be true of orders, and how long it is remembered whom they are for."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, func, select

from shop.database import db, rows_changed
from shop.maintenance.checks import Result, result, verifies
from shop.maintenance.retention import kept_for
from shop.money import line_total_cents
from shop.orders.models import Order, OrderLine, OrderLineLot
from shop.orders.person_models import OrderPerson
from shop.orders.states import OrderStatus


@kept_for("keep_order_persons_days")
def order_persons(before: datetime, most: int) -> int:
    """Whom an order is for: asked for as long as a limit counts. Among the first made, the old ones."""
    first = select(OrderPerson.order_id).order_by(OrderPerson.order_id).limit(most).subquery()
    old = select(Order.id).join(first, first.c.order_id == Order.id).where(Order.created_at < before)
    return rows_changed(delete(OrderPerson).where(OrderPerson.order_id.in_(old)))


@verifies("orders: an order's total is the sum of its lines and the delivery")
def totals() -> Result:
    """Every order has lines, and their totals are what was asked for."""
    return result(db.session.scalar(select(func.count(Order.id))) or 0, _wrong_totals())


def _wrong_totals() -> Iterator[str]:
    lines = (
        select(OrderLine.order_id, func.sum(OrderLine.total_cents).label("cents"))
        .where(OrderLine.removed_at.is_(None))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    total = func.coalesce(lines.c.cents, -1)
    rows = db.session.execute(
        select(Order.id, Order.subtotal_cents, total.label("lines"))
        .outerjoin(lines, lines.c.order_id == Order.id)
        .where(Order.subtotal_cents != total)
        .order_by(Order.id)
    )
    for row in rows:
        yield f"order {row.id}: {row.subtotal_cents} cents, its lines {max(row.lines, 0)}"


@verifies("orders: a line's total is its price times its quantity")
def line_totals() -> Result:
    """Multiplied exactly and rounded once."""
    return result(db.session.scalar(select(func.count(OrderLine.id))) or 0, _wrong_lines())


def _wrong_lines() -> Iterator[str]:
    rows = db.session.execute(
        select(
            OrderLine.id, OrderLine.unit_price, OrderLine.quantity, OrderLine.total_cents
        ).execution_options(yield_per=1000)
    )
    for row in rows:
        right = line_total_cents(row.unit_price, row.quantity)
        if row.total_cents != right:
            yield f"order line {row.id}: {row.total_cents} cents, should be {right}"


@verifies("orders: a shipped line remembers the lots it came from")
def lots() -> Result:
    """The lots of a shipped order's line add up to its quantity: what a recall asks."""
    shipped = select(func.count(OrderLine.id)).join(Order).where(Order.status == OrderStatus.SHIPPED)
    return result(db.session.scalar(shipped) or 0, _wrong_lots())


def _wrong_lots() -> Iterator[str]:
    picked = (
        select(OrderLineLot.order_line_id, func.sum(OrderLineLot.quantity).label("units"))
        .group_by(OrderLineLot.order_line_id)
        .subquery()
    )
    units = func.coalesce(picked.c.units, 0)
    rows = db.session.execute(
        select(OrderLine.id, OrderLine.quantity, units.label("picked"))
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(picked, picked.c.order_line_id == OrderLine.id)
        .where(Order.status == OrderStatus.SHIPPED, OrderLine.quantity != units)
        .where(OrderLine.removed_at.is_(None))
        .order_by(OrderLine.id)
    )
    for row in rows:
        yield f"order line {row.id}: {row.quantity} units, lots of {row.picked}"
