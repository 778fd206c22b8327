"""Why a pharmacist asks or refuses: one code each, with the words for pharmacist and customer. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    REFILLS_MISSING = "refills_missing"
    QUANTITY_MISSING = "quantity_missing"
    UNREADABLE = "unreadable"
    PAGE_MISSING = "page_missing"
    NOT_SIGNED = "not_signed"
    DATE_MISSING = "date_missing"
    PATIENT_UNCLEAR = "patient_unclear"
    PRESCRIBER_UNCLEAR = "prescriber_unclear"
    TREATMENT_QUESTION = "treatment_question"
    TOO_OLD = "too_old"
    CONTROLLED = "controlled"
    NOT_SOLD = "not_sold"
    NOT_A_PRESCRIPTION = "not_a_prescription"
    NOT_CONFIRMED = "not_confirmed"
    OTHER = "other"


@dataclass(frozen=True)
class Words:
    """`short` for the pharmacist's list; `sentence` and `todo` for the customer."""

    short: str
    sentence: str
    todo: str
    may_ask: bool = True
    may_refuse: bool = True


WORDS: dict[Reason, Words] = {
    Reason.REFILLS_MISSING: Words(
        "Refills missing",
        "The prescription does not say how many refills it allows.",
        "Ask your prescriber for one that states the refills, and send it.",
    ),
    Reason.QUANTITY_MISSING: Words(
        "Quantity missing",
        "The prescription does not say how many units to dispense.",
        "Ask your prescriber for one that states the quantity, and send it.",
    ),
    Reason.UNREADABLE: Words(
        "Cannot be read",
        "We cannot read all of the document.",
        "Take the photo again in daylight, with all four corners in it, and send it.",
    ),
    Reason.PAGE_MISSING: Words(
        "Page missing", "A part of the prescription is missing.", "Send the missing page or the other side."
    ),
    Reason.NOT_SIGNED: Words(
        "Not signed", "We see no signature of the prescriber.", "Send the signed prescription."
    ),
    Reason.DATE_MISSING: Words(
        "Date missing",
        "The prescription does not say when it was issued.",
        "Ask your prescriber for one with its date, and send it.",
    ),
    Reason.PATIENT_UNCLEAR: Words(
        "Patient unclear",
        "It is not clear to us for whom the prescription was written.",
        "Tell us who the patient is and how you know each other.",
    ),
    Reason.PRESCRIBER_UNCLEAR: Words(
        "Prescriber unclear",
        "We cannot tell who prescribed it.",
        "Tell us the prescriber’s full name and telephone number.",
    ),
    Reason.TREATMENT_QUESTION: Words(
        "Question about the treatment",
        "The pharmacist has a question about the treatment.",
        "Read the note and answer it; your prescriber can help.",
    ),
    Reason.TOO_OLD: Words(
        "Too old",
        "The prescription is older than we may dispense on.",
        "Ask your prescriber for a new one.",
        may_ask=False,
    ),
    Reason.CONTROLLED: Words(
        "Controlled substance",
        "It is for a controlled medicine, which this pharmacy does not sell.",
        "Take it to a pharmacy near you.",
        may_ask=False,
    ),
    Reason.NOT_SOLD: Words(
        "Not sold here",
        "It is for a medicine that we do not sell.",
        "Take it to another pharmacy.",
        may_ask=False,
    ),
    Reason.NOT_A_PRESCRIPTION: Words(
        "Not a prescription",
        "The document is not a prescription.",
        "Send a photo or PDF of the prescription itself.",
    ),
    Reason.NOT_CONFIRMED: Words(
        "Not confirmed by prescriber",
        "We could not confirm the prescription with the prescriber.",
        "Speak with your prescriber, or call us.",
        may_ask=False,
    ),
    Reason.OTHER: Words(
        "Other (say it in the note)", "The pharmacist has written why.", "Read the note below."
    ),
}


def sentence(code: str | None) -> str:
    """What the customer is told for a code; empty for none."""
    return WORDS[Reason(code)].sentence if code else ""


def todo(code: str | None) -> str:
    """What the customer can do about it; empty for no code."""
    return WORDS[Reason(code)].todo if code else ""
