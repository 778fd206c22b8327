"""What must be true of orders, their prescriptions and their refunds together."""

from collections.abc import Iterator

from sqlalchemy import func, select

from shop.database import db
from shop.maintenance.checks import Result, result, verifies
from shop.orders.models import OrderLine
from shop.orders.refund_models import OrderRefund, OrderRefundLine
from shop.payments.models import PaymentMovement
from shop.prescriptions.models import Prescription, PrescriptionItem


@verifies("orders: each line on prescription is for the patient of its prescription")
def patients() -> Result:
    """No line that says for whom it is takes from another patient's prescription."""
    named = OrderLine.patient_id.is_not(None)
    return result(db.session.scalar(select(func.count(OrderLine.id)).where(named)) or 0, _mixed_up())


def _mixed_up() -> Iterator[str]:
    anothers = OrderLine.patient_id.is_distinct_from(Prescription.patient_id)
    rows = db.session.execute(
        select(OrderLine.id, PrescriptionItem.id.label("item"))
        .join(PrescriptionItem, PrescriptionItem.id == OrderLine.prescription_item_id)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(OrderLine.patient_id.is_not(None), anothers)
        .order_by(OrderLine.id)
    )
    for row in rows:
        yield f"order line {row.id}: prescription item {row.item} is another patient's"


@verifies("refunds: the parts make up the money, and no line exceeds its price")
def refunds() -> Result:
    """Each refund's lines, delivery and tax are its movement's amount."""
    return result(db.session.scalar(select(func.count(OrderRefund.id))) or 0, _wrong_refunds())


def _wrong_refunds() -> Iterator[str]:
    lines = select(OrderRefundLine.refund_id, func.sum(OrderRefundLine.cents).label("cents"))
    of_refund = lines.group_by(OrderRefundLine.refund_id).subquery()
    parts = OrderRefund.delivery_cents + OrderRefund.tax_cents + func.coalesce(of_refund.c.cents, 0)
    rows = db.session.execute(
        select(OrderRefund.id, parts.label("parts"), PaymentMovement.amount_cents)
        .join(PaymentMovement, PaymentMovement.id == OrderRefund.movement_id)
        .outerjoin(of_refund, of_refund.c.refund_id == OrderRefund.id)
        .where(parts != PaymentMovement.amount_cents)
        .order_by(OrderRefund.id)
    )
    yield from (f"refund {row.id}: parts of {row.parts} cents, moved {row.amount_cents}" for row in rows)
    counted = (
        select(OrderRefundLine.order_line_id, func.sum(OrderRefundLine.cents).label("cents"))
        .join(OrderRefund, OrderRefund.id == OrderRefundLine.refund_id)
        .where(OrderRefund.refused_at.is_(None))
        .group_by(OrderRefundLine.order_line_id)
        .subquery()
    )
    over = db.session.execute(
        select(OrderLine.id, OrderLine.total_cents, counted.c.cents)
        .join(counted, counted.c.order_line_id == OrderLine.id)
        .where(counted.c.cents > OrderLine.total_cents)
    )
    yield from (f"order line {row.id}: {row.cents} of {row.total_cents} cents refunded" for row in over)
