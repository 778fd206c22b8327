"""What must be true of orders and prescriptions together."""

from collections.abc import Iterator

from sqlalchemy import func, select

from shop.database import db
from shop.maintenance.checks import Result, result, verifies
from shop.orders.models import OrderLine
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
