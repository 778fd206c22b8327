"""What of an order was refunded: one row a refund, one row for each of its lines."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.orders.states import RefundReason
from shop.vault.current import SealedText


class OrderRefund(Base):
    """One refund and its parts, in cents. Its money is the payment movement beside it.

    `refused_at`: the payment service refused it, so nothing moved and it doesn't count. The note is sealed.
    """

    __tablename__ = "order_refund"
    __table_args__ = (
        CheckConstraint(one_of("reason", RefundReason), name="reason_known"),
        CheckConstraint("delivery_cents >= 0 AND tax_cents >= 0", name="parts_not_negative"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    movement_id: Mapped[int] = mapped_column(Key, ForeignKey("payment_movement.id"), unique=True)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[RefundReason] = mapped_column(Code(RefundReason, 20))
    note: Mapped[str] = mapped_column(SealedText("order_refund.note"), default="")
    delivery_cents: Mapped[int]
    tax_cents: Mapped[int]
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lines: Mapped[list["OrderRefundLine"]] = relationship(order_by="OrderRefundLine.id")

    @property
    def total_cents(self) -> int:
        """All of its parts."""
        return self.delivery_cents + self.tax_cents + sum(line.cents for line in self.lines)


class OrderRefundLine(Base):
    """How much of a line went back, before sales tax."""

    __tablename__ = "order_refund_line"
    __table_args__ = (
        CheckConstraint("cents > 0", name="cents_positive"),
        UniqueConstraint("refund_id", "order_line_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    refund_id: Mapped[int] = mapped_column(Key, ForeignKey("order_refund.id"))
    order_line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_line.id"), index=True)
    cents: Mapped[int]
