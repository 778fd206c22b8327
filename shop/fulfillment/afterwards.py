"""After an order was placed or sent: its tracking number added or corrected, its last mail sent again."""

from collections.abc import Mapping
from datetime import date, datetime

from shop.clock import business_date
from shop.errors import DomainError
from shop.fulfillment.service import check_tracking, delivery_codes
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.orders import staff_entries
from shop.orders.models import Order
from shop.orders.rules import resend_from
from shop.orders.states import OrderStatus, StaffAct
from shop.outbox.mail import enqueue_mail


class NotShippedYet(DomainError):
    """A tracking number belongs to an order that has shipped."""

    code = "not_shipped_yet"


class NothingToResend(DomainError):
    """No mail was sent about the order as it stands."""

    code = "nothing_to_resend"


class ResentTooOften(DomainError):
    """An order's mail was sent again too often."""

    status = 429
    code = "resent_too_often"


def correct_tracking(order_id: int, tracking: str, actor_id: int, at: datetime) -> bool:
    """Add or correct a shipped order's tracking number and tell the customer; False where it is the same.

    What it was before is in the staff's entries. Raises TrackingUnreadable and NotShippedYet.
    """
    tracking = check_tracking(tracking)
    order = orders.lock(order_id)
    if order is None or order.status != OrderStatus.SHIPPED:
        raise NotShippedYet("This order hasn’t shipped.", "Enter the tracking number when you ship it.")
    before = order.tracking
    if before == tracking:
        return False
    order_steps.set_tracking(order_id, tracking)
    entry = staff_entries.add(
        order_id, StaffAct.TRACKING, actor_id, at, f"{before or '–'} → {tracking or '–'}"
    )
    if tracking:
        enqueue_mail(
            "order_tracking",
            order.user_id,
            f"order_tracking:{entry}",
            at,
            number=order.number,
            tracking=tracking,
        )
    return True


def resend_mail(order_id: int, actor_id: int, at: datetime) -> str:
    """Send the mail about where an order stands again; its template. The customer may have lost it.

    Raises NothingToResend, and ResentTooOften: five minutes apart, five within a day.
    """
    order = orders.lock(order_id)
    found = mail_of(order, business_date(at)) if order else None
    if order is None or found is None:
        raise NothingToResend(
            "No email was sent about this order yet.", "The first one goes out when the order is paid."
        )
    if resend_from(staff_entries.resent_at(order_id), at):
        raise ResentTooOften(
            "This email was just resent.", "Wait five minutes between emails, and send at most five a day."
        )
    template, codes = found
    entry = staff_entries.add(order_id, StaffAct.MAIL_RESENT, actor_id, at, template)
    enqueue_mail(template, order.user_id, f"resent:{entry}", at, **codes)  # type: ignore[arg-type]
    return template


def mail_of(order: Order, today: date) -> tuple[str, Mapping[str, str | int]] | None:
    """The mail that says where an order stands, with its codes; None where none was sent."""
    total: dict[str, str | int] = {"number": order.number, "total_cents": order.total_cents}
    paid = total | {"tax_cents": order.tax_cents} | delivery_codes(order, today)
    match order.status:
        case OrderStatus.PLACED | OrderStatus.PACKED:
            return "order_placed", paid
        case OrderStatus.SHIPPED:
            return "order_shipped", total | {
                "tax_cents": order.tax_cents,
                "tracking": order.tracking,
            } | delivery_codes(order, today)
        case OrderStatus.CANCELED if order.placed_at:
            return "order_canceled", total | {"refunded": int(order.paid_at is not None), "unpaid": 0}
    return None
