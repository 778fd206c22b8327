"""Tables of what staff keep about the catalogue: price rules, what is not posted, searches that failed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, ExactDecimal, Key, UnitPrice, UtcDateTime


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
    mark_up: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))  # 0.35 for 35 %
    fee: Mapped[Decimal] = mapped_column(UnitPrice(), default=Decimal(0))  # a line's dispensing fee, currency
    fixed_price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    breaks: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailExclusion(Base):
    """A substance, in some form or in all, that is not sent by post; admins keep the list."""

    __tablename__ = "mail_exclusion"
    __table_args__ = (UniqueConstraint("ingredient", "form"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ingredient: Mapped[str] = mapped_column(String(200))  # in lower case; "" stands for every substance
    form: Mapped[str] = mapped_column(String(80))  # a word of the form ("injection"), "" for every form
    reason: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))


class SearchMiss(Base):
    """What was looked for and not found, by day and nobody's name."""

    __tablename__ = "search_miss"
    __table_args__ = (UniqueConstraint("words", "day"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    words: Mapped[str] = mapped_column(String(100))  # folded, in the order typed
    day: Mapped[date] = mapped_column(Date)
    count: Mapped[int] = mapped_column(Integer)
