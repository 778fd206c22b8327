"""Writing orders: a snapshot when one is created, then one step after another through `states`.

Each step is a conditional UPDATE: of two that race, one finds the order changed and is told so by False.
Stock, prescriptions, and payments are not touched; checkout and fulfillment carry facts between the rooms.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import select, update

from shop.accounts import queries as accounts
from shop.addresses import PostalAddress
from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed, transition
from shop.delivery.rules import Option
from shop.money import line_total_cents
from shop.orders import cancellation, persons, staff_entries, states
from shop.orders.cancellation import ByStaff
from shop.orders.models import Order, OrderEvent, OrderLine, OrderLineLot
from shop.orders.rules import new_number
from shop.orders.states import OrderStatus, StaffAct, Step


@dataclass(frozen=True)
class NewLine:
    """What a line is to remember: `unit_price` per `unit`, the prescription item it is dispensed on, and for
    whom, where that was said."""

    variant_id: int
    name: str
    unit: str
    unit_price: Decimal
    quantity: int
    prescription_required: bool
    prescription_item_id: int | None
    patient_id: int | None = None
    someone_else: bool = False


class DispensedUnits(Protocol):
    """From which lot an order line was dispensed; stock's answer has it all."""

    @property
    def order_line_id(self) -> int: ...
    @property
    def lot_id(self) -> int: ...
    @property
    def lot_number(self) -> str: ...
    @property
    def expires_on(self) -> date: ...
    @property
    def quantity(self) -> int: ...


def create(
    user_id: int,
    lines: Sequence[NewLine],
    address: PostalAddress,
    delivery: Option,
    currency: str,
    holds_until: datetime,
    at: datetime,
    *,
    tax_cents: int = 0,
    age_declared: int | None = None,
) -> Order:
    """A new order that awaits its payment. Each line is rounded once; the total adds delivery and tax.

    The database refuses a second unpaid order of the same customer (IntegrityError, `uq_order_unpaid`).
    """
    order_lines = [_line(line) for line in lines]
    subtotal = sum(line.total_cents for line in order_lines)
    order = Order(
        number=_free_number(),
        user_id=user_id,
        status=OrderStatus.AWAITING_PAYMENT,
        currency=currency,
        subtotal_cents=subtotal,
        delivery_cents=delivery.cents,
        delivery_code=delivery.code,
        delivery_name=delivery.name,
        handling_days=delivery.handling_days,
        transit_days=delivery.transit_days,
        tax_cents=tax_cents,
        total_cents=subtotal + delivery.cents + tax_cents,
        age_declared=age_declared,
        created_at=at,
        holds_until=holds_until,
        lines=order_lines,
        **asdict(address),
    )
    db.session.add(order)
    db.session.flush()
    persons.remember(order.id, address, accounts.guest_emails([user_id]).get(user_id))
    _note(order.id, "created", at)
    audit.record(Event.ORDER_CREATED, at=at, subject=("order", order.id), actor_id=user_id)
    return order


def place(order_id: int, at: datetime) -> bool:
    """The payment is authorized: the order counts. False when it is no longer awaiting one."""
    return _step(order_id, Step.PLACE, at, Event.ORDER_PLACED, placed_at=at)


def mark_paid(order_id: int, at: datetime) -> bool:
    """The money has been taken. False when it was marked already."""
    may, _ = transition(Order.status, states.TABLE, Step.PAY)
    unpaid = Order.paid_at.is_(None)
    changed = rows_changed(update(Order).where(Order.id == order_id, may, unpaid).values(paid_at=at))
    if changed:
        _note(order_id, Step.PAY, at)
    return bool(changed)


def cancel(order_id: int, at: datetime, actor_id: int | None = None, by_staff: ByStaff | None = None) -> bool:
    """Cancel an order that has not shipped. False when it shipped, or has ended already.

    `by_staff` says why, where `actor_id` is one of the staff; the record has the reason, never the note.
    """
    detail = {"reason": by_staff.reason.value} if by_staff else {}
    if not _step(order_id, Step.CANCEL, at, Event.ORDER_CANCELED, actor_id, detail=detail):
        return False
    if by_staff and actor_id:
        cancellation.keep(order_id, by_staff, actor_id, at)
    return True


def expire(order_id: int, at: datetime) -> bool:
    """Nobody paid in time. False when it is no longer unpaid."""
    return _step(order_id, Step.EXPIRE, at, Event.ORDER_EXPIRED)


def lapse(order_id: int, at: datetime) -> bool:
    """A placed order's money can no longer be taken. False when it was taken, or the order has ended."""
    return _step(order_id, Step.LAPSE, at, Event.ORDER_CANCELED, only_if=Order.paid_at.is_(None))


def pack(order_id: int, actor_id: int, at: datetime) -> bool:
    """Staff packed a placed order. False when it is no longer waiting to be packed."""
    return _by_staff(order_id, Step.PACK, StaffAct.PACKED, actor_id, at)


