"""Tables of delivery methods. An order keeps what it was promised, and points at none of these rows."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.delivery.weights import Kind


class DeliveryMethod(Base):
    """One way to send, as the owner named it. `withdrawn_at`: since when it is no longer offered."""

    __tablename__ = "delivery_method"
    __table_args__ = (CheckConstraint("handling_days >= 0", name="handling_not_negative"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    handling_days: Mapped[int]  # business days
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    zones: Mapped[list["DeliveryZone"]] = relationship(
        order_by="DeliveryZone.id", cascade="all, delete-orphan"
    )


class DeliveryZone(Base):
    """States with one price and time, their postal codes with spaces between; "" is everywhere else."""

    __tablename__ = "delivery_zone"
    __table_args__ = (
        CheckConstraint("transit_days >= 0", name="transit_not_negative"),
        CheckConstraint("free_from_cents IS NULL OR free_from_cents >= 0", name="free_from_not_negative"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    method_id: Mapped[int] = mapped_column(Key, ForeignKey("delivery_method.id"), index=True)
    states: Mapped[str] = mapped_column(String(200))
    transit_days: Mapped[int]  # business days
    free_from_cents: Mapped[int | None]
    steps: Mapped[list["DeliveryStep"]] = relationship(
        order_by="DeliveryStep.id", cascade="all, delete-orphan"
    )


class DeliveryStep(Base):
    """The price of a parcel in a zone up to a weight; None: of any weight."""

    __tablename__ = "delivery_step"
    __table_args__ = (
        CheckConstraint("up_to_grams IS NULL OR up_to_grams > 0", name="weight_positive"),
        CheckConstraint("cents >= 0", name="price_not_negative"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    zone_id: Mapped[int] = mapped_column(Key, ForeignKey("delivery_zone.id"), index=True)
    up_to_grams: Mapped[int | None]
    cents: Mapped[int]


class DeliveryWeight(Base):
    """What one unit of a kind is estimated to weigh, where the owner changed the store's own estimate."""

    __tablename__ = "delivery_weight"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind_known"),
        CheckConstraint("milligrams > 0", name="weight_positive"),
    )

    kind: Mapped[Kind] = mapped_column(Code(Kind, 12), primary_key=True)
    milligrams: Mapped[int]
