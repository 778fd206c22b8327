"""What happened to an order after it was placed, for its page: refunds, returns, what staff noted."""

from dataclasses import dataclass
from datetime import datetime

from shop.accounts.queries import names_of
from shop.admin.labels import REFUNDED_BECAUSE, RETURN_REASONS
from shop.orders import refunds, returns, staff_entries
from shop.orders.models import Order
from shop.orders.states import ENDED, OrderStatus, StaffAct
from shop.payments import movements
from shop.payments.states import MovementState
from shop.stock import returned


@dataclass(frozen=True)
class Refunded:
    """One refund as the page says it. `state` is that of its money: requested, done or refused; `again` the
    id under which what was refused may be asked for once more."""

    at: datetime
    by: str
    because: str
    note: str
    cents: int
    state: MovementState
    error: str
    again: int | None = None


@dataclass(frozen=True)
class CameBack:
    """One return as the page says it."""

    at: datetime
    by: str
    because: str
    note: str


@dataclass(frozen=True)
class Entry:
    """A note or an act of staff. `text` is a note's words, or what changed."""

    at: datetime
    by: str
    kind: StaffAct
    text: str


@dataclass(frozen=True)
class OrderHistory:
    """What staff see beside the lines of an order. `left_cents` is what could still be refunded."""

    refunds: list[Refunded]
    left_cents: int
    returns: list[CameBack]
    returned_units: int
    set_aside: int
    mistaken_units: int
    entries: list[Entry]
    refunded_cents: int


def history_of(order: Order) -> OrderHistory:
    """Read when the page of an order is opened."""
    shipped = order.status == OrderStatus.SHIPPED
    rows = refunds.of_orders([order.id])
    parcels = returns.of_order(order.id) if shipped else []
    noted = staff_entries.of_order(order.id)
    names = names_of(
        [
            *(one.actor_id for one in noted),
            *(row.actor_id for row in rows),
            *(parcel.actor_id for parcel in parcels),
        ]
    )
    owed = refunds.still_owed(rows) if order.status not in ENDED else set()
    moved = movements.states_of(row.movement_id for row in rows)
    made = [
        Refunded(
            row.at,
            names.get(row.actor_id, "–"),
            REFUNDED_BECAUSE[row.reason],
            row.note,
            row.total_cents,
            *moved[row.movement_id],
            again=row.id if row.id in owed else None,
        )
        for row in rows
    ]
    back = [
        CameBack(one.at, names.get(one.actor_id, "–"), RETURN_REASONS[one.reason], one.note)
        for one in parcels
    ]
    units = returned.of_lines(line.id for line in order.lines).values() if parcels else []
    return OrderHistory(
        made,
        refunds.left_of(order, rows).total_cents,
        back,
        sum(number for number, _ in units),
        sum(aside for _, aside in units),
        returned.mistaken(line.id for line in order.lines) if parcels else 0,
        [Entry(one.at, names.get(one.actor_id, "–"), one.kind, one.text) for one in noted],
        refunds.refunded_cents(rows),
    )
