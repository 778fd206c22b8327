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
    ALREADY_FILLED = "already_filled"
    NOT_A_PRESCRIPTION = "not_a_prescription"
    NOT_CONFIRMED = "not_confirmed"
    APPROVED_IN_ERROR = "approved_in_error"
    PRESCRIBER_STOPPED = "prescriber_stopped"
    OTHER = "other"


@dataclass(frozen=True)
class Words:
    """`short` for the pharmacist's list; `sentence` and `todo` for the customer."""

    short: str
    sentence: str
    todo: str
    may_ask: bool = True
    may_refuse: bool = True
    may_revoke: bool = False

    @property
    def may_decide(self) -> bool:
        """Whether it is a reason while nothing is decided yet."""
        return self.may_ask or self.may_refuse


WORDS: dict[Reason, Words] = {
    Reason.REFILLS_MISSING: Words(
        "Refills missing",
        "The prescription doesn’t say how many refills it allows.",
        "Ask your prescriber for a prescription that states the refills, and send it.",
    ),
    Reason.QUANTITY_MISSING: Words(
        "Quantity missing",
        "The prescription doesn’t say how much to dispense.",
        "Ask your prescriber for a prescription that states the quantity, and send it.",
    ),
    Reason.UNREADABLE: Words(
        "Illegible",
        "We can’t read the whole document.",
        "Take the photo again in good light, with all four corners showing, and send it.",
    ),
    Reason.PAGE_MISSING: Words(
        "Page missing", "Part of the prescription is missing.", "Send the missing page or the other side."
    ),
    Reason.NOT_SIGNED: Words(
        "Not signed", "The prescriber’s signature is missing.", "Send the signed prescription."
    ),
    Reason.DATE_MISSING: Words(
        "Date missing",
        "The prescription isn’t dated.",
        "Ask your prescriber for a dated prescription, and send it.",
    ),
    Reason.PATIENT_UNCLEAR: Words(
        "Patient unclear",
        "We can’t tell who the prescription was written for.",
        "Tell us who the patient is and how you’re related.",
    ),
    Reason.PRESCRIBER_UNCLEAR: Words(
        "Prescriber unclear",
        "We cannot tell who prescribed it.",
        "Tell us the prescriber’s full name and phone number.",
    ),
    Reason.TREATMENT_QUESTION: Words(
        "Question about the treatment",
        "The pharmacist has a question about the treatment.",
        "Read the note and reply. Your prescriber can help.",
    ),
    Reason.TOO_OLD: Words(
        "Too old",
        "The prescription is too old for us to fill.",
        "Ask your prescriber for a new one.",
        may_ask=False,
    ),
    Reason.CONTROLLED: Words(
        "Controlled substance",
        "It’s for a controlled substance, which we don’t sell.",
        "Take it to a pharmacy near you.",
        may_ask=False,
    ),
    Reason.NOT_SOLD: Words(
        "Not sold here",
        "It’s for a medicine that we don’t sell.",
        "Take it to another pharmacy.",
        may_ask=False,
    ),
    Reason.ALREADY_FILLED: Words(
        "Copy of one already filled",
        "We can’t fill this prescription.",  # whose was filled, and where, is nobody else's business
        "Ask your prescriber for a new one, or call us.",
        may_ask=False,
    ),
    Reason.NOT_A_PRESCRIPTION: Words(
        "Not a prescription",
        "The document isn’t a prescription.",
        "Send a photo or PDF of the prescription itself.",
    ),
    Reason.NOT_CONFIRMED: Words(
        "Not confirmed by prescriber",
        "We couldn’t confirm the prescription with the prescriber.",
        "Talk to your prescriber, or call us.",
        may_ask=False,
        may_revoke=True,
    ),
    Reason.APPROVED_IN_ERROR: Words(
        "Approved in error",
        "We approved this prescription by mistake.",
        "If you received something for it, call us before you take it.",
        may_ask=False,
        may_refuse=False,
        may_revoke=True,
    ),
    Reason.PRESCRIBER_STOPPED: Words(
        "Stopped or changed by the prescriber",
        "Your prescriber stopped or changed this prescription.",
        "Ask your prescriber what to take, and for a new prescription.",
        may_ask=False,
        may_refuse=False,
        may_revoke=True,
    ),
    Reason.OTHER: Words(
        "Other (explain in the note)",
        "See the pharmacist’s note.",
        "Read the note, then reply or send a new prescription.",
        may_revoke=True,
    ),
}


def sentence(code: str | None) -> str:
    """What the customer is told for a code; empty for none."""
    return WORDS[Reason(code)].sentence if code else ""


def todo(code: str | None) -> str:
    """What the customer can do about it; empty for no code."""
    return WORDS[Reason(code)].todo if code else ""
