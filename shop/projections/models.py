"""The rows by which caches and the search index notice that they are behind."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime


class CatalogueVersion(Base):
    """`number` counts changes of what is found (names, listing); `offers` is where offers were counted once.

    Releases before 0008 still count offers there while they serve beside this one.
    """

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    offers: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OffersVersion(Base):
    """Changes of prices and stock, counted in any of sixteen rows, so that sales do not wait for each other.

    The version is the sum; the migration wrote the rows.
    """

    __tablename__ = "offers_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
