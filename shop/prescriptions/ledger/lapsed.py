"""Why what was ordered on a prescription may not be dispensed on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from shop.clock import day_in_words
from shop.database import db
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.rules import first_day, valid_on
from shop.prescriptions.states import PrescriptionStatus


class Why(StrEnum):
    """What is in the way of filling it."""

    EXPIRED = "expired"
    NOT_YET = "not_yet"
    REVOKED = "revoked"
    TRANSFERRED = "transferred"
    NOT_APPROVED = "not_approved"


@dataclass(frozen=True)
class Lapse:
    """`on` is the last day of one that expired, or the first day of one that waits for it."""

    why: Why
    on: date | None = None

    @property
    def sentence(self) -> str:
        """For staff and customers alike."""
        if self.why is Why.EXPIRED and self.on is None:
            return "Its prescription has no last day on record, so it can’t be filled."
        day = day_in_words(self.on) if self.on else ""
        return {
            Why.EXPIRED: f"Its prescription could be filled through {day}.",
            Why.NOT_YET: f"Its prescription may not be filled before {day}.",
            Why.REVOKED: "Its prescription was revoked.",
            Why.TRANSFERRED: "Its prescription was transferred to another pharmacy.",
            Why.NOT_APPROVED: "Its prescription is no longer approved.",
        }[self.why]


def lapse(
    status: str, issued_on: date | None, fill_from: date | None, expires_on: date | None, today: date
) -> Lapse | None:
    """Why a prescription with these facts may not be filled today, or None. Pure."""
    if status == PrescriptionStatus.REVOKED:
        return Lapse(Why.REVOKED)
    if status == PrescriptionStatus.TRANSFERRED:
        return Lapse(Why.TRANSFERRED)
    if status != PrescriptionStatus.APPROVED or issued_on is None:
        return Lapse(Why.NOT_APPROVED)
    if not valid_on(expires_on, today):
        return Lapse(Why.EXPIRED, expires_on)
    first = first_day(issued_on, fill_from)
    return Lapse(Why.NOT_YET, first) if today < first else None


def lapses(item_ids: Iterable[int], today: date) -> dict[int, Lapse]:
    """Those of the items whose prescription may not be filled on `today`, and why; in one question."""
    wanted = set(item_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            PrescriptionItem.id,
            Prescription.status,
            Prescription.issued_on,
            Prescription.fill_from,
            Prescription.expires_on,
        )
        .join(Prescription)
        .where(PrescriptionItem.id.in_(wanted))
    )
    known = {row.id: lapse(row.status, row.issued_on, row.fill_from, row.expires_on, today) for row in rows}
    found = {item_id: known.get(item_id, Lapse(Why.NOT_APPROVED)) for item_id in wanted}
    return {item_id: one for item_id, one in found.items() if one is not None}
