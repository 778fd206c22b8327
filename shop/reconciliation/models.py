"""The table of comparisons: when, how much was compared, and what differed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime


class ReconcileRun(Base):
    """One comparison. `differences` keeps the first some hundred, as codes with order numbers."""

    __tablename__ = "reconcile_run"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    orders: Mapped[int] = mapped_column(default=0)
    in_flight: Mapped[int] = mapped_column(default=0)
    difference_count: Mapped[int] = mapped_column(default=0)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    error: Mapped[str | None] = mapped_column(String(80))  # a refusal's code, where it could not finish
