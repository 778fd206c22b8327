"""Tables of stock. `lot.on_hand` and `lot.held` are sums of the ledgers beside them, guarded by CHECKs."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UnitPrice, UtcDateTime, one_of
from shop.stock.rules import expires_by, good_on
from shop.stock.states import HoldState, LotStatus, MovementKind, ReturnKind

ON_HAND = "on_hand > 0"
NO_PACK = "pack_id IS NULL"
DISPENSED = f"kind = '{MovementKind.DISPENSED}'"
ENDED = f"state <> '{HoldState.HELD}'"
HELD = f"state = '{HoldState.HELD}'"


class Lot(Base):
    """One manufacturer's batch of one pack, in units (pills, mL …); two makers' lots "A1" are two lots.

    A lot without a pack was received before lots belonged to packs, or of a variant that has none.
    """

    __tablename__ = "lot"
    __table_args__ = (
        Index("uq_lot_pack_number", "pack_id", "number", unique=True),
        Index(
            "uq_lot_variant_number",
            "variant_id",
            "number",
            unique=True,
            sqlite_where=text(NO_PACK),
            postgresql_where=text(NO_PACK),
        ),
        Index("ix_lot_fefo", "variant_id", "expires_on", "id"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("held >= 0 AND held <= on_hand", name="held_within_on_hand"),
        CheckConstraint(one_of("status", LotStatus), name="status_known"),
        Index(
            "ix_lot_on_hand",
            "variant_id",
            "expires_on",
            sqlite_where=text(ON_HAND),
            postgresql_where=text(ON_HAND),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"))
    pack_id: Mapped[int | None] = mapped_column(Key, ForeignKey("pack.id"))
    pack_size: Mapped[int | None]  # units in one of its packs, as received; closed packs leave whole
    number: Mapped[str] = mapped_column(String(40))
    expires_on: Mapped[date] = mapped_column(Date)
    status: Mapped[LotStatus] = mapped_column(Code(LotStatus, 12), default=LotStatus.PICKABLE)
    status_reason: Mapped[str] = mapped_column(String(80), default="")  # codes of rules.Reason, LiftReason
    on_hand: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    unit_cost: Mapped[Decimal | None] = mapped_column(UnitPrice())
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @hybrid_method
    def good_on(self, day: date) -> bool:
        """Whether it may be sold on `day`: `rules.good_on`, of a row and in SQL."""
        return good_on(self.expires_on, day)

    @hybrid_method
    def expires_by(self, day: date) -> bool:
        """Whether `day` is its last or later: `rules.expires_by`, of a row and in SQL."""
        return expires_by(self.expires_on, day)


class Movement(Base):
    """A change of a lot's count, read-only once saved: positive in, negative out."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint(one_of("kind", MovementKind), name="kind_known"),
        CheckConstraint("quantity <> 0", name="moves_something"),
        Index(
            "ix_stock_movement_dispensed",
            "at",
            sqlite_where=text(DISPENSED),
            postgresql_where=text(DISPENSED),
        ),
        Index("uq_stock_movement_delivery", "delivery", unique=True),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    lot_id: Mapped[int] = mapped_column(Key, ForeignKey("lot.id"), index=True)
    kind: Mapped[MovementKind] = mapped_column(Code(MovementKind, 12))
    quantity: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    order_line_id: Mapped[int | None] = mapped_column(Key, index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    delivery: Mapped[str | None] = mapped_column(String(32))  # which sent form booked it: none books twice


class Returned(Base):
    """Units that came back, read-only once saved: set aside, then destroyed, or recorded by mistake.

    Apart from `stock_movement`, so that they never count as on hand: nothing that was returned is sold again.
    """

    __tablename__ = "stock_return"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReturnKind), name="kind_known"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    lot_id: Mapped[int] = mapped_column(Key, ForeignKey("lot.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(Key, index=True)
    kind: Mapped[ReturnKind] = mapped_column(Code(ReturnKind, 12))
    quantity: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))


class Assignment(Base):
    """A person's statement of the pack that a lot received without one came in, until it is undone."""

    __tablename__ = "lot_assignment"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    lot_id: Mapped[int] = mapped_column(Key, ForeignKey("lot.id"), index=True)
    pack_id: Mapped[int] = mapped_column(Key, ForeignKey("pack.id"))
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"))  # the lot's then
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))


class Hold(Base):
    """Units of a lot kept for one order line until it is shipped, canceled or expired."""

    __tablename__ = "stock_hold"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(one_of("state", HoldState), name="state_known"),
        Index("ix_stock_hold_held", "lot_id", sqlite_where=text(HELD), postgresql_where=text(HELD)),
        Index("ix_stock_hold_order_line", "order_line_id", "state"),
        Index("ix_stock_hold_ended", "created_at", sqlite_where=text(ENDED), postgresql_where=text(ENDED)),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    lot_id: Mapped[int] = mapped_column(Key, ForeignKey("lot.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(Key)
    quantity: Mapped[int]
    state: Mapped[HoldState] = mapped_column(Code(HoldState, 12), default=HoldState.HELD)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DispensingRate(Base):
    """How many units of a variant were dispensed in the 90 days whose last is that of `as_of`,
    until then; derived from the ledger.

    A chore recounts each hour; what was dispensed since is added on reading.
    """

    __tablename__ = "stock_dispensing_rate"

    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"), primary_key=True)
    units: Mapped[int]
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
