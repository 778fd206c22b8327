"""Our side: orders with their payments and movements, read in portions, as values. Reads and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from shop.database import db, portions
from shop.orders.models import Order, OrderEvent
from shop.payments.models import Payment, PaymentMovement
from shop.payments.states import MovementKind, MovementState, Reason

PORTION = 500


@dataclass(frozen=True)
class PaymentBooks:
    """One payment as our books have it. `latest` is when anything of it last changed."""

    reference: str
    session_id: str | None
    intent_id: str | None
    state: str
    amount_cents: int
    currency: str
    refunded_cents: int
    staff_refunded_cents: int
    unfinished: bool
    latest: datetime
    held_cents: int | None
    removed_cents: int


@dataclass(frozen=True)
class OrderBooks:
    """One order with all its payments. `latest` is when anything of it last changed."""

    id: int
    number: str
    status: str
    total_cents: int
    currency: str
    latest: datetime
    payments: tuple[PaymentBooks, ...]


def in_portions(since: datetime | None) -> Iterator[list[OrderBooks]]:
    """Every order made since, by id, some hundred at a time; no transaction is open between two portions."""
    last = 0
    while True:
        found = _read(Order.id > last, *([Order.created_at >= since] if since else []))
        db.session.rollback()
        if not found:
            return
        last = found[-1].id
        yield found


def one(order_id: int) -> OrderBooks:
    """One order as it is now."""
    (order,) = _read(Order.id == order_id)
    db.session.rollback()
    return order


def known(intent_id: str, reference: str | None) -> bool:
    """Whether any payment of ours, of whatever time, has this intent or this reference."""
    found = db.session.scalar(
        select(Payment.id).where(or_(Payment.intent_id == intent_id, Payment.reference == reference)).limit(1)
    )
    db.session.rollback()
    return found is not None


def _read(*where: ColumnElement[bool]) -> list[OrderBooks]:
    orders = db.session.execute(
        select(Order.id, Order.number, Order.status, Order.total_cents, Order.currency, Order.created_at)
        .where(*where)
        .order_by(Order.id)
        .limit(PORTION)
    ).all()
    ids = [order.id for order in orders]
    payments, changed = _payments(ids), _changed(ids)
    return [
        OrderBooks(
            order.id,
            order.number,
            order.status,
            order.total_cents,
            order.currency,
            max(
                order.created_at,
                changed.get(order.id, order.created_at),
                *(payment.latest for payment in payments[order.id]),
            ),
            tuple(payments[order.id]),
        )
        for order in orders
    ]


def _changed(order_ids: Iterable[int]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for ids in portions(order_ids):
        rows = db.session.execute(
            select(OrderEvent.order_id, func.max(OrderEvent.at).label("latest"))
            .where(OrderEvent.order_id.in_(ids))
            .group_by(OrderEvent.order_id)
        )
        found |= {row.order_id: row.latest for row in rows}
    return found


def _payments(order_ids: list[int]) -> dict[int, list[PaymentBooks]]:
    columns = (
        Payment.id,
        Payment.order_id,
        Payment.reference,
        Payment.session_id,
        Payment.intent_id,
        Payment.state,
        Payment.amount_cents,
        Payment.currency,
        Payment.refunded_cents,
        Payment.authorized_cents,
        Payment.created_at,
        Payment.authorized_at,
        Payment.captured_at,
    )
    rows = db.session.execute(
        select(*columns).where(Payment.order_id.in_(order_ids)).order_by(Payment.id)
    ).all()
    moved = _movements([row.id for row in rows])
    found: dict[int, list[PaymentBooks]] = defaultdict(list)
    for row in rows:
        refunds_by_staff, removed, unfinished, times = moved[row.id]
        times = [row.created_at, row.authorized_at, row.captured_at, *times]
        found[row.order_id].append(
            PaymentBooks(
                row.reference,
                row.session_id,
                row.intent_id,
                row.state,
                row.amount_cents,
                row.currency,
                row.refunded_cents,
                refunds_by_staff,
                unfinished,
                max(time for time in times if time),
                row.authorized_cents,
                removed,
            )
        )
    return found


Moved = tuple[int, int, bool, list[datetime | None]]


def _movements(payment_ids: list[int]) -> dict[int, Moved]:
    """By payment: cents staff gave back, those of removed lines, whether something is unfinished, times."""
    found: dict[int, Moved] = defaultdict(lambda: (0, 0, False, []))
    for ids in portions(payment_ids):
        for row in db.session.scalars(select(PaymentMovement).where(PaymentMovement.payment_id.in_(ids))):
            by_staff, removed, unfinished, times = found[row.payment_id]
            if (
                row.kind is MovementKind.REFUND
                and row.actor_id is not None
                and row.state is MovementState.DONE
            ):
                by_staff += row.amount_cents
            if row.reason == Reason.LINE_REMOVED and row.state is not MovementState.REFUSED:
                removed += row.amount_cents
            found[row.payment_id] = (
                by_staff,
                removed,
                unfinished or row.state is MovementState.REQUESTED,
                [*times, row.requested_at, row.finished_at],
            )
    return found
