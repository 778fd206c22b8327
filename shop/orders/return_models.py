"""That goods of an order came back: when, why, and who took them in. The units are stock's ledger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.orders.states import ReturnReason
from shop.vault.current import SealedText


class OrderReturn(Base):
    """One parcel that came back. `form` names the sent form: none is booked twice. The note is sealed."""

    __tablename__ = "order_return"
    __table_args__ = (CheckConstraint(one_of("reason", ReturnReason), name="reason_known"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[ReturnReason] = mapped_column(Code(ReturnReason, 20))
    note: Mapped[str] = mapped_column(SealedText("order_return.note"), default="")
    form: Mapped[str] = mapped_column(String(32), unique=True)
