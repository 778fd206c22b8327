"""The directory of prescribers, kept by pharmacists. What a prescription states of one stays with it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime


class Prescriber(Base):
    """One prescriber; `search_name` is the name as it is searched: folded, words in order.

    `npi` in the US; elsewhere `license`, the register and the number in it. One of them identifies them.
    """

    __tablename__ = "prescriber"
    __table_args__ = (CheckConstraint("npi IS NOT NULL OR license IS NOT NULL", name="identified"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(120), index=True)
    npi: Mapped[str | None] = mapped_column(String(10), unique=True)
    license: Mapped[str | None] = mapped_column(String(60), unique=True)
    address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    created_by: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
