"""The tables of jobs and of the workers that do them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class Job(Base):
    """One thing to do after a commit. `key` names the effect, so the same effect is asked for only once.

    Every index is partial, so that neither the worker nor a page ever reads past the finished jobs of years.
    """

    __tablename__ = "job"
    __table_args__ = (
        _partial("ix_job_due", "lane", "run_after", "id", where="finished_at IS NULL"),
        _partial("ix_job_kind_due", "kind", "due_at", where="finished_at IS NULL"),
        _partial(
            "ix_job_sequence", "lane", "sequence", "id", where="finished_at IS NULL AND sequence IS NOT NULL"
        ),
        # at most one job of a sequence runs, whatever two workers decide at the same time
        _partial(
            "uq_job_running",
            "lane",
            "sequence",
            unique=True,
            where="worker_id IS NOT NULL AND sequence IS NOT NULL",
        ),
        _partial("ix_job_worker", "worker_id", where="worker_id IS NOT NULL"),
        _partial("ix_job_failing", "kind", "id", where="finished_at IS NULL AND last_error IS NOT NULL"),
        Index(  # each database recognizes its own way of asking
            "ix_job_given_up",
            "kind",
            "id",
            sqlite_where=text("given_up = 1"),
            postgresql_where=text("given_up"),
        ),
        _partial("ix_job_finished", "finished_at", where="finished_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    lane: Mapped[str] = mapped_column(String(16), default="", server_default="")  # "": none yet, see crew
    sequence: Mapped[str | None] = mapped_column(String(64))  # within a lane, done one at a time, in order
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was to be done at first
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)  # when it is tried next
    attempts: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row, its worker ended
    worker_id: Mapped[int | None] = mapped_column(Key)  # who is doing it now
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # for workers of the release before
    healed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # last moved forward after an outage
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(Text)  # the exception's type, never its data


class Worker(Base):
    """One running worker process. It says every few seconds that it lives."""

    __tablename__ = "worker"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))  # host and process id, for people
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime)
