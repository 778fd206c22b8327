"""What happened to an order after it was placed, for the order's page: refunds, and who made them."""

from dataclasses import dataclass
from datetime import datetime

from shop.accounts.queries import names_of
from shop.admin.labels import REFUNDED_BECAUSE
from shop.orders import refunds
from shop.orders.models import Order
from shop.payments import movements
from shop.payments.states import MovementState


@dataclass(frozen=True)
class Refunded:
    """One refund as the page says it. `state` is that of its money: requested, done or refused."""

    at: datetime
    by: str
    because: str
    note: str
    cents: int
    state: MovementState
    error: str


@dataclass(frozen=True)
class OrderHistory:
    """What staff see beside the lines of an order. `left_cents` is what could still be refunded."""

    refunds: list[Refunded]
    left_cents: int


def history_of(order: Order) -> OrderHistory:
    """Read when the page of an order is opened."""
    rows = refunds.of_orders([order.id])
    names = names_of(row.actor_id for row in rows)
    moved = movements.states_of(row.movement_id for row in rows)
    made = [
        Refunded(
            row.at,
            names.get(row.actor_id, "–"),
            REFUNDED_BECAUSE[row.reason],
            row.note,
            row.total_cents,
            *moved[row.movement_id],
        )
        for row in rows
    ]
    return OrderHistory(made, refunds.left_of(order).total_cents)
