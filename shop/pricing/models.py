"""Tables of pricing: acquisition prices from surveys, and the rules that make prices."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, ExactDecimal, Key, UnitPrice, UtcDateTime


class AcquisitionPrice(Base):
    """What pharmacies paid per unit, from a price survey, for one period."""

    __tablename__ = "acquisition_price"
    __table_args__ = (UniqueConstraint("variant_id", "effective_on"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"), index=True)
    price: Mapped[Decimal] = mapped_column(UnitPrice())
    effective_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # last day of the period, where the survey says it
    source: Mapped[str] = mapped_column(String(300))


class PriceRule(Base):
    """How prices are made: for the whole store (`product_id` None) or for one product, which has its own.

    Either acquisition x (1 + mark_up) + fee / quantity, or a fixed price per unit; `breaks` take a percentage
    off from a quantity on: [[90, "5"]].
    """

    __tablename__ = "price_rule"
    __table_args__ = (
        CheckConstraint("(fixed_price IS NULL) <> (mark_up IS NULL)", name="one_way_of_pricing"),
        CheckConstraint("fixed_price > 0", name="fixed_price_positive"),
        CheckConstraint("mark_up >= 0 AND fee >= 0", name="nothing_negative"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    product_id: Mapped[int | None] = mapped_column(Key, ForeignKey("product.id"), unique=True)
    mark_up: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))  # 0.35 for 35%
    fee: Mapped[Decimal] = mapped_column(UnitPrice(), default=Decimal(0))  # a line's dispensing fee, currency
    fixed_price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    breaks: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
