"""The table of the search log: searches without a result, counted by day."""

from datetime import date

from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key


class SearchMiss(Base):
    """What was looked for and not found, by day and nobody's name."""

    __tablename__ = "search_miss"
    __table_args__ = (UniqueConstraint("words", "day"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    words: Mapped[str] = mapped_column(String(100))  # folded, in the order typed
    day: Mapped[date] = mapped_column(Date)
    count: Mapped[int] = mapped_column(Integer)
