"""The table of who waits for a medicine. As a basket does, it says what somebody looks for: it goes with the
account, and soon after they were told."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime


class StockNotice(Base):
    """An account is told once, by email, that a strength can be bought again. `notified_at` is when."""

    __tablename__ = "stock_notice"

    user_id: Mapped[int] = mapped_column(
        Key, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    variant_id: Mapped[int] = mapped_column(
        Key, ForeignKey("variant.id"), primary_key=True, autoincrement=False, index=True
    )
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
