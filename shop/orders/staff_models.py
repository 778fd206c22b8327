"""What staff noted about an order, or did with it beside its steps."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.orders.states import StaffAct
from shop.vault.current import SealedText


class OrderStaffEntry(Base):
    """One note or act. The text is for staff only, and sealed: it may say what somebody takes."""

    __tablename__ = "order_staff_entry"
    __table_args__ = (CheckConstraint(one_of("kind", StaffAct), name="kind_known"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[StaffAct] = mapped_column(Code(StaffAct, 12))
    text: Mapped[str] = mapped_column(SealedText("order_staff_entry.text"), default="")
