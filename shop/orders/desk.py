"""Reading orders for the staff's desk: which wait to be packed, how many stand where, whose line is whose."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, TextClause, select, text
from sqlalchemy.orm import selectinload

from shop.database import db
from shop.keyset import Edge, Keyset, Window, bounded_count
from shop.orders.models import ENDED, Order, OrderLine
from shop.orders.queries import PER_PAGE
from shop.orders.states import OrderStatus


class Tray(StrEnum):
    """Where an order lies on the desk."""

    PACK = "pack"  # the money is authorized or captured: take it from the shelf and ship it
    UNPAID = "unpaid"
    SHIPPED = "shipped"
    ENDED = "ended"  # cancelled or expired


_WHERE: dict[Tray, ColumnElement[bool] | TextClause] = {
    Tray.PACK: Order.status == OrderStatus.PLACED,
    Tray.UNPAID: Order.status == OrderStatus.AWAITING_PAYMENT,
    Tray.SHIPPED: Order.status == OrderStatus.SHIPPED,
    Tray.ENDED: text(ENDED),  # as its index says it
}
_LISTS: dict[Tray, Keyset] = {
    # with work to do oldest first, otherwise newest first; each has its index
    Tray.PACK: Keyset(Order.placed_at, Order.id, newest_first=False, size=PER_PAGE),
    Tray.UNPAID: Keyset(Order.created_at, Order.id, newest_first=False, size=PER_PAGE),
    Tray.SHIPPED: Keyset(Order.created_at, Order.id, newest_first=True, size=PER_PAGE),
    Tray.ENDED: Keyset(Order.created_at, Order.id, newest_first=True, size=PER_PAGE),
}


def tray_counts() -> dict[Tray, int]:
    """How many orders lie in each tray, up to the bound. One query."""
    row = db.session.execute(select(*(bounded_count(Order.id, _WHERE[tray]) for tray in Tray))).one()
    return dict(zip(Tray, row, strict=True))


def to_pack_count() -> int:
    """How many orders wait to be packed, up to the bound."""
    return db.session.scalar(select(bounded_count(Order.id, _WHERE[Tray.PACK]))) or 0


def tray_page(tray: Tray, edge: Edge | None) -> Window[Order]:
    """A page of a tray from `edge` on; None: its start."""
    keyset = _LISTS[tray]
    wanted = keyset.page(select(Order).where(_WHERE[tray]).options(selectinload(Order.lines)), edge)
    return keyset.window(db.session.scalars(wanted).all(), edge)


def numbers_of_lines(line_ids: Iterable[int]) -> dict[int, str]:
    """By order line, the number of its order, in one query."""
    rows = db.session.execute(
        select(OrderLine.id, Order.number)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(set(line_ids)))
    )
    return {row.id: row.number for row in rows}
