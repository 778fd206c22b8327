"""The table lists are read from: one row a product, derived from its strengths; `listing` writes it."""

from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, ExactDecimal, Key, UnitPrice


class Listing(Base):
    """What a list says of a product. `price` is the lowest per unit sold here, None when none is sold."""

    __tablename__ = "listing"

    product_id: Mapped[int] = mapped_column(
        Key, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    market: Mapped[str] = mapped_column(String(2))  # the store's, for which this was derived
    strengths: Mapped[str] = mapped_column(String(200))  # "10, 20, 25 mg"
    look: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # of the strength with the lowest price
    price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    varies: Mapped[bool] = mapped_column(Boolean)
    per_measure: Mapped[Decimal | None] = mapped_column(ExactDecimal(9))  # lowest price per measure_unit
    measure_unit: Mapped[str] = mapped_column(String(40))
    packs: Mapped[str] = mapped_column(String(80))  # pack steps of that strength: "30, 60, 90"
    example_quantity: Mapped[int] = mapped_column(Integer)
    example_cents: Mapped[int] = mapped_column(BigInteger)
    about: Mapped[dict[str, Any]] = mapped_column(JSON)  # names of ingredients; categories [slug, name]
    sold: Mapped[list[list[int]]] = mapped_column(JSON)  # [variant id, smallest step, largest step] sold here
