"""The jobs table."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime

DONE = "finished_at IS NOT NULL"


class Job(Base):
    """One thing to do after a commit. `key` names the effect, so the same effect is asked for only once."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_waiting", "finished_at", "run_after"),
        Index("ix_job_done", "finished_at", sqlite_where=text(DONE), postgresql_where=text(DONE)),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(Text)  # the exception's type, never its data
