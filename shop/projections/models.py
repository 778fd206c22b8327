"""The rows by which caches and the search index notice that they are behind."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer
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

    The version is the sum of `changes`; of these, `named` say in `variant_version` which strengths they are
    of, and `priced` changed a price. Releases before 0013 name none. The migration wrote the rows.
    """

    __tablename__ = "offers_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    named: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    priced: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class VariantVersion(Base):
    """The latest change of a strength's price or stock: which row of `offers_version` counted it, up to what.

    Whoever counts holds that row until the commit, so within one counter numbers become visible in their
    order: a reader who saw `number` has seen all before it. Across counters there is no such order.
    """

    __tablename__ = "variant_version"
    __table_args__ = (Index("ix_variant_version_number", "counter", "number"),)

    variant_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    counter: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
