"""What of orders and their money somebody has to know."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select

from shop.orders.models import Order
from shop.orders.states import TO_SHIP
from shop.outbox.watching import alarm
from shop.payments.models import Payment
from shop.payments.states import PAYS


@alarm("placed_orders_unpaid", "A placed order has no payment that covers it: don’t ship it")
def placed_orders_unpaid(at: datetime) -> Select[Any]:
    pays = exists().where(Payment.order_id == Order.id, Payment.state.in_(PAYS))
    return select(Order.id).where(Order.status.in_(TO_SHIP), ~pays)
