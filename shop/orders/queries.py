"""Reading orders: a customer's own, and the staff's list of what is to be shipped."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import selectinload

from shop.database import db
from shop.names import names_medicine
from shop.orders.models import Order, OrderLine
from shop.orders.states import ENDED, TO_SHIP, OrderStatus
from shop.paging import Page, within

PER_PAGE = 20
_ATTEMPT = Order.status.in_(ENDED) & Order.placed_at.is_(None)


def own(user_id: int, number: str) -> Order | None:
    """A customer's order with its lines and events; None when it does not exist or is somebody else's."""
    return _one(Order.user_id == user_id, Order.number == number)


def by_number(number: str) -> Order | None:
    """Any order, for staff."""
    return _one(Order.number == number)


def by_id(order_id: int) -> Order | None:
    """Any order, for jobs and the payment's way back. Its lines are read when they are asked for."""
    return db.session.get(Order, order_id, populate_existing=True)


def lock(order_id: int) -> Order | None:
    """An order as it is now, locked until the transaction ends: whoever decides about it asks for it here.

    docs/adr/0005 has the decisions and the order of locks. Its lines are read when they are asked for.
    """
    return db.session.get(Order, order_id, populate_existing=True, with_for_update=True)


def id_of(number: str) -> int | None:
    """The key of an order, for locking it."""
    return db.session.scalar(select(Order.id).where(Order.number == number))


def own_page(user_id: int, page: int, attempts: bool = False, find: str = "") -> Page[Order]:
    """A customer's orders, newest first; with `attempts`, those that ended without ever being paid.

    With `find`, all of either kind that have a medicine of this name.
    """
    mine = [Order.user_id == user_id]
    if find:
        known = db.session.scalars(select(OrderLine.name).join(Order).where(*mine).distinct())
        mine.append(Order.lines.any(OrderLine.name.in_([one for one in known if names_medicine(find, one)])))
    else:
        mine.append(_ATTEMPT if attempts else not_(_ATTEMPT))
    return _page(page, mine, Order.created_at.desc(), Order.id.desc())


def attempts(user_id: int) -> int:
    """How many orders of a customer ended without ever being paid: clicks, not purchases."""
    return db.session.scalar(select(func.count(Order.id)).where(Order.user_id == user_id, _ATTEMPT)) or 0


def unpaid(user_id: int) -> Order | None:
    """The one order of a customer that awaits its payment."""
    return _one(Order.user_id == user_id, Order.status == OrderStatus.AWAITING_PAYMENT)


def beside_attempts(user_id: int) -> set[OrderStatus]:
    """Where a customer's orders stand, without those that ended and were never paid: these stay so."""
    return set(db.session.scalars(select(Order.status).where(Order.user_id == user_id, not_(_ATTEMPT))))


def unpromised(most: int) -> list[int]:
    """The ids of orders to be shipped that have no promised day yet although their method has days.

    In no order: where more wait than `most`, those that wait for long would keep the others from their turn.
    """
    waiting = Order.promised_on.is_(None) & Order.transit_days.is_not(None)
    rows = select(Order.id).where(Order.status.in_(TO_SHIP), waiting)
    return list(db.session.scalars(rows.order_by(func.random()).limit(most)))


def line_ids(order_id: int) -> list[int]:
    """The ids under which stock and prescriptions hold something for an order."""
    return list(
        db.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.id))
    )


def without_prescription(patient_id: int, since: datetime) -> list[Any]:
    """What was shipped to a patient without a prescription, latest first, at most 200: name, quantity, when.

    Most such lines name nobody; those are nobody's here.
    """
    rows = db.session.execute(
        select(OrderLine.name, OrderLine.quantity, Order.shipped_at)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.patient_id == patient_id, OrderLine.prescription_required.is_(False))
        .where(OrderLine.removed_at.is_(None))
        .where(OrderLine.prescription_item_id.is_(None), Order.shipped_at >= since)
        .order_by(Order.shipped_at.desc(), OrderLine.id)
        .limit(200)
    )
    return list(rows)


def orders_of_lines(order_line_ids: Iterable[int]) -> list[int]:
    """The ids of the orders with these lines."""
    rows = select(OrderLine.order_id).where(OrderLine.id.in_(list(order_line_ids))).distinct()
    return list(db.session.scalars(rows.order_by(OrderLine.order_id)))


def numbers_on(prescription_item_ids: Iterable[int], most: int) -> list[str]:
    """The numbers of the newest orders with a line on one of these prescription items, newest first."""
    rows = db.session.execute(
        select(Order.number, Order.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.prescription_item_id.in_(set(prescription_item_ids)))
        .distinct()
        .order_by(Order.id.desc())
        .limit(most)
    )
    return [row.number for row in rows]


def _one(*where: ColumnElement[bool]) -> Order | None:
    return db.session.scalar(
        select(Order)
        .where(*where)
        .options(selectinload(Order.lines).selectinload(OrderLine.lots), selectinload(Order.events))
        .execution_options(populate_existing=True)
    )


def _page(page: int, where: list[ColumnElement[bool]], *order_by: Any) -> Page[Order]:
    total = db.session.scalar(select(func.count(Order.id)).where(*where)) or 0
    page = within(page, PER_PAGE, total)
    rows = db.session.scalars(
        select(Order)
        .where(*where)
        .order_by(*order_by)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
        .options(selectinload(Order.lines))
    ).all()
    return Page(rows, page, PER_PAGE, total)
