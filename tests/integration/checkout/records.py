"""What the store has on record of orders, their money, and what they hold."""

from sqlalchemy import select

from shop.database import db
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.prescriptions.models import PrescriptionItem
from shop.stock.models import Lot


def latest_order(user_id: int | None) -> Order:
    db.session.rollback()
    return db.session.scalars(
        select(Order).where(Order.user_id == user_id).order_by(Order.id.desc()).limit(1)
    ).one()


def status_of(number: str) -> str:
    db.session.rollback()
    return db.session.scalars(select(Order.status).where(Order.number == number)).one()


def payments_of(number: str) -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Payment.state).join(Order).where(Order.number == number).order_by(Payment.id)
        )
    )


def books(number: str) -> tuple[int, int, int]:
    """The order's total, the payment's amount, and what of it went back."""
    db.session.rollback()
    row = db.session.execute(
        select(Order.total_cents, Payment.amount_cents, Payment.refunded_cents)
        .join(Payment, Payment.order_id == Order.id)
        .where(Order.number == number)
    ).one()
    return row.total_cents, row.amount_cents, row.refunded_cents


def held() -> dict[int, int]:
    """Units held per variant."""
    db.session.rollback()
    return {lot.variant_id: lot.held for lot in db.session.scalars(select(Lot)) if lot.held}


def taken(item_id: int) -> int:
    db.session.rollback()
    return db.session.scalars(select(PrescriptionItem.taken).where(PrescriptionItem.id == item_id)).one()
