"""Tables of the audit record. A row is added, then sealed once; triggers refuse everything else."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key, UtcDateTime

SEALED = "position IS NOT NULL"
UNSEALED = "position IS NULL"
OF_PATIENT = "subject_type = 'patient'"


class AuditRecord(Base):
    """One thing that happened. Sealed, it has a place in the chain: `hash` covers it and `previous_hash`.

    Unsealed, it has neither. A row with hashes and no position was chained by a release before 0008.
    """

    __tablename__ = "audit_record"
    __table_args__ = (
        Index(
            "uq_audit_record_position",
            "position",
            unique=True,
            sqlite_where=text(SEALED),
            postgresql_where=text(SEALED),
        ),
        Index(
            "ix_audit_record_patient",
            "subject_id",
            "id",
            sqlite_where=text(OF_PATIENT),
            postgresql_where=text(OF_PATIENT),
        ),
        Index("ix_audit_record_unsealed", "id", sqlite_where=text(UNSEALED), postgresql_where=text(UNSEALED)),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(64), index=True)
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"), index=True)
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int | None] = mapped_column(Key)  # 1, 2, 3 … without gaps, in the order of sealing
    previous_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    hash: Mapped[str | None] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """The one row that says where the chain ends, and what the store's key has signed. Only sealing locks it.

    `signature` covers the chain's first `signed_length` records, which end with `signed_hash`.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    length: Mapped[int]
    signed_length: Mapped[int | None]
    signed_hash: Mapped[str | None] = mapped_column(String(64))
    signature: Mapped[str | None] = mapped_column(String(120))  # key's id, colon, HMAC-SHA256 in hex
