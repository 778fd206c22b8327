"""Why staff canceled an order: a coded reason, and what they noted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.orders.states import CancelReason
from shop.vault.current import SealedText


class OrderCancellation(Base):
    """One order canceled by staff. The note is sealed: it may say what somebody takes."""

    __tablename__ = "order_cancellation"
    __table_args__ = (CheckConstraint(one_of("reason", CancelReason), name="reason_known"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), unique=True)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[CancelReason] = mapped_column(Code(CancelReason, 20))
    note: Mapped[str] = mapped_column(SealedText("order_cancellation.note"), default="")
