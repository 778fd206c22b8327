"""Tables of what was sent: documents, their pages and what they look like, and what an account may send."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.prescriptions.states import FileState
from shop.vault.current import SealedText


class PrescriptionDocument(Base):
    """One uploaded photo or PDF. Without a prescription: a draft, kept while another field had an error.

    Until the worker has opened it, `raw_file_id` names what was sent, encrypted in the vault; then it has
    pages, or `refusal`, the code of an `upload_refusals` class. `opened_times` counts the worker's tries.
    """

    __tablename__ = "prescription_document"
    __table_args__ = (
        CheckConstraint(one_of("state", FileState), name="state_known"),
        CheckConstraint("(state = 'processing') = (raw_file_id IS NOT NULL)", name="raw_while_processing"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_with_code"),
        Index(
            "ix_prescription_document_unready",
            "prescription_id",
            sqlite_where=text("state <> 'ready'"),
            postgresql_where=text("state <> 'ready'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), index=True)
    prescription_id: Mapped[int | None] = mapped_column(Key, ForeignKey("prescription.id"), index=True)
    filename: Mapped[str] = mapped_column(SealedText("prescription_document.filename"))
    size_bytes: Mapped[int]  # as uploaded
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[FileState] = mapped_column(
        Code(FileState, 10), default=FileState.PROCESSING, server_default="ready"
    )
    raw_file_id: Mapped[str | None] = mapped_column(String(32))
    refusal: Mapped[str | None] = mapped_column(String(40))
    opened_times: Mapped[int] = mapped_column(default=0, server_default="0")
    pages: Mapped[list["DocumentPage"]] = relationship(order_by="DocumentPage.number")


class DocumentPage(Base):
    """One re-encoded page, an encrypted file of the vault named `file_id`."""

    __tablename__ = "document_page"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription_document.id"), index=True)
    number: Mapped[int]
    file_id: Mapped[str] = mapped_column(String(32), unique=True)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    mark: Mapped[str | None] = mapped_column(
        String(64)
    )  # what it looks like, in hexadecimal; pages alike differ little


class PageBand(Base):
    """A part of a page's mark: pages that look alike share at least one, so they are found by an index."""

    __tablename__ = "document_page_band"
    __table_args__ = (Index("ix_document_page_band_value", "band", "value"),)

    page_id: Mapped[int] = mapped_column(
        Key, ForeignKey("document_page.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class UploadAllowance(Base):
    """One row an account: whoever charges its budget locks it, so requests at once cannot exceed it."""

    __tablename__ = "upload_allowance"

    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), primary_key=True, autoincrement=False)


class UploadUse(Base):
    """One file an account sent, refused or not. `cpu_ms` is reserved at first, later what it took."""

    __tablename__ = "upload_use"
    __table_args__ = (Index("ix_upload_use_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    size_bytes: Mapped[int]
    cpu_ms: Mapped[int]
