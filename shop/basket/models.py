"""Tables of the basket. A visitor's basket is found by the token in the session, an account's by its id.

`guest_id` is the guest whose order was made of a visitor's basket, until that is paid.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Key, UtcDateTime


class Basket(Base):
    __tablename__ = "basket"
    __table_args__ = (CheckConstraint("(user_id IS NULL) <> (token IS NULL)", name="one_owner"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    guest_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lines: Mapped[list["BasketLine"]] = relationship(order_by="BasketLine.id", cascade="all, delete-orphan")


NO_PATIENT = "patient_id IS NULL"


class BasketLine(Base):
    """Units of a variant. `patient_id` says for whom, where that was said; `someone_else`, of what needs no
    prescription, that it is nobody of the account."""

    __tablename__ = "basket_line"
    __table_args__ = (
        UniqueConstraint("basket_id", "variant_id", "patient_id"),
        Index(
            "uq_basket_line_without_patient",
            "basket_id",
            "variant_id",
            unique=True,
            sqlite_where=text(NO_PATIENT),
            postgresql_where=text(NO_PATIENT),
        ),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    basket_id: Mapped[int] = mapped_column(Key, ForeignKey("basket.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"))
    patient_id: Mapped[int | None] = mapped_column(Key, ForeignKey("patient.id"), index=True)
    someone_else: Mapped[bool] = mapped_column(default=False)
    quantity: Mapped[int]
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken out, and can still be put back
