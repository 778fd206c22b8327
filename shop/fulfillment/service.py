"""Sending a paid order: prescription quantity, stock and order change as one, or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, datetime
from typing import Any
from unicodedata import category

from shop.clock import business_date
from shop.errors import DomainError, NotFound
from shop.form_fields import plain_code
from shop.fulfillment.blocking import Block, blocks_of
from shop.orders import persons
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.models import Order
from shop.orders.promise import arrives_by, mail_codes
from shop.orders.rules import mark_of
from shop.orders.states import TO_SHIP, OrderStatus
from shop.outbox.mail import enqueue_mail
from shop.prescriptions.ledger import quantities
from shop.safety.states_served import state_code
from shop.stock import holds
from shop.stock.holds import LotUnits, refuse_unpickable
from shop.stock.queries import kept_for
from shop.web import settings

LONGEST_TRACKING = 80


class NotToBeShipped(DomainError):
    """The order isn't placed and paid, or has shipped already."""

    code = "not_to_be_shipped"


class ChangedMeanwhile(DomainError):
    """The order's items, address or delivery method changed since its page was opened."""

    code = "changed_meanwhile"


class NotWhole(DomainError):
    """Fewer units are allocated to a line than were bought: nobody gets less than they paid for."""

    code = "not_whole"

    def __init__(self, name: str, kept: int, quantity: int) -> None:
        super().__init__(
            f"{kept} of {quantity} are allocated to {name}, so this order wasn’t shipped.",
            "Count the shelf and check the order’s lots before you pack it.",
        )


class NotToBeSent(DomainError):
    """The order may not ship as things stand now: `block` is the first reason, with its line."""

    code = "not_to_be_sent"

    def __init__(self, block: Block) -> None:
        super().__init__(f"{block.words} This order wasn’t shipped.", block.todo)
        self.block = block


class TrackingUnreadable(DomainError):
    """The text entered can't be a tracking number."""

    status = 422
    code = "tracking_unreadable"


def ship_order(number: str, tracking: str, actor_id: int, at: datetime, seen: str | None = None) -> None:
    """Send order `number`: its lots leave the shelf, its prescription quantity is dispensed, a mail says so.

    `tracking` is the carrier's number and may be empty; `seen` marks what was packed (`mark`). Raises
    NotFound, ChangedMeanwhile, NotToBeShipped, TrackingUnreadable, NotToBeSent, NotWhole, prescriptions'
    NotDispensable when the quantity of a line is not kept, and stock's LotNotPickable when a lot was
    quarantined or expired meanwhile.
    """
    tracking = check_tracking(tracking)
    order = locked(number)
    if order.status not in TO_SHIP or order.paid_at is None:
        raise NotToBeShipped(*_why(order.status))
    _check_seen(order, seen)
    _check_sendable(order, at)
    line_ids, on_prescription = _lines(order)
    quantities.dispense_quantity(line_ids, at, on_prescription, _sold(order), state_code(order.region))
    dispensed = holds.dispense(line_ids, at, actor_id)
    if not order_steps.ship(order.id, dispensed, tracking, actor_id, at):
        raise NotToBeShipped(
            *_why(OrderStatus.SHIPPED)
        )  # another desk sent it in this moment; undoes the above
    _check_whole(order, dispensed)
    sent = orders.by_id(order.id)
    assert sent is not None
    enqueue_mail(
        "order_shipped",
        order.user_id,
        f"order_shipped:{number}",
        at,
        number=number,
        tracking=tracking,
        total_cents=order.total_cents,
        tax_cents=order.tax_cents,
        **delivery_codes(sent, business_date(at)),
    )


def delivery_codes(order: Order, today: date) -> dict[str, Any]:
    """What a mail about an order says of its delivery."""
    config = settings()
    return mail_codes(order, arrives_by(order, today, config.delivery_days, config.market))


def check_shippable(number: str, tracking: str, at: datetime, seen: str | None = None) -> int:
    """The key of order `number`, locked, if it could ship now but for its payment; otherwise as `ship_order`.

    Asked before the customer is charged: nobody pays for what is not on the shelf.
    """
    check_tracking(tracking)
    order = locked(number)
    if order.status not in TO_SHIP:
        raise NotToBeShipped(*_why(order.status))
    check_ready(order, seen, at)
    return order.id


