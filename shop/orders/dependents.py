"""What of orders keeps a patient on an account's list, and an account; what becomes of them after it."""

from datetime import datetime

from sqlalchemy import exists, select

from shop.accounts import queries as accounts
from shop.accounts.deletion import GRACE
from shop.accounts.dependents import erases_account, exports_account, keeps_account
from shop.database import db
from shop.orders import erasing, exporting
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.orders.refund_models import OrderRefund
from shop.orders.states import UNDER_WAY
from shop.patients.dependents import keeps_patient


@keeps_patient
def under_way(patient_id: int) -> str | None:
    """An order with a line for the patient that has neither shipped nor ended."""
    theirs = (
        exists()
        .where(
            OrderLine.order_id == Order.id, OrderLine.patient_id == patient_id, Order.status.in_(UNDER_WAY)
        )
        .where(OrderLine.removed_at.is_(None))
    )
    return "An order for this person hasn’t shipped yet." if db.session.scalar(select(theirs)) else None


@keeps_account
def account_under_way(user_id: int, _at: datetime) -> str | None:
    """An order of the account that has neither shipped nor ended."""
    theirs = exists().where(Order.user_id == user_id, Order.status.in_(UNDER_WAY))
    return "An order hasn’t shipped yet." if db.session.scalar(select(theirs)) else None


@keeps_account
def guest_lately(user_id: int, at: datetime) -> str | None:
    """A step or a refund of a guest's order in the last 30 days: until then its page can be opened, and the
    mails about it arrive."""
    step = exists().where(OrderEvent.order_id == Order.id, OrderEvent.at > at - GRACE)
    refund = exists().where(OrderRefund.order_id == Order.id, OrderRefund.at > at - GRACE)
    theirs = select(exists().where(Order.user_id == user_id, step | refund))
    kept = accounts.is_guest(user_id) and db.session.scalar(theirs)
    return "The order was changed in the last 30 days." if kept else None


@erases_account
def orders(user_id: int, at: datetime) -> None:
    erasing.erase(user_id, at)


exports_account("orders")(exporting.everything)
