"""Whom an order is for, as a keyed hash: enough to find the orders of one person, not to read who it is."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key


class OrderPerson(Base):
    """A key of `persons.keys_of` under which an order is found again."""

    __tablename__ = "order_person"

    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
