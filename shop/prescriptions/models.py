"""Tables of prescriptions. What people wrote is sealed text; codes, dates and counts are plain."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Key, UtcDateTime
from shop.prescriptions.sealed import SealedText

DECIDED = "status IN ('approved', 'refused')"


class Prescription(Base):
    """One prescription a customer sent. `reference` is the random name it has in addresses."""

    __tablename__ = "prescription"
    __table_args__ = (
        CheckConstraint(
            "status IN ('waiting', 'asked', 'approved', 'refused', 'withdrawn')", name="status_known"
        ),
        CheckConstraint(
            "status NOT IN ('approved', 'refused') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided_by_someone",
        ),
        Index("ix_prescription_queue", "status", "submitted_at"),
        Index(
            "ix_prescription_decided",
            "decided_at",
            sqlite_where=text(DECIDED),
            postgresql_where=text(DECIDED),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    customer_note: Mapped[str] = mapped_column(SealedText("prescription.customer_note"), default="")
    claimed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(40))  # a code of rules.Reason
    pharmacist_note: Mapped[str] = mapped_column(SealedText("prescription.pharmacist_note"), default="")
    patient_name: Mapped[str | None] = mapped_column(SealedText("prescription.patient_name"))
    patient_birth_date: Mapped[str | None] = mapped_column(
        SealedText("prescription.patient_birth_date")
    )  # ISO date
    prescriber_name: Mapped[str | None] = mapped_column(SealedText("prescription.prescriber_name"))
    prescriber_npi: Mapped[str | None] = mapped_column(String(10))
    issued_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)  # last day on which something may be dispensed
    documents: Mapped[list["PrescriptionDocument"]] = relationship(order_by="PrescriptionDocument.id")
    items: Mapped[list["PrescriptionItem"]] = relationship(
        order_by="PrescriptionItem.id", back_populates="prescription"
    )


class PrescriptionDocument(Base):
    """One uploaded photo or PDF. Without a prescription: a draft, kept while another field had an error."""

    __tablename__ = "prescription_document"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), index=True)
    prescription_id: Mapped[int | None] = mapped_column(Key, ForeignKey("prescription.id"), index=True)
    filename: Mapped[str] = mapped_column(SealedText("prescription_document.filename"))
    size_bytes: Mapped[int]  # as uploaded
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
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


class PrescriptionItem(Base):
    """One medicine of it. authorised = quantity x (1 + refills); `taken` is the sum of its ledger."""

    __tablename__ = "prescription_item"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("refills >= 0", name="refills_not_negative"),
        CheckConstraint("authorised = quantity * (1 + refills)", name="authorised_follows"),
        CheckConstraint("taken >= 0 AND taken <= authorised", name="taken_within_authorised"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prescription_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription.id"), index=True)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"), index=True)
    quantity: Mapped[int]  # units of one fill
    refills: Mapped[int]
    authorised: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)  # held for orders plus dispensed
    days_supply: Mapped[int | None] = mapped_column(CheckConstraint("days_supply > 0", name="days_positive"))
    directions: Mapped[str] = mapped_column(SealedText("prescription_item.directions"))
    prescription: Mapped[Prescription] = relationship(back_populates="items")


class QuantityEntry(Base):
    """The ledger of an item: held for an order line (+), released (-); dispensed makes a hold final."""

    __tablename__ = "prescription_quantity_entry"
    __table_args__ = (
        CheckConstraint("kind IN ('held', 'released', 'dispensed')", name="kind_known"),
        UniqueConstraint("order_line_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription_item.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[
        int
    ]  # positive; what it does to `taken` follows from kind: + held, - released, 0 dispensed
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """What pharmacist and customer wrote to each other about one prescription, sealed."""

    __tablename__ = "prescription_message"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prescription_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription.id"), index=True)
    author_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    reason: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(SealedText("prescription_message.text"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
