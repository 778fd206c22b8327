"""What this room refuses, in sentences the customer may read."""

from shop.errors import DomainError
from shop.patients import rules
from shop.patients.rules import WrongBirthDate


class TooManyPatients(DomainError):
    """As many patients as one account may have."""

    status = 422
    code = "too_many_patients"

    def __init__(self) -> None:
        super().__init__(
            f"An account can have at most {rules.MOST_PATIENTS} people.", "Remove one first, or call us."
        )


class PatientKnown(DomainError):
    """The account has this person already."""

    status = 422
    code = "patient_known"

    def __init__(self) -> None:
        super().__init__("This person is on your list already.", "Choose them from the list.")


class SelfKnown(DomainError):
    """Somebody else of this account is the account holder."""

    status = 422
    code = "self_known"

    def __init__(self) -> None:
        super().__init__("Your list already says who you are.", "Choose “my child” or “an adult I care for”.")


BIRTH_WORDS = {
    WrongBirthDate.MISSING: "Enter the date of birth.",
    WrongBirthDate.FUTURE: "This date of birth is in the future.",
    WrongBirthDate.TOO_LONG_AGO: f"Enter a date of birth within the last {rules.OLDEST_YEARS} years.",
    WrongBirthDate.NOT_A_CHILD: f"This person is {rules.ADULT_YEARS} or older.",
}


class BirthDateWrong(DomainError):
    """The date cannot be this patient's birth date; `why` is the code."""

    status = 422
    code = "birth_date_wrong"

    def __init__(self, why: WrongBirthDate) -> None:
        super().__init__(
            BIRTH_WORDS[why],
            "Choose “an adult I care for”."
            if why is WrongBirthDate.NOT_A_CHILD
            else "Correct the date of birth.",
        )
        self.why = why


class NameMissing(DomainError):
    """A patient without a name."""

    status = 422
    code = "patient_name_missing"

    def __init__(self) -> None:
        super().__init__("The patient’s name is missing.", "Enter the full name.")


class PatientProven(DomainError):
    """A pharmacist has approved a prescription for this name and birth date: another is another person."""

    code = "patient_proven"

    def __init__(self) -> None:
        super().__init__(
            "We’ve approved prescriptions for this name and date of birth, so they can’t be changed here.",
            "Call us about a new name or a mistake. For another person, add them to your list.",
        )


class PatientNeeded(DomainError):
    """Something open depends on the patient; the sentences say what."""

    code = "patient_needed"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons), "Finish or cancel that first, then remove this person.")


class HealthIncomplete(DomainError):
    """A profile with unanswered questions cannot be confirmed."""

    status = 422
    code = "health_incomplete"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Some health questions for {name} have no answer yet.", "Answer them, then come back."
        )
