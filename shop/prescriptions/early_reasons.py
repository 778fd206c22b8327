"""Why somebody gets a medicine before their last supply is used, as a pharmacist decides it."""

from enum import StrEnum


class EarlyReason(StrEnum):
    """Why a fill is opened early; the value is stored."""

    VACATION = "vacation"
    LOST = "lost"
    DOSE_CHANGED = "dose_changed"
    DAYS_KNOWN = "days_known"


WORDS = {
    EarlyReason.VACATION: "Vacation supply",
    EarlyReason.LOST: "Supply lost or damaged",
    EarlyReason.DOSE_CHANGED: "Dose changed by the prescriber",
    EarlyReason.DAYS_KNOWN: "Days’ supply clarified with the prescriber",
}