def unpack(order_id: int, actor_id: int, at: datetime) -> bool:
    """Staff unpacked a packed order. False when it isn't packed, or has shipped."""
    return _by_staff(order_id, Step.UNPACK, StaffAct.UNPACKED, actor_id, at)


def extend(order_id: int, holds_until: datetime) -> bool:
    """Keep an unpaid order's medicines until later. False when it is no longer unpaid."""
    waiting = Order.status == OrderStatus.AWAITING_PAYMENT
    return bool(
        rows_changed(update(Order).where(Order.id == order_id, waiting).values(holds_until=holds_until))
    )


def ship(
    order_id: int, dispensed: Iterable[DispensedUnits], tracking: str, actor_id: int, at: datetime
) -> bool:
    """Send a paid order, remembering each line's lots. False when it is not here, or not paid."""
    if not _step(
        order_id,
        Step.SHIP,
        at,
        Event.ORDER_SHIPPED,
        actor_id,
        only_if=Order.paid_at.is_not(None),
        shipped_at=at,
        tracking=tracking,
    ):
        return False
    db.session.add_all(
        OrderLineLot(
            order_line_id=units.order_line_id,
            lot_id=units.lot_id,
            lot_number=units.lot_number,
            expires_on=units.expires_on,
            quantity=units.quantity,
        )
        for units in dispensed
    )
    db.session.flush()
    return True


def remove_line(order: Order, line: OrderLine, tax_cents: int, actor_id: int, at: datetime) -> None:
    """Take a line out of a locked order, whose totals follow. `tax_cents` is the rest's sales tax."""
    line.removed_at = at
    db.session.flush()
    db.session.expire(order, ["lines", "removed_lines"])
    order.subtotal_cents = sum(one.total_cents for one in order.lines)
    set_tax(order, tax_cents)
    audit.record(
        Event.ORDER_LINE_REMOVED, at=at, subject=("order", order.id), actor_id=actor_id, order_line=line.id
    )


def set_tax(order: Order, tax_cents: int) -> None:
    """The sales tax of a locked order, whose total follows."""
    order.tax_cents = tax_cents
    order.total_cents = order.subtotal_cents + order.delivery_cents + tax_cents
    db.session.flush()


def set_delivery(order: Order, delivery: Option) -> None:
    """Send a locked order another way, whose total follows; what day it is promised by is to be said anew."""
    order.delivery_code, order.delivery_name = delivery.code, delivery.name
    order.handling_days, order.transit_days = delivery.handling_days, delivery.transit_days
    order.promised_on = None
    order.delivery_cents = delivery.cents
    order.total_cents = order.subtotal_cents + order.delivery_cents + order.tax_cents
    db.session.flush()


def change_address(order: Order, address: PostalAddress, actor_id: int, at: datetime) -> None:
    """Send a locked order elsewhere; what the address was stays with the staff's entries."""
    old = order.address
    before = ", ".join(
        filter(None, (old.recipient, old.line1, old.line2, old.city, old.region, old.postal_code))
    )
    for name, value in asdict(address).items():
        setattr(order, name, value)
    db.session.flush()
    persons.move(order.id, old, address)
    staff_entries.add(order.id, StaffAct.ADDRESS, actor_id, at, before)


def promise(order_id: int, day: date) -> None:
    """Keep the day an order is promised by, unless one is kept already."""
    unsaid = Order.promised_on.is_(None) & Order.transit_days.is_not(None)
    rows_changed(update(Order).where(Order.id == order_id, unsaid).values(promised_on=day))


def set_tracking(order_id: int, tracking: str) -> None:
    """Write down a shipped order's tracking number. The order is locked."""
    shipped = Order.status == OrderStatus.SHIPPED
    rows_changed(update(Order).where(Order.id == order_id, shipped).values(tracking=tracking))


def _by_staff(order_id: int, step: Step, act: StaffAct, actor_id: int, at: datetime) -> bool:
    """A step that stands with what staff did, which audits it and says by whom."""
    if not _step(order_id, step, at, None):
        return False
    staff_entries.add(order_id, act, actor_id, at)
    return True


def _step(
    order_id: int,
    step: Step,
    at: datetime,
    event: Event | None,
    actor_id: int | None = None,
    *,
    only_if: Any = True,
    detail: Mapping[str, str] = MappingProxyType({}),
    **values: Any,
) -> bool:
    may, after = transition(Order.status, states.TABLE, step)
    changed = rows_changed(
        update(Order).where(Order.id == order_id, may, only_if).values(status=after, **values)
    )
    if not changed:
        return False
    _note(order_id, step, at)
    if event:
        audit.record(event, at=at, subject=("order", order_id), actor_id=actor_id, **detail)
    return True


def _line(line: NewLine) -> OrderLine:
    return OrderLine(**asdict(line), total_cents=line_total_cents(line.unit_price, line.quantity))


def _note(order_id: int, event: str, at: datetime) -> None:
    db.session.add(OrderEvent(order_id=order_id, event=event, at=at))
    db.session.flush()


def _free_number() -> str:
    while db.session.scalar(select(Order.id).where(Order.number == (number := new_number()))):
        pass
    return number
