"""What is looked at before a prescription is approved, one Check a question. Pure: facts and the day come in.

A check stops the approval, needs the pharmacist (who gives it a coded outcome), or passed. Each names its
source. What one medicine must state and be stands in `item_checks`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from shop.prescriptions.rules import last_day, valid_npi
from shop.prescriptions.verification.item_checks import STATED, item_checks
from shop.prescriptions.verification.typed import Check, Grounds, Typed, Verdict

OLDEST_YEARS = 125
"""Nobody alive was born longer ago: a birth date beyond it is a slip of the hand."""

CHILD_YEARS = 12
"""Below it no medicine passes by itself, until facts of each medicine decide."""
CHILD_OUTCOMES = {
    "dose_checked": "Dose checked for this age",
    "prescriber_confirmed": "Prescriber confirmed",
}
NAME_OUTCOMES = {
    "same_person": "Same person, different spelling",
    "cares_for_patient": "Account holder is the patient’s caregiver",
    "asked_customer": "Confirmed with the customer",
}


def all_checks(typed: Typed, grounds: Grounds) -> list[Check]:
    """Every check of a typed prescription: those that stop, those that need somebody, those that passed."""
    order = list(Verdict)
    return sorted(_checks(typed, grounds), key=lambda check: order.index(check.verdict))


def unmet(checks: Iterable[Check], outcomes: Mapping[str, str]) -> list[Check]:
    """The checks in an approval's way: each that stops, and each that needs an outcome and has none."""
    return [
        check
        for check in checks
        if check.verdict is Verdict.STOPS
        or (check.verdict is Verdict.NEEDS and outcomes.get(check.key) not in check.outcomes)
    ]


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same words, in any order and case: "Specimen, Ada" is "ada specimen"."""
    return _words(one) == _words(other)


def _words(name: str) -> list[str]:
    return sorted("".join(sign if sign.isalnum() else " " for sign in name.casefold()).split())


def _checks(typed: Typed, grounds: Grounds) -> Iterator[Check]:
    yield _patient(typed, grounds)
    if typed.patient_birth_date:
        yield _birth(typed.patient_birth_date, typed, grounds.today)
    yield _prescriber(typed)
    yield _npi(typed)
    yield _date(typed, grounds)
    yield _signature(typed)
    if not typed.items:
        yield Check("items", Verdict.STOPS, "Enter at least one medicine.", STATED, "items-0-variant_id")
    for position, item in enumerate(typed.items):
        yield from item_checks(position, item, typed, grounds)


def _patient(typed: Typed, grounds: Grounds) -> Check:
    if not typed.patient_name.strip():
        return Check("patient", Verdict.STOPS, "The patient’s name is missing.", STATED, "patient_name")
    if same_name(typed.patient_name, grounds.account_name):
        return Check(
            "patient",
            Verdict.PASSED,
            "The patient and the account holder have the same name.",
            "Account",
            "patient_name",
        )
    return Check(
        "patient",
        Verdict.NEEDS,
        f"The account has a different name: {grounds.account_name or 'none'}.",
        "Account",
        "patient_name",
        NAME_OUTCOMES,
    )


def _birth(born: date, typed: Typed, today: date) -> Check:
    latest = min(today, typed.issued_on or today)
    if born > latest or today.year - born.year > OLDEST_YEARS:
        return Check(
            "birth",
            Verdict.STOPS,
            "Invalid date of birth. Compare it with the document.",
            "Calendar",
            "patient_birth_date",
        )
    age = latest.year - born.year - ((latest.month, latest.day) < (born.month, born.day))
    if age < CHILD_YEARS:
        return Check(
            "birth",
            Verdict.NEEDS,
            f"The patient is {age} years old. Check each dose for this age.",
            "Store policy: children",
            "patient_birth_date",
            CHILD_OUTCOMES,
        )
    return Check("birth", Verdict.PASSED, "Date of birth is plausible.", "Calendar", "patient_birth_date")


def _prescriber(typed: Typed) -> Check:
    if not typed.prescriber_name.strip():
        return Check(
            "prescriber", Verdict.STOPS, "The prescriber’s name is missing.", STATED, "prescriber_name"
        )
    return Check("prescriber", Verdict.PASSED, "The prescriber’s name is stated.", STATED, "prescriber_name")


def _npi(typed: Typed) -> Check:
    source = "CMS: Luhn over 80840 + NPI"
    if not typed.prescriber_npi:
        return Check("npi", Verdict.STOPS, "The prescriber’s NPI is missing.", STATED, "prescriber_npi")
    if not valid_npi(typed.prescriber_npi):
        return Check(
            "npi", Verdict.STOPS, "Not a valid NPI. Compare it with the document.", source, "prescriber_npi"
        )
    return Check("npi", Verdict.PASSED, "The NPI is valid.", source, "prescriber_npi")


def _date(typed: Typed, grounds: Grounds) -> Check:
    life = f"Setting: {grounds.life_days} days"
    if typed.issued_on is None:
        return Check("date", Verdict.STOPS, "The date of issue is missing. Ask.", STATED, "issued_on")
    if typed.issued_on > grounds.today:
        return Check("date", Verdict.STOPS, "The date of issue is in the future.", STATED, "issued_on")
    age = (grounds.today - typed.issued_on).days
    if last_day(typed.issued_on, grounds.life_days) < grounds.today:
        return Check("date", Verdict.STOPS, f"Expired: it is {age} days old.", life, "issued_on")
    old = {0: "Issued today", 1: "Issued yesterday"}.get(age, f"{age} days old")
    return Check("date", Verdict.PASSED, f"{old}; valid for {grounds.life_days} days.", life, "issued_on")


def _signature(typed: Typed) -> Check:
    if typed.signed:
        return Check("signature", Verdict.PASSED, "Signed by the prescriber.", STATED, "signed")
    return Check("signature", Verdict.STOPS, "No signature seen. Check the box, or ask.", STATED, "signed")
