"""The table of alerts: each as it was shown, and what was decided about it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Code, Key, UtcDateTime, one_of
from shop.drug_review.states import Lifted, Stage
from shop.prescriptions.verification.typed import Verdict
from shop.vault.current import SealedText

OF_PRESCRIPTION = "prescription_id IS NOT NULL"
OF_ORDER = "order_id IS NOT NULL"
OPEN = "outcome IS NULL AND lifted_at IS NULL AND order_id IS NOT NULL"


class ReviewAlert(Base):
    """One alert about a prescription or an order: shown once, however often the page is opened.

    `rule` is `taking.Alert.rule`. `basis` is a keyed hash of what it rests on (`basis.basis_of`): while it
    stays the same, what was decided holds. `facts_version` is its file's. What was said and noted is sealed.
    An `outcome` of `states.Lifted` is a stop that a change lifted, every other an override; `lifted_at`: an
    order no longer raises it, because what it rested on changed. `holds_until` is the last day on which a
    decision spares the same question, None of those from before it was kept. `patient_id` is None of an order
    of nobody on file: a visitor's, or for someone else.
    """

    __tablename__ = "review_alert"
    __table_args__ = (
        CheckConstraint(one_of("verdict", Verdict), name="verdict_known"),
        CheckConstraint(one_of("stage", Stage), name="stage_known"),
        CheckConstraint("(prescription_id IS NULL) <> (order_id IS NULL)", name="about_one"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)",
            name="decided_by_someone",
        ),
        Index(
            "uq_review_alert_prescription",
            "prescription_id",
            "rule",
            "basis",
            unique=True,
            sqlite_where=text(OF_PRESCRIPTION),
            postgresql_where=text(OF_PRESCRIPTION),
        ),
        Index(
            "uq_review_alert_order",
            "order_id",
            "patient_id",
            "rule",
            "basis",
            unique=True,
            sqlite_where=text(OF_ORDER),
            postgresql_where=text(OF_ORDER),
        ),
        Index("ix_review_alert_open", "order_id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_review_alert_shown_at", "shown_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    rule: Mapped[str] = mapped_column(String(160))
    verdict: Mapped[Verdict] = mapped_column(Code(Verdict, 8))
    stage: Mapped[Stage] = mapped_column(Code(Stage, 12))
    prescription_id: Mapped[int | None] = mapped_column(Key, ForeignKey("prescription.id"))
    order_id: Mapped[int | None] = mapped_column(Key, ForeignKey("order.id"))
    patient_id: Mapped[int | None] = mapped_column(Key, ForeignKey("patient.id"), index=True)
    basis: Mapped[str] = mapped_column(String(64))
    facts_version: Mapped[str] = mapped_column(String(40))
    sentence: Mapped[str] = mapped_column(SealedText("review_alert.sentence"))
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(SealedText("review_alert.note"), default="")
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    holds_until: Mapped[date | None] = mapped_column(Date)


DECIDED = ReviewAlert.outcome.is_not(None), ReviewAlert.outcome.not_in(set(Lifted))
"""A pharmacist decided about it; it was not lifted because what it rested on changed."""
