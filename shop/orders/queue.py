"""The staff's queues of orders: which wait to be packed, how many there are, whose line is whose."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, TextClause, func, select, text
from sqlalchemy.orm import selectinload

from shop.database import db
from shop.keyset import Edge, Keyset, Window, bounded_count
from shop.orders.models import ENDED, Order, OrderLine
from shop.orders.queries import PER_PAGE
from shop.orders.states import OrderStatus

MOST_COUNTED = 10_000


class Queue(StrEnum):
    """Which list of the staff an order is in."""

    PACK = "pack"  # the money is authorized or captured: take it from the shelf
    PACKED = "packed"  # in its parcel, to be shipped
    UNPAID = "unpaid"
    SHIPPED = "shipped"
    ENDED = "ended"  # canceled or expired


_WHERE: dict[Queue, ColumnElement[bool] | TextClause] = {
    Queue.PACK: Order.status == OrderStatus.PLACED,
    Queue.PACKED: Order.status == OrderStatus.PACKED,
    Queue.UNPAID: Order.status == OrderStatus.AWAITING_PAYMENT,
    Queue.SHIPPED: Order.status == OrderStatus.SHIPPED,
    Queue.ENDED: text(ENDED),  # as its index says it
}
BY_PROMISE = (Queue.PACK, Queue.PACKED)
_PROMISED = Keyset(Order.placed_at, Order.id, newest_first=False, size=PER_PAGE, day=Order.promised_on)
_LISTS: dict[Queue, Keyset] = {
    # with work to do oldest first, otherwise newest first; each has its index
    Queue.PACK: Keyset(Order.placed_at, Order.id, newest_first=False, size=PER_PAGE),
    Queue.PACKED: Keyset(Order.placed_at, Order.id, newest_first=False, size=PER_PAGE),
    Queue.UNPAID: Keyset(Order.created_at, Order.id, newest_first=False, size=PER_PAGE),
    Queue.SHIPPED: Keyset(Order.created_at, Order.id, newest_first=True, size=PER_PAGE),
    Queue.ENDED: Keyset(Order.created_at, Order.id, newest_first=True, size=PER_PAGE),
}


def queue_counts() -> dict[Queue, int]:
    """How many orders are in each queue, up to the bound. One query."""
    row = db.session.execute(select(*(bounded_count(Order.id, _WHERE[queue]) for queue in Queue))).one()
    return dict(zip(Queue, row, strict=True))


def to_pack_count() -> int:
    """How many orders wait to be packed, up to the bound."""
    return db.session.scalar(select(bounded_count(Order.id, _WHERE[Queue.PACK]))) or 0


def queue_page(queue: Queue, edge: Edge | None, oldest_first: bool = False) -> Window[Order]:
    """A page of a queue from `edge` on; None: its start.

    What is to be shipped comes by the promised day, the oldest of a day first, without a day last; or, with
    `oldest_first`, by when it was ordered.
    """
    keyset = _PROMISED if queue in BY_PROMISE and not oldest_first else _LISTS[queue]
    wanted = keyset.page(select(Order).where(_WHERE[queue]).options(selectinload(Order.lines)), edge)
    return keyset.window(db.session.scalars(wanted).all(), edge)


def by_status() -> dict[OrderStatus, int]:
    """By status, at most MOST_COUNTED each, in one query; read from the index of statuses."""
    counts = (
        select(func.count())
        .select_from(select(Order.status).where(Order.status == status).limit(MOST_COUNTED).subquery())
        .scalar_subquery()
        for status in OrderStatus
    )
    return dict(zip(OrderStatus, db.session.execute(select(*counts)).one(), strict=True))


def numbers_of_lines(line_ids: Iterable[int]) -> dict[int, str]:
    """By order line, the number of its order, in one query."""
    rows = db.session.execute(
        select(OrderLine.id, Order.number)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(set(line_ids)))
    )
    return {row.id: row.number for row in rows}
