"""Tables of monographs. A document has revisions; one is published, and only after a pharmacist's review."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.monographs.states import ClaimKind, RevisionState

PUBLISHED = f"state = '{RevisionState.PUBLISHED}'"

claim_source = Table(
    "claim_source",
    Base.metadata,
    Column("claim_id", Key, ForeignKey("monograph_claim.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", Key, ForeignKey("monograph_source.id", ondelete="CASCADE"), primary_key=True),
)


class Monograph(Base):
    """What is known of one medicine by one route ("Baclofen, by mouth"), whatever its strengths."""

    __tablename__ = "monograph"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200))


class MonographRevision(Base):
    """One text of a monograph, who reviewed it, when it is due again. Published text is never edited."""

    __tablename__ = "monograph_revision"
    __table_args__ = (
        UniqueConstraint("monograph_id", "number"),
        CheckConstraint(one_of("state", RevisionState), name="state_known"),
        CheckConstraint(
            "state = 'draft' OR (reviewed_on IS NOT NULL AND reviewed_by IS NOT NULL)",
            name="published_after_review",
        ),
        Index(
            "uq_monograph_published",
            "monograph_id",
            unique=True,
            sqlite_where=text(PUBLISHED),
            postgresql_where=text(PUBLISHED),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    monograph_id: Mapped[int] = mapped_column(Key, ForeignKey("monograph.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    state: Mapped[RevisionState] = mapped_column(Code(RevisionState, 12), default=RevisionState.DRAFT)
    summary: Mapped[str] = mapped_column(String(300))
    content_hash: Mapped[str] = mapped_column(String(64))  # of its file: loading it again adds nothing
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    reviewed_by: Mapped[str | None] = mapped_column(String(120))
    review_due_on: Mapped[date | None] = mapped_column(Date)
    sections: Mapped[list["MonographSection"]] = relationship(order_by="MonographSection.position")
    sources: Mapped[list["MonographSource"]] = relationship(order_by="MonographSource.position")


class MonographSource(Base):
    """A label section (or other document) that claims of a revision rest on."""

    __tablename__ = "monograph_source"
    __table_args__ = (UniqueConstraint("revision_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        Key, ForeignKey("monograph_revision.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    citation: Mapped[str] = mapped_column(Text)
    set_id: Mapped[str | None] = mapped_column(String(64))
    section_code: Mapped[str | None] = mapped_column(String(16))


class MonographSection(Base):
    """One section under a LOINC code of the label, with a title in plain words."""

    __tablename__ = "monograph_section"
    __table_args__ = (UniqueConstraint("revision_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        Key, ForeignKey("monograph_revision.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))  # the anchor on the page
    code: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    claims: Mapped[list["MonographClaim"]] = relationship(order_by="MonographClaim.position")


class MonographClaim(Base):
    """One statement, with its sources; `table` holds columns and rows when `kind` is table."""

    __tablename__ = "monograph_claim"
    __table_args__ = (CheckConstraint(one_of("kind", ClaimKind), name="kind_known"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    section_id: Mapped[int] = mapped_column(
        Key, ForeignKey("monograph_section.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    kind: Mapped[ClaimKind] = mapped_column(Code(ClaimKind, 12))
    text: Mapped[str] = mapped_column(Text)
    table: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    sources: Mapped[list[MonographSource]] = relationship(
        secondary=claim_source, order_by=MonographSource.position
    )
