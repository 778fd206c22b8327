"""What becomes of an account's orders when it is deleted.

All stay as figures: books and taxes need them. Name and address stay where a medicine on prescription was
sent, for whom and where to is part of the record of dispensing it; elsewhere only state and country do.
"""

from datetime import datetime

from sqlalchemy import delete, select, update

from shop.database import db
from shop.orders.cancel_models import OrderCancellation
from shop.orders.models import Order, OrderLine
from shop.orders.person_models import OrderPerson
from shop.orders.refund_models import OrderRefund
from shop.orders.return_models import OrderReturn
from shop.orders.staff_models import OrderStaffEntry
from shop.orders.states import OrderStatus


def erase(user_id: int, _at: datetime) -> None:
    """Take name and address out of every order that dispensed nothing on prescription. Flushes."""
    dispensed = select(OrderLine.order_id).where(
        OrderLine.prescription_item_id.is_not(None), OrderLine.removed_at.is_(None)
    )
    stays = (Order.status == OrderStatus.SHIPPED) & Order.id.in_(dispensed)
    mine = Order.user_id == user_id, ~stays
    ids = select(Order.id).where(*mine).scalar_subquery()
    db.session.execute(delete(OrderPerson).where(OrderPerson.order_id.in_(ids)))
    for said in (
        update(OrderCancellation).where(OrderCancellation.order_id.in_(ids)).values(note=""),
        update(OrderRefund).where(OrderRefund.order_id.in_(ids)).values(note=""),
        update(OrderReturn).where(OrderReturn.order_id.in_(ids)).values(note=""),
        update(OrderStaffEntry).where(OrderStaffEntry.order_id.in_(ids)).values(text=""),
    ):
        db.session.execute(said.execution_options(synchronize_session=False))
    empty = dict.fromkeys(("recipient", "line1", "line2", "city", "postal_code", "phone", "tracking"), "")
    db.session.execute(
        update(Order).where(*mine).values(**empty).execution_options(synchronize_session=False)
    )
