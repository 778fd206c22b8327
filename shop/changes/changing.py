"""Changing an order that was paid for and is not packed: a line removed, or another address.

Decided under the order's lock, like ending it. What a removed line kept is free again; its money is not
captured, or goes back. Nothing is ever added: that is a new order, with everything asked of it.
"""

from datetime import datetime

from shop.addresses import PostalAddress
from shop.changes.delivery import loses_free_delivery, offered_at, own_option
from shop.checkout import promised_day, refunding
from shop.checkout.refusals import AlreadyPacked, OrderMovedOn
from shop.clock import business_date
from shop.database import db
from shop.delivery.rules import Option
from shop.errors import DomainError
from shop.fulfillment.blocking import blocks_of
from shop.orders import persons
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders.destination import check_destination
from shop.orders.models import Order
from shop.orders.refund_rules import Parts
from shop.orders.refunds import RefundWhy
from shop.orders.states import OrderStatus, RefundReason
from shop.outbox.mail import enqueue_mail
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.queries import PaymentRecord
from shop.payments.states import PaymentStatus, Reason
from shop.prescriptions.ledger import quantities
from shop.stock import holds

CHANGEABLE = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED)


class LastLine(DomainError):
    """Without this line nothing would be left of the order."""

    code = "last_line"


class FreeDeliveryLost(DomainError):
    """Delivery is free from an amount on that the rest doesn't come to: its customer orders again instead."""

    code = "free_delivery_lost"


class AddressNotAllowed(DomainError):
    """The order may not be sent there; the reason is a rule of the state, of the person, or the tax."""

    status = 422
    code = "address_not_allowed"


def remove_line(order_id: int, line_id: int, actor_id: int, at: datetime) -> int:
    """Take a line out of a placed order; the cents that are not captured, or go back.

    Raises OrderMovedOn when it has shipped, ended, is being charged, or has no such line; AlreadyPacked,
    LastLine, and for its customer, not for staff, FreeDeliveryLost.
    """
    order, payment = _locked(order_id)
    line = next((one for one in order.lines if one.id == line_id), None)
    if line is None:
        raise OrderMovedOn
    if len(order.lines) == 1:
        raise LastLine("This is the only item in the order.", "Cancel the order instead.")
    if actor_id == order.user_id and loses_free_delivery(order, order.subtotal_cents - line.total_cents):
        raise FreeDeliveryLost(
            "Without this item, the order wouldn’t have free delivery, so the item wasn’t removed.",
            "Cancel the order and order again, or call us.",
        )
    quantities.release_quantity([line_id], at)
    holds.release([line_id], at)
    rest = {one.id: one.total_cents for one in order.lines if one.id != line_id}
    tax = min(order.tax_cents, refunding.tax_on(order, rest))
    before = order.total_cents
    parts = Parts({line_id: line.total_cents}, 0, order.tax_cents - tax)
    order_steps.remove_line(order, line, tax, actor_id, at)
    _take_less(order, payment, parts, f"removed-{line_id}", actor_id, at)
    enqueue_mail(
        "order_changed",
        order.user_id,
        f"order_changed:line:{line_id}",
        at,
        number=order.number,
        total_cents=order.total_cents,
        less_cents=before - order.total_cents,
        refunded=int(payment.state == PaymentStatus.CAPTURED),
    )
    return before - order.total_cents


def change_address(
    order_id: int, address: PostalAddress, market: str, actor_id: int, at: datetime, method: str = ""
) -> bool:
    """Send a placed order elsewhere, with every rule asked again; False where nothing changes.

    `method` is the code of the delivery method chosen for the new address, "" for the order's own where it is
    offered there for no more, else the cheapest. What it costs less is not captured, or goes back. Raises
    NotServed, NotDeliverable, AddressNotAllowed, AlreadyPacked and OrderMovedOn.
    """
    check_destination(address, market)
    persons.lock(address)  # before the order, as when it was placed
    order, payment = _locked(order_id)
    sent_by = _sent_by(order, address, method)
    is_other = sent_by != own_option(order)
    if order.address == address and not is_other:
        return False
    before = {(one.code, one.name) for one in blocks_of([order], business_date(at), market)[order.id]}
    tax_before, delivery_before, total_before = order.tax_cents, order.delivery_cents, order.total_cents
    order_steps.change_address(order, address, actor_id, at)
    for block in blocks_of([order], business_date(at), market)[order.id]:
        if (block.code, block.name) not in before:
            raise AddressNotAllowed(block.words, "Keep the address, or cancel the order and order again.")
    tax = refunding.tax_on(order, {line.id: line.total_cents for line in order.lines})
    if tax > tax_before or (tax != tax_before and payment.state == PaymentStatus.CAPTURED):
        raise AddressNotAllowed(
            "Sales tax is different at the new address.",
            "Cancel the order, then order again with the new address.",
        )
    order_steps.set_tax(order, tax)
    if is_other:
        order_steps.set_delivery(order, sent_by)
        promised_day.promise(order, at)
    parts = Parts({}, delivery_before - order.delivery_cents, tax_before - tax)
    _take_less(order, payment, parts, f"address-{at.timestamp():.6f}", actor_id, at)
    enqueue_mail(
        "order_changed",
        order.user_id,
        f"order_changed:address:{order.number}:{at.isoformat()}",
        at,
        number=order.number,
        total_cents=order.total_cents,
        less_cents=total_before - order.total_cents,
        refunded=int(payment.state == PaymentStatus.CAPTURED),
    )
    return True


def _sent_by(order: Order, address: PostalAddress, method: str) -> Option:
    delivery = offered_at(order, address)
    found = next((one for one in delivery.offered if one.code == method), None) if method else delivery.chosen
    if found is None:
        raise AddressNotAllowed(
            "This delivery method isn’t available for this address, or costs more than you paid.",
            "Choose another method below if there is one, keep the address, or cancel the order and "
            "order again.",
        )
    return found


def _locked(order_id: int) -> tuple[Order, PaymentRecord]:
    """A placed order that is not being charged, and its payment, both locked. Raises OrderMovedOn and
    AlreadyPacked."""
    order, payment = orders.lock(order_id), payments.lock_alive(order_id)
    if order is not None and order.status == OrderStatus.PACKED:
        raise AlreadyPacked
    if order is None or order.status != OrderStatus.PLACED:
        raise OrderMovedOn
    if payment is None or payment.state not in CHANGEABLE:
        raise OrderMovedOn
    db.session.expire(order, ["lines"])  # as they are under the lock
    return order, payment


def _take_less(
    order: Order, payment: PaymentRecord, parts: Parts, name: str, actor_id: int, at: datetime
) -> None:
    """Capture that much less, or give it back where it was captured."""
    if not parts.total_cents:
        return
    if payment.state == PaymentStatus.AUTHORIZED:
        if not payment_steps.ask_less(payment.id, order.total_cents):
            raise OrderMovedOn
        return
    key = f"refund-{payment.intent_id}-{name}"
    why = RefundWhy(RefundReason.LINE_REMOVED)
    refunding.ask(payment, parts, why, Reason.LINE_REMOVED, key, actor_id, at)
