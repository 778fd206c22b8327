"""Tables of orders. A line is a snapshot: later changes of name or price do not reach it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.addresses import AddressColumns
from shop.database import Base, Code, Key, UnitPrice, UtcDateTime, one_of
from shop.delivery.rules import FORMER_CODE, FORMER_NAME
from shop.orders import states
from shop.orders.states import OrderStatus

UNPAID = f"status = '{OrderStatus.AWAITING_PAYMENT.value}'"
ENDED = one_of("status", states.ENDED)
ON_PRESCRIPTION = "prescription_item_id IS NOT NULL"


class Order(AddressColumns, Base):
    """One order. `number` is random, so it tells nothing and cannot be guessed.

    A customer has at most one unpaid order: two clicks cannot hold the same pills twice, or be charged twice.
    """

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint(one_of("status", OrderStatus), name="status_known"),
        CheckConstraint("total_cents = subtotal_cents + delivery_cents + tax_cents", name="total_follows"),
        CheckConstraint("tax_cents >= 0", name="tax_not_negative"),
        Index("ix_order_user_created", "user_id", "created_at"),
        Index("ix_order_status_placed", "status", "placed_at"),
        Index("ix_order_status_created", "status", "created_at"),
        Index("ix_order_ended", "created_at", sqlite_where=text(ENDED), postgresql_where=text(ENDED)),
        Index(
            "uq_order_unpaid",
            "user_id",
            unique=True,
            sqlite_where=text(UNPAID),
            postgresql_where=text(UNPAID),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    status: Mapped[OrderStatus] = mapped_column(Code(OrderStatus, 20), default=OrderStatus.AWAITING_PAYMENT)
    currency: Mapped[str] = mapped_column(String(3))
    subtotal_cents: Mapped[int]
    delivery_cents: Mapped[int]
    tax_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # sales tax of its state
    age_declared: Mapped[int | None]  # the customer declared: at least so old; None: nobody was asked
    total_cents: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    holds_until: Mapped[datetime] = mapped_column(UtcDateTime)
    placed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # captured; only then may it be shipped
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tracking: Mapped[str] = mapped_column(String(80), default="")
    delivery_code: Mapped[str] = mapped_column(String(24), default=FORMER_CODE, server_default=FORMER_CODE)
    delivery_name: Mapped[str] = mapped_column(String(60), default=FORMER_NAME, server_default=FORMER_NAME)
    handling_days: Mapped[int | None]  # business days, like those in transit; None: before there were methods
    transit_days: Mapped[int | None]
    promised_on: Mapped[date | None] = mapped_column(Date)  # said once it is paid and nothing waits
    lines: Mapped[list["OrderLine"]] = relationship(
        primaryjoin="and_(Order.id == OrderLine.order_id, OrderLine.removed_at.is_(None))",
        order_by="OrderLine.id",
        back_populates="order",
    )
    removed_lines: Mapped[list["OrderLine"]] = relationship(
        primaryjoin="and_(Order.id == OrderLine.order_id, OrderLine.removed_at.is_not(None))",
        order_by="OrderLine.id",
        viewonly=True,
    )
    events: Mapped[list["OrderEvent"]] = relationship(order_by="OrderEvent.id")

    @property
    def ordered_at(self) -> datetime:
        """When it was placed; of one that was never paid, when it was begun."""
        return self.placed_at or self.created_at


NO_PATIENT = "patient_id IS NULL"


class OrderLine(Base):
    """What was sold, as it was. `patient_id` is whom a line is for, on prescription (old ones may lack it) or
    as the customer said; `someone_else`: nobody of the account.

    `removed_at`: taken out after the order was paid for and before it shipped: no line of it any more.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "NOT prescription_required OR prescription_item_id IS NOT NULL", name="prescription_when_required"
        ),
        UniqueConstraint("order_id", "variant_id", "patient_id"),
        Index(
            "uq_order_line_without_patient",
            "order_id",
            "variant_id",
            unique=True,
            sqlite_where=text(NO_PATIENT),
            postgresql_where=text(NO_PATIENT),
        ),
        Index(  # asked for the others, SQLite would search it for NULL: most lines of a store
            "ix_order_line_prescription_item_id",
            "prescription_item_id",
            sqlite_where=text(ON_PRESCRIPTION),
            postgresql_where=text(ON_PRESCRIPTION),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"), index=True)
    prescription_item_id: Mapped[int | None] = mapped_column(Key, ForeignKey("prescription_item.id"))
    patient_id: Mapped[int | None] = mapped_column(Key, ForeignKey("patient.id"), index=True)
    someone_else: Mapped[bool] = mapped_column(default=False)
    prescription_required: Mapped[bool]
    name: Mapped[str] = mapped_column(String(300))  # "Baclofen tablet 10 mg"
    unit: Mapped[str] = mapped_column(String(8))
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice())
    quantity: Mapped[int]
    total_cents: Mapped[int]
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order: Mapped[Order] = relationship(back_populates="lines")
    lots: Mapped[list["OrderLineLot"]] = relationship(order_by="OrderLineLot.id")


class OrderLineLot(Base):
    """From which lot a line was dispensed: what a recall asks."""

    __tablename__ = "order_line_lot"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_line.id"), index=True)
    lot_id: Mapped[int] = mapped_column(Key, ForeignKey("lot.id"), index=True)
    lot_number: Mapped[str] = mapped_column(String(40))
    expires_on: Mapped[date] = mapped_column(Date)
    quantity: Mapped[int]


class OrderEvent(Base):
    """One entry of the order's timeline, by code; the words stand in the template."""

    __tablename__ = "order_event"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(40))
