"""Tables of payments: one row per hosted payment of an order, and the webhook events already seen."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.payments import states
from shop.payments.states import MovementKind, MovementState, PaymentStatus, Reason

AUTHORIZED = f"state = '{PaymentStatus.AUTHORIZED.value}'"
REQUESTED = f"state = '{MovementState.REQUESTED.value}'"
ALIVE = one_of("state", states.ALIVE)


class Payment(Base):
    """What an order's total was asked for with. At most one per order is alive, so nobody pays twice."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(one_of("state", PaymentStatus), name="state_known"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(
            "refunded_cents >= 0 AND refunded_cents <= amount_cents", name="refunded_within_amount"
        ),
        Index(
            "uq_payment_alive",
            "order_id",
            unique=True,
            sqlite_where=text(ALIVE),
            postgresql_where=text(ALIVE),
        ),
        Index(
            "ix_payment_authorized",
            "authorized_at",
            sqlite_where=text(AUTHORIZED),
            postgresql_where=text(AUTHORIZED),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)  # ours; the root of idempotency keys
    session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    intent_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    url: Mapped[str | None] = mapped_column(String(2000))
    state: Mapped[PaymentStatus] = mapped_column(Code(PaymentStatus, 12), default=PaymentStatus.OPENING)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    refunded_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # asked for or done
    authorized_cents: Mapped[int | None]  # what the bank holds, where less of it is taken
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authorized_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PaymentMovement(Base):
    """One capture, void or refund that was asked of the provider: why, by whom, and what became of it.

    Written in the transaction that decides it, before the provider is asked; `idempotency_key` makes a
    repeated request the same request. An intent with a void or refund here never pays for an order again.
    """

    __tablename__ = "payment_movement"
    __table_args__ = (
        CheckConstraint(one_of("kind", MovementKind), name="kind_known"),
        CheckConstraint(one_of("state", MovementState), name="state_known"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index(
            "ix_payment_movement_requested",
            "kind",
            "requested_at",
            sqlite_where=text(REQUESTED),
            postgresql_where=text(REQUESTED),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    payment_id: Mapped[int] = mapped_column(Key, ForeignKey("payment.id"), index=True)
    intent_id: Mapped[str] = mapped_column(String(255), index=True)
    kind: Mapped[MovementKind] = mapped_column(Code(MovementKind, 8))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    idempotency_key: Mapped[str] = mapped_column(String(255), unique=True)
    reason: Mapped[Reason] = mapped_column(Code(Reason, 40))
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))  # None: a rule of the store
    state: Mapped[MovementState] = mapped_column(Code(MovementState, 10), default=MovementState.REQUESTED)
    provider_id: Mapped[str | None] = mapped_column(String(255))  # the refund's id there
    error: Mapped[str | None] = mapped_column(String(80))  # the provider's code
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookEvent(Base):
    """An event id of the provider, so that a repeated delivery is answered and not acted on again."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
