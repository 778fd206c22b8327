"""The table of pharmacists' changes to facts: what was asked, on what it rests, and what became of it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, ExactDecimal, Key, UtcDateTime, one_of
from shop.drug_review.fact_rules import PLACES
from shop.safety.drug_facts.facts import Weight

LONGEST_REASON = 500
IN_FORCE = "status = 'in_force'"
WAITING = "status = 'waiting'"


class ChangeStatus(StrEnum):
    """Where a change stands. Only `in_force` changes what reviews ask."""

    WAITING = "waiting"  # looser: for a second pharmacist
    IN_FORCE = "in_force"
    PUT_BACK = "put_back"  # it asked for what the file says, and that counts
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # a later change took its place


class FactChange(Base):
    """What a pharmacist asked of one fact. What was asked is never edited; only its status moves on.

    `weight` and `figure` are None where the file's count. `rested_on` is `fact_rules.fingerprint` of the
    file's fact then, "" of one that was gone. `previous_weight` and `previous_figure` counted before.
    `decided_by` accepted, declined or withdrew it. Reasons are staff's words about a fact, never a patient's
    data.
    """

    __tablename__ = "fact_change"
    __table_args__ = (
        CheckConstraint(one_of("status", ChangeStatus), name="status_known"),
        CheckConstraint(f"weight IS NULL OR {one_of('weight', Weight)}", name="weight_known"),
        CheckConstraint(
            f"previous_weight IS NULL OR {one_of('previous_weight', Weight)}", name="previous_weight_known"
        ),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_someone"),
        CheckConstraint(
            "status = 'withdrawn' OR decided_by IS NULL OR decided_by <> requested_by",
            name="second_pharmacist",
        ),
        CheckConstraint(
            "NOT loosens OR status IN ('waiting', 'declined', 'withdrawn') OR decided_by IS NOT NULL",
            name="loosened_by_two",
        ),
        CheckConstraint(
            "status NOT IN ('declined', 'withdrawn') OR decided_by IS NOT NULL", name="ended_by_someone"
        ),
        Index(
            "uq_fact_change_in_force",
            "fact",
            unique=True,
            sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        ),
        Index(
            "uq_fact_change_waiting",
            "fact",
            unique=True,
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_fact_change_requested_at", "requested_at", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    fact: Mapped[str] = mapped_column(String(160))
    ingredient: Mapped[str] = mapped_column(String(120), index=True)
    weight: Mapped[Weight | None] = mapped_column(Code(Weight, 8))
    figure: Mapped[Decimal | None] = mapped_column(ExactDecimal(PLACES))
    unit: Mapped[str] = mapped_column(String(8))
    previous_weight: Mapped[Weight | None] = mapped_column(Code(Weight, 8))
    previous_figure: Mapped[Decimal | None] = mapped_column(ExactDecimal(PLACES))
    rested_on: Mapped[str] = mapped_column(Text())
    loosens: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    status: Mapped[ChangeStatus] = mapped_column(Code(ChangeStatus, 12))
    requested_by: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
