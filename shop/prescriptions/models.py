"""Tables of prescriptions. What people wrote is sealed text; codes, dates and counts are plain."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.prescriptions import states
from shop.prescriptions.copies import needs_confirmation
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.reasons import Reason
from shop.prescriptions.rules import valid_on
from shop.prescriptions.rx_numbers import rx_number
from shop.prescriptions.states import ConfirmedHow, EntryKind, FileState, Origin, PrescriptionStatus
from shop.vault.current import SealedText

DECIDED = one_of("status", states.DECIDED)


class Prescription(Base):
    """One prescription a customer sent. `reference` is the random name it has in addresses.

    `patient_id` is whom it is for, None until somebody has said; an approved one always says it.
    """

    __tablename__ = "prescription"
    __table_args__ = (
        CheckConstraint(one_of("status", PrescriptionStatus), name="status_known"),
        CheckConstraint(
            "status NOT IN ('approved', 'refused') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided_by_someone",
        ),
        CheckConstraint(one_of("origin", Origin), name="origin_known"),
        CheckConstraint(one_of("confirmed_how", ConfirmedHow), name="confirmed_how_known"),
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_how IS NULL)"
            " AND (confirmed_at IS NULL) = (confirmed_by IS NULL)",
            name="confirmed_by_someone",
        ),
        CheckConstraint(
            "status <> 'transferred' OR (transferred_at IS NOT NULL AND transferred_by IS NOT NULL)",
            name="transferred_by_someone",
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
    patient_id: Mapped[int | None] = mapped_column(Key, ForeignKey("patient.id"), index=True)
    status: Mapped[PrescriptionStatus] = mapped_column(
        Code(PrescriptionStatus, 12), default=PrescriptionStatus.WAITING
    )
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    origin: Mapped[Origin] = mapped_column(Code(Origin, 12), default=Origin.PHOTO, server_default="photo")
    entered_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))  # staff; None: the customer
    received_from: Mapped[str | None] = mapped_column(SealedText("prescription.received_from"))
    original_number: Mapped[str | None] = mapped_column(String(40))  # of a transfer, at the pharmacy before
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # with the prescriber
    confirmed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    confirmed_how: Mapped[ConfirmedHow | None] = mapped_column(Code(ConfirmedHow, 12))
    confirmed_with: Mapped[str | None] = mapped_column(SealedText("prescription.confirmed_with"))
    customer_note: Mapped[str] = mapped_column(SealedText("prescription.customer_note"), default="")
    claimed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    transferred_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    transferred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    transferred_to: Mapped[str | None] = mapped_column(SealedText("prescription.transferred_to"))
    reason: Mapped[Reason | None] = mapped_column(Code(Reason, 40))
    pharmacist_note: Mapped[str] = mapped_column(SealedText("prescription.pharmacist_note"), default="")
    patient_name: Mapped[str | None] = mapped_column(SealedText("prescription.patient_name"))
    patient_birth_date: Mapped[str | None] = mapped_column(SealedText("prescription.patient_birth_date"))
    prescriber_name: Mapped[str | None] = mapped_column(SealedText("prescription.prescriber_name"))
    prescriber_npi: Mapped[str | None] = mapped_column(String(10))
    prescriber_license: Mapped[str | None] = mapped_column(String(60))  # where there is no NPI
    prescriber_id: Mapped[int | None] = mapped_column(Key, ForeignKey("prescriber.id"), index=True)
    issued_on: Mapped[date | None] = mapped_column(Date)
    fill_from: Mapped[date | None] = mapped_column(Date)  # “do not fill before”
    expires_on: Mapped[date | None] = mapped_column(Date)  # last day on which something may be dispensed
    documents: Mapped[list[PrescriptionDocument]] = relationship(order_by=PrescriptionDocument.id)
    items: Mapped[list["PrescriptionItem"]] = relationship(
        order_by="PrescriptionItem.id", back_populates="prescription"
    )
    declined: Mapped[list["DeclinedItem"]] = relationship(order_by="DeclinedItem.line")

    @hybrid_method
    def valid_on(self, day: date) -> bool:
        """Whether it may still be filled on `day`: `rules.valid_on`, of a row and in SQL."""
        return valid_on(self.expires_on, day)

    @property
    def is_unconfirmed_copy(self) -> bool:
        """Whether it is a copy that nobody has confirmed; nothing ships on it, save where a copy suffices."""
        return needs_confirmation(self.origin, self.confirmed_how)

    @property
    def newest_document(self) -> int:
        """The id of the newest of its documents, 0 for none: a page that shows an older one is stale."""
        return max((document.id for document in self.documents), default=0)

    @property
    def files_state(self) -> str:
        """`processing` while a file is being opened, `refused` where one could not be, otherwise `ready`."""
        states = {document.state for document in self.documents}
        return next(
            (state for state in (FileState.PROCESSING, FileState.REFUSED) if state in states), "ready"
        )


class PrescriptionItem(Base):
    """One medicine of it: 1 + refills fills of `quantity` units. `taken` is the sum of its fills."""

    is_declined = False
    __tablename__ = "prescription_item"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("refills >= 0", name="refills_not_negative"),
        CheckConstraint("authorized = quantity * (1 + refills)", name="authorized_follows"),
        CheckConstraint("taken >= 0 AND taken <= authorized", name="taken_within_authorized"),
        CheckConstraint("refill_share BETWEEN 1 AND 100", name="refill_share_percent"),
        UniqueConstraint("prescription_id", "line"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prescription_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription.id"), index=True)
    line: Mapped[int] = mapped_column(default=1, server_default="1")  # its place on the prescription, from 1
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"), index=True)
    quantity: Mapped[int]  # units of one fill
    refills: Mapped[int]
    authorized: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)  # held for orders plus dispensed
    days_supply: Mapped[int | None] = mapped_column(CheckConstraint("days_supply > 0", name="days_positive"))
    directions: Mapped[str] = mapped_column(SealedText("prescription_item.directions"))
    indication: Mapped[str | None] = mapped_column(SealedText("prescription_item.indication"))
    dispense_as_written: Mapped[bool] = mapped_column(default=False, server_default=false())
    refill_share: Mapped[int | None]  # percent of a supply used before the next fill; None: the store's
    prescription: Mapped[Prescription] = relationship(back_populates="items")

    @property
    def rx_number(self) -> str:
        """What it is called on the phone, on the box and in a search."""
        return rx_number(self.prescription_id, self.line)


class DeclinedItem(Base):
    """One medicine of it that was declined, for a reason of its own. Nothing is ever dispensed on it.

    `variant_id` is None for a medicine that the catalog does not have.
    """

    is_declined = True
    __tablename__ = "declined_item"
    __table_args__ = (UniqueConstraint("prescription_id", "line"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prescription_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription.id"))
    line: Mapped[int]
    variant_id: Mapped[int | None] = mapped_column(Key, ForeignKey("variant.id"))
    as_written: Mapped[str] = mapped_column(SealedText("declined_item.as_written"))
    reason: Mapped[Reason] = mapped_column(Code(Reason, 40))
    note: Mapped[str] = mapped_column(SealedText("declined_item.note"), default="")


class PrescriptionFill(Base):
    """One begun fill of an item: at most `quantity` units are held for orders or dispensed of it.

    `number` counts from 1; `count` fills are combined in it, usually 1. A pharmacist who opened it before its
    day, or combined several, is `opened_by`, for the coded `reason`.
    """

    __tablename__ = "prescription_fill"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("number > 0 AND count > 0 AND quantity > 0", name="positive"),
        CheckConstraint("taken >= 0 AND taken <= quantity", name="taken_within_quantity"),
        CheckConstraint("(opened_by IS NULL) = (reason IS NULL)", name="opened_with_reason"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription_item.id"))
    number: Mapped[int]
    count: Mapped[int] = mapped_column(default=1, server_default="1")
    quantity: Mapped[int]  # units of all its fills
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    opened_on: Mapped[date] = mapped_column(Date)
    opened_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    reason: Mapped[str | None] = mapped_column(String(40))  # of EarlyReason or CombineReason


class QuantityEntry(Base):
    """The ledger of a fill: held for an order line (+), released (-); dispensed makes a hold final."""

    __tablename__ = "prescription_quantity_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="kind_known"),
        UniqueConstraint("order_line_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription_item.id"), index=True)
    fill_id: Mapped[int | None] = mapped_column(Key, ForeignKey("prescription_fill.id"))
    order_line_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[EntryKind] = mapped_column(Code(EntryKind, 12))
    quantity: Mapped[int]  # positive; to `taken` it is + if held, - if released, 0 if dispensed
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """What pharmacist and customer wrote to each other about one prescription, sealed."""

    __tablename__ = "prescription_message"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prescription_id: Mapped[int] = mapped_column(Key, ForeignKey("prescription.id"), index=True)
    author_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"))
    reason: Mapped[Reason | None] = mapped_column(Code(Reason, 40))
    text: Mapped[str] = mapped_column(SealedText("prescription_message.text"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
