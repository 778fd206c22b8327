"""Reading orders for the staff's desk: which wait to be packed, how many stand where, whose line is whose."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from shop.database import db
from shop.orders.models import Order, OrderLine
from shop.orders.queries import PER_PAGE
from shop.orders.states import Status
from shop.paging import Page, within


class Tray(StrEnum):
    """Where an order lies on the desk."""

    PACK = "pack"  # the money is authorized or captured: take it from the shelf and ship it
    UNPAID = "unpaid"
    SHIPPED = "shipped"
    ENDED = "ended"  # cancelled or expired


_WHERE: dict[Tray, ColumnElement[bool]] = {
    Tray.PACK: Order.status == Status.PLACED,
    Tray.UNPAID: Order.status == Status.AWAITING_PAYMENT,
    Tray.SHIPPED: Order.status == Status.SHIPPED,
    Tray.ENDED: Order.status.in_([Status.CANCELLED, Status.EXPIRED]),
}
_OLDEST_FIRST = {Tray.PACK: Order.placed_at, Tray.UNPAID: Order.created_at}


def tray_counts() -> dict[Tray, int]:
    """How many orders lie in each tray, in one query."""
    row = db.session.execute(select(*(func.count().filter(where) for where in _WHERE.values()))).one()
    return dict(zip(_WHERE, row, strict=True))


def to_pack_count() -> int:
    """How many orders wait to be packed."""
    return db.session.scalar(select(func.count(Order.id)).where(_WHERE[Tray.PACK])) or 0


def tray_page(tray: Tray, total: int, page: int) -> Page[Order]:
    """One page of a tray that holds `total` orders: with work to do oldest first, otherwise newest first."""
    page = within(page, PER_PAGE, total)
    oldest = _OLDEST_FIRST.get(tray)
    rows = db.session.scalars(
        select(Order)
        .where(_WHERE[tray])
        .order_by(*(Order.created_at.desc(), Order.id.desc()) if oldest is None else (oldest, Order.id))
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
        .options(selectinload(Order.lines))
    ).all()
    return Page(rows, page, PER_PAGE, total)


def numbers_of_lines(line_ids: Iterable[int]) -> dict[int, str]:
    """By order line, the number of its order, in one query."""
    rows = db.session.execute(
        select(OrderLine.id, Order.number)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(set(line_ids)))
    )
    return {row.id: row.number for row in rows}
