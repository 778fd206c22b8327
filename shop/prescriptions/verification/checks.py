"""What is looked at before a prescription is approved, one Check a question. Pure: facts and the day come in.

A check stops the approval, needs the pharmacist (who gives it a coded outcome), or passed. Each names its
source. What one medicine must state and be stands in `item_checks`, what the way it arrived asks for in
`origin_checks`, the prescriber in `prescriber_checks`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from shop.clock import day_in_words
from shop.names import same_name
from shop.patients.rules import age_on, birth_refusal
from shop.prescriptions.rules import last_day
from shop.prescriptions.verification.item_checks import STATED, item_checks
from shop.prescriptions.verification.origin_checks import origin_checks
from shop.prescriptions.verification.prescriber_checks import prescriber_checks
from shop.prescriptions.verification.reuse_checks import reuse_checks
from shop.prescriptions.verification.typed import Check, Grounds, Typed, Verdict

CHILD_YEARS = 12
"""Below it no medicine passes by itself, until facts of each medicine decide."""
CHILD_OUTCOMES = {
    "dose_checked": "Dose checked for this age",
    "prescriber_confirmed": "Prescriber confirmed",
}
NAME_OUTCOMES = {
    "same_person": "Same person, different spelling",
    "name_changed": "Same person, name changed",
    "asked_customer": "Confirmed with the customer",
}
AGE_OUTCOMES = {
    "adult": "An adult, by the document",
    "asked_customer": "Confirmed with the customer",
    **CHILD_OUTCOMES,
}
NO_NOTES: Mapping[str, str] = {}
BIRTH_OUTCOMES = {
    "asked_customer": "Confirmed with the customer",
    "prescriber_confirmed": "Prescriber confirmed",
}


def all_checks(typed: Typed, grounds: Grounds) -> list[Check]:
    """Every check of a typed prescription: those that stop, those that need somebody, those that passed."""
    order = list(Verdict)
    return sorted(_checks(typed, grounds), key=lambda check: order.index(check.verdict))


def unmet(
    checks: Iterable[Check], outcomes: Mapping[str, str], notes: Mapping[str, str] = NO_NOTES
) -> list[Check]:
    """The checks in an approval's way: each that stops, and each that needs an outcome, or a note to it, and
    has none."""
    return [
        check
        for check in checks
        if check.verdict is Verdict.STOPS
        or (check.verdict is Verdict.NEEDS and not is_settled(check, outcomes, notes))
    ]


def is_settled(check: Check, outcomes: Mapping[str, str], notes: Mapping[str, str]) -> bool:
    """Whether it has one of its outcomes, and the note that this one asks for."""
    outcome, note = outcomes.get(check.key), notes.get(check.key, "").strip()
    return outcome in check.outcomes and (bool(note) or outcome not in check.noted)


def _checks(typed: Typed, grounds: Grounds) -> Iterator[Check]:
    yield _patient(typed, grounds)
    yield from _whom(typed, grounds)
    born = typed.patient_birth_date or (grounds.patient.born if grounds.patient else None)
    if born:
        yield _birth(born, typed, grounds.today)
    elif grounds.patient is not None:
        yield _no_birth()
    yield from prescriber_checks(typed, grounds)
    yield _date(typed, grounds)
    yield from origin_checks(typed, grounds)
    yield from _fill_from(typed, grounds)
    yield from reuse_checks(grounds.copies)
    yield from _items(typed)
    for position, item in enumerate(typed.items):
        yield from item_checks(position, item, typed, grounds)
    yield from grounds.review


def _patient(typed: Typed, grounds: Grounds) -> Check:
    if not typed.patient_name.strip():
        return Check("patient", Verdict.STOPS, "The patient’s name is missing.", STATED, "patient_name")
    if grounds.patient is None:
        return Check("patient", Verdict.STOPS, "Choose the patient.", "Account", "patient")
    if same_name(typed.patient_name, grounds.patient.name):
        return Check(
            "patient", Verdict.PASSED, "The document names the patient.", "Patient’s profile", "patient_name"
        )
    return Check(
        "patient",
        Verdict.NEEDS,
        f"The patient’s name on file is {grounds.patient.name}. If it’s for someone else, choose them.",
        "Patient’s profile",
        "patient_name",
        NAME_OUTCOMES,
    )


def _whom(typed: Typed, grounds: Grounds) -> Iterator[Check]:
    """Whether the birth date on the document is the patient's; nothing where the document states none."""
    if grounds.patient is None or typed.patient_birth_date is None:
        return
    about, source = "patient_birth_date", "Patient’s profile"
    if grounds.patient.born == typed.patient_birth_date:
        yield Check("same_birth", Verdict.PASSED, "The date of birth matches the patient’s.", source, about)
    elif grounds.patient.born is None:
        sentence = "The patient’s date of birth isn’t on file."
        yield Check("same_birth", Verdict.NEEDS, sentence, source, about, BIRTH_OUTCOMES)
    else:
        sentence = "The date of birth on file is different. If it’s for someone else, choose them."
        yield Check("same_birth", Verdict.NEEDS, sentence, source, about, BIRTH_OUTCOMES)