def check_ready(order: Order, seen: str | None, at: datetime) -> None:
    """Refuse to pack or charge what could not leave: as `ship_order` does. The order is locked."""
    _check_seen(order, seen)
    _check_sendable(order, at)
    line_ids, on_prescription = _lines(order)
    quantities.check_dispensable(line_ids, on_prescription, at, _sold(order), state_code(order.region))
    held, today = kept_for(line_ids), business_date(at)
    for line in order.lines:
        units = held.get(line.id, [])
        for one in units:
            refuse_unpickable(one.lot_number, one.status, one.expires_on, today)
        if (kept := sum(one.quantity for one in units)) != line.quantity:
            raise NotWhole(line.name, kept, line.quantity)


def mark(order: Order) -> str:
    """A fingerprint of an order's items, address and delivery method, for the page that it is packed from."""
    goes = (*astuple(order.address), order.delivery_code)
    return mark_of([(line.id, line.quantity) for line in order.lines], goes)


def _check_seen(order: Order, seen: str | None) -> None:
    """Refuse to ship what was packed before the customer removed an item, or changed the address or the
    delivery method."""
    if seen and seen != mark(order):
        raise ChangedMeanwhile(
            "The customer changed this order since you opened the page. It wasn’t shipped.",
            "Check the items, the address, and the delivery method below, and pack it again.",
        )


def _check_sendable(order: Order, at: datetime) -> None:
    """Repeat checkout's checks, since data, lists or the person's other orders may have changed. Raises
    NotToBeSent."""
    for block in blocks_of([order], business_date(at), settings().market)[order.id]:
        raise NotToBeSent(block)


def _lines(order: Order) -> tuple[list[int], list[int]]:
    """The ids of its lines, and of those on prescription."""
    return [line.id for line in order.lines], [line.id for line in order.lines if line.prescription_required]


def _sold(order: Order) -> dict[int, int]:
    """The variant of each line."""
    return {line.id: line.variant_id for line in order.lines}


def locked(number: str) -> Order:
    """Lock the person, then the order, and return it: limits also count what they bought in other orders.

    Raises NotFound and ChangedMeanwhile.
    """
    found = orders.by_number(number)
    address = found.address if found else None
    if address is not None:
        persons.lock(address, found.user_id if found else None)
    order = orders.lock(found.id) if found else None
    if order is not None and order.address != address:
        raise ChangedMeanwhile(
            "The address was just changed, so it wasn’t shipped.", "Reload the page and pack it again."
        )
    if order is None:
        raise NotFound("We couldn’t find an order with this number.", "Look for it in the list of orders.")
    return order


def check_tracking(tracking: str) -> str:
    """The tracking number in plain letters and digits. Raises TrackingUnreadable."""
    several_lines = any(category(sign) == "Cc" for sign in tracking.strip())  # or what no label has
    tracking = plain_code(tracking)
    if several_lines or len(tracking) > LONGEST_TRACKING or not tracking.isprintable():
        raise TrackingUnreadable(
            f"A tracking number is one line of at most {LONGEST_TRACKING} characters.",
            "Copy it from the carrier’s label.",
        )
    return tracking


def _check_whole(order: Order, dispensed: Iterable[LotUnits]) -> None:
    """Refuse, and so undo, what would send less or more of a line than was paid for."""
    units: Counter[int] = Counter()
    for one in dispensed:
        units[one.order_line_id] += one.quantity
    for line in order.lines:
        if units[line.id] != line.quantity:
            raise NotWhole(line.name, units[line.id], line.quantity)


def _why(status: str) -> tuple[str, str]:
    if status == OrderStatus.SHIPPED:
        return "This order has already shipped.", "Reload the page to see its current status."
    if status in TO_SHIP:
        return "This order’s payment hasn’t been captured yet.", "Try again in a minute."
    return "This order wasn’t paid, so it can’t be shipped.", "Go back to the list of orders."
