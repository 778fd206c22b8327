"""The table of patients. Name, birth date and health are sealed; a keyed hash finds a person again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.patients.rules import Relation
from shop.vault.current import SealedText

ONE_SELF = f"relation = '{Relation.SELF.value}' AND removed_at IS NULL"


class Patient(Base):
    """One person. `reference` is the random name it has in addresses; `search_key` one of `finding.keys_of`.

    A removed patient stays: prescriptions and orders name it.
    """

    __tablename__ = "patient"
    __table_args__ = (
        CheckConstraint(one_of("relation", Relation), name="relation_known"),
        Index(
            "uq_patient_self",
            "user_id",
            unique=True,
            sqlite_where=text(ONE_SELF),
            postgresql_where=text(ONE_SELF),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), index=True)
    relation: Mapped[Relation | None] = mapped_column(Code(Relation, 8))
    name: Mapped[str] = mapped_column(SealedText("patient.name"))
    birth_date: Mapped[str | None] = mapped_column(SealedText("patient.birth_date"))  # ISO date
    search_key: Mapped[str] = mapped_column(String(64), index=True)
    health: Mapped[str | None] = mapped_column(SealedText("patient.health"))  # JSON of profile.Profile
    health_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeAcknowledgment(Base):
    """That an account acknowledged an edition of the Notice of Privacy Practices, and when."""

    __tablename__ = "notice_acknowledgment"

    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    edition: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
