"""How many orders stand where, for monitoring: counts that stop at a bound."""

from sqlalchemy import func, select

from shop.database import db
from shop.orders.models import Order
from shop.orders.states import OrderStatus

MOST_COUNTED = 10_000


def by_status() -> dict[OrderStatus, int]:
    """By status, at most MOST_COUNTED each, in one query; read from the index of statuses."""
    counts = (
        select(func.count())
        .select_from(select(Order.status).where(Order.status == status).limit(MOST_COUNTED).subquery())
        .scalar_subquery()
        for status in OrderStatus
    )
    return dict(zip(OrderStatus, db.session.execute(select(*counts)).one(), strict=True))