def _no_birth() -> Check:
    """An age that nobody knows is looked at, as a child's is."""
    sentence = "No date of birth is stated or on file. Check each dose for the patient’s age."
    return Check(
        "birth", Verdict.NEEDS, sentence, "Store policy: children", "patient_birth_date", AGE_OUTCOMES
    )


def _birth(born: date, typed: Typed, today: date) -> Check:
    latest = min(today, typed.issued_on or today)
    if birth_refusal(born, None, latest):
        return Check(
            "birth",
            Verdict.STOPS,
            "Invalid date of birth. Compare it with the document.",
            "Calendar",
            "patient_birth_date",
        )
    age = age_on(born, latest)
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


def _date(typed: Typed, grounds: Grounds) -> Check:
    life = f"Setting: {grounds.life_days} days"
    if typed.issued_on is None:
        return Check("date", Verdict.STOPS, "The date of issue is missing. Ask.", STATED, "issued_on")
    if typed.issued_on > grounds.today:
        return Check("date", Verdict.STOPS, "The date of issue is in the future.", STATED, "issued_on")
    age = (grounds.today - typed.issued_on).days
    if last_day(typed.issued_on, grounds.life_days) < grounds.today:
        return Check("date", Verdict.STOPS, f"Expired: it’s {age} days old.", life, "issued_on")
    old = {0: "Issued today", 1: "Issued yesterday"}.get(age, f"{age} days old")
    return Check("date", Verdict.PASSED, f"{old}; valid for {grounds.life_days} days.", life, "issued_on")


def _fill_from(typed: Typed, grounds: Grounds) -> Iterator[Check]:
    """Whether “do not fill before” leaves a day on which something can be dispensed."""
    day, issued_on = typed.fill_from, typed.issued_on
    if day is None or issued_on is None:
        return
    last = last_day(issued_on, grounds.life_days)
    if day > last:
        sentence = f"It couldn’t be filled at all: it’s only valid through {day_in_words(last)}."
    elif day < issued_on:
        sentence = "“Do not fill before” is before the date of issue. Compare it with the document."
    else:
        return
    yield Check("fill_from", Verdict.STOPS, sentence, f"Setting: {grounds.life_days} days", "fill_from")


def _items(typed: Typed) -> Iterator[Check]:
    """That there is something to approve."""
    if not typed.items:
        yield Check("items", Verdict.STOPS, "Enter at least one medicine.", STATED, "items-0-variant_id")
    elif typed.all_declined:
        sentence = "Every medicine is declined, so refuse the prescription instead."
        yield Check("items", Verdict.STOPS, sentence, "Store rule: nothing to approve", "reason")
