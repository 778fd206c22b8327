"""Codes of the review's table: where an alert was shown, and what settled it. Pure."""

from enum import StrEnum


class Stage(StrEnum):
    """When the review was asked."""

    ENTRY = "entry"  # before a prescription is approved
    ORDER = "order"  # when the customer placed the order
    DISPENSING = "dispensing"  # while the order waited to be shipped


class Lifted(StrEnum):
    """Why an alert that stopped stops no longer. No override: the prescription or the patient's facts
    changed."""

    PRESCRIBER_CHANGED = "prescriber_changed"
    ENTRY_CORRECTED = "entry_corrected"
    PATIENT_CORRECTED = "patient_corrected"
    DECLINED = "declined"
    ENTRY_CHANGED = "entry_changed"  # another patient or other medicines: the entry says it, nobody is asked


LIFTED_WORDS = {
    Lifted.PRESCRIBER_CHANGED: "Prescriber changed the prescription",
    Lifted.ENTRY_CORRECTED: "Entry corrected to match the document",
    Lifted.PATIENT_CORRECTED: "Health profile corrected with the patient",
    Lifted.DECLINED: "Medicine declined",
    Lifted.ENTRY_CHANGED: "Another patient or medicine entered",
}
CHOSEN = {code: words for code, words in LIFTED_WORDS.items() if code is not Lifted.ENTRY_CHANGED}
"""Those that a pharmacist chooses."""
EXPLAINED = frozenset(
    {Lifted.PRESCRIBER_CHANGED.value, Lifted.ENTRY_CORRECTED.value, Lifted.PATIENT_CORRECTED.value}
)
"""Those that need a note: who said so and when, or what was misread. A declined medicine has a reason of its
own."""
