"""Tables of payments: one row per hosted payment of an order, and the webhook events already seen."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime

OPEN = "state IN ('opening', 'open', 'authorised', 'captured')"


class Payment(Base):
    """What an order's total was asked for with. At most one per order is alive, so nobody pays twice."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(
            "state IN ('opening', 'open', 'authorised', 'captured', 'voided', 'expired', 'failed')",
            name="state_known",
        ),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index(
            "uq_payment_alive", "order_id", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("order.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)  # ours; the root of idempotency keys
    session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    intent_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    url: Mapped[str | None] = mapped_column(String(2000))
    state: Mapped[str] = mapped_column(String(12), default="opening")
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authorised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookEvent(Base):
    """An event id of the provider, so that a repeated delivery is answered and not acted on again."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
