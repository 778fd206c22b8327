"""Why a pharmacist asks, refuses, declines one medicine or revokes: one code each, with its words. Pure."""

from collections.abc import Iterable
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
    DUPLICATE = "duplicate"
    EACH_DECLINED = "each_declined"
    ALREADY_FILLED = "already_filled"
    NOT_A_PRESCRIPTION = "not_a_prescription"
    NOT_CONFIRMED = "not_confirmed"
    APPROVED_IN_ERROR = "approved_in_error"
    PRESCRIBER_STOPPED = "prescriber_stopped"
    OTHER = "other"


@dataclass(frozen=True)
class Words:
    """`short` for the pharmacist's list; `sentence` and `todo` for the customer.

    `of_one` is said of one declined medicine instead, where it has to be said differently: (sentence, todo).
    """

    short: str
    sentence: str
    todo: str
    may_ask: bool = True
    may_refuse: bool = True
    may_revoke: bool = False
    may_decline: bool = False
    needs_note: bool = False
    of_one: tuple[str, str] | None = None

    @property
    def may_decide(self) -> bool:
        """Whether it is a reason while nothing is decided yet."""
        return self.may_ask or self.may_refuse


WORDS: dict[Reason, Words] = {
    Reason.REFILLS_MISSING: Words(
        "Refills missing",
        "The prescription doesn’t say how many refills it allows.",
        "Ask your prescriber for a prescription that states the refills, and send it.",
        may_decline=True,
    ),
    Reason.QUANTITY_MISSING: Words(
        "Quantity missing",
        "The prescription doesn’t say how much to dispense.",
        "Ask your prescriber for a prescription that states the quantity, and send it.",
        may_decline=True,
    ),
    Reason.UNREADABLE: Words(
        "Illegible",
        "We can’t read the whole document.",
        "Take the photo again in good light, with all four corners showing, and send it.",
        may_decline=True,
        of_one=(
            "We can’t read this medicine on the document.",
            "Take a clear photo of the prescription in good light, and send it again.",
        ),
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
        "We can’t tell who prescribed it.",
        "Tell us the prescriber’s full name and phone number.",
    ),
    Reason.TREATMENT_QUESTION: Words(
        "Question about the treatment",
        "The pharmacist has a question about the treatment.",
        "Read the note and reply. Your prescriber can help.",
        may_decline=True,
        needs_note=True,
        of_one=(
            "The pharmacist has a question about the treatment.",
            "Read the note, and talk to your prescriber.",
        ),
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
        may_decline=True,
        of_one=(
            "It’s a controlled substance, which we don’t sell.",
            "Ask your prescriber to send a separate prescription for it to a pharmacy near you.",
        ),
    ),
    Reason.NOT_SOLD: Words(
        "Not sold here",
        "It’s for a medicine that we don’t sell.",
        "Take it to another pharmacy.",
        may_ask=False,
        may_decline=True,
        of_one=(
            "We don’t sell this medicine.",
            "Ask your prescriber to send a separate prescription for it to another pharmacy.",
        ),
    ),
    Reason.DUPLICATE: Words(
        "Already on another prescription",
        "There’s already another prescription for this medicine.",
        "Don’t take both unless your prescriber told you to. If they did, ask them to call us.",
        may_ask=False,
        may_refuse=False,
        may_decline=True,
    ),
    Reason.EACH_DECLINED: Words(
        "Each medicine declined",
        "We can’t fill any of its medicines.",
        "The reason for each one is below.",
        may_ask=False,
        may_refuse=False,
    ),
    Reason.ALREADY_FILLED: Words(
        "Already filled once",
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
        may_decline=True,
        of_one=(
            "We couldn’t confirm this medicine with the prescriber.",
            "Talk to your prescriber, or call us.",
        ),
    ),
    Reason.APPROVED_IN_ERROR: Words(
        "Approved in error",
        "We approved this prescription by mistake.",
        "If you received any of it, call us right away, before you take any more.",
        may_ask=False,
        may_refuse=False,
        may_revoke=True,
    ),
    Reason.PRESCRIBER_STOPPED: Words(
        "Stopped or changed by the prescriber",
        "Your prescriber stopped or changed this prescription.",
        "Ask your prescriber what to take now. If it changed, ask for a new prescription.",
        may_ask=False,
        may_refuse=False,
        may_revoke=True,
    ),
    Reason.OTHER: Words(
        "Other (explain in the note)",
        "See the pharmacist’s note.",
        "Read the note, then reply or send a new prescription.",
        may_revoke=True,
        may_decline=True,
        needs_note=True,
        of_one=("See the pharmacist’s note.", "Read the note, then send a new prescription."),
    ),
}


def sentence(code: str | None) -> str:
    """What the customer is told for a code; empty for none."""
    return WORDS[Reason(code)].sentence if code else ""


def todo(code: str | None) -> str:
    """What the customer can do about it; empty for no code."""
    return WORDS[Reason(code)].todo if code else ""


def of_medicine(code: str) -> tuple[str, str]:
    """What the customer is told of one declined medicine: why, and what can be done."""
    words = WORDS[Reason(code)]
    return words.of_one or (words.sentence, words.todo)


def of_all(codes: Iterable[str]) -> Reason:
    """The reason of a prescription of which every medicine is declined: theirs, if all have the same."""
    (first, *more) = set(codes)
    return Reason.EACH_DECLINED if more else Reason(first)


def note_missing(code: str, note: str) -> bool:
    """Whether a reason that says nothing by itself lacks the note that does."""
    return WORDS[Reason(code)].needs_note and not note.strip()
