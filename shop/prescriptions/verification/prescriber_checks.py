"""Whether the prescriber is stated and is who the directory says. Pure.

Name, address and identifier must be stated (state rules: what a prescription states); the phone number is for
confirming and for the label, so without one a pharmacist says that none was found.
"""

from collections.abc import Iterator

from shop.names import plain_words
from shop.prescriptions.prescriber_rules import Identifier, identifier_of, same_prescriber, valid_license
from shop.prescriptions.rules import valid_npi
from shop.prescriptions.verification.item_checks import STATED
from shop.prescriptions.verification.typed import Check, Grounds, KnownPrescriber, Typed, Verdict

DIRECTORY = "Directory of prescribers"
NPI = "CMS: Luhn over 80840 + NPI"
RENAMED, MOVED = "name_changed", "moved"
NAME_OUTCOMES = {
    "same_prescriber": "Same prescriber, different spelling",
    RENAMED: "Name changed: update the directory",
}
CONTACT_OUTCOMES = {
    "other_office": "Another office: leave the directory as it is",
    MOVED: "Moved: update the directory",
}
PHONE_OUTCOMES = {"none_found": "None stated, none found"}


def prescriber_checks(typed: Typed, grounds: Grounds) -> Iterator[Check]:
    """Name, identifier, whom the directory has under it, address and phone."""
    yield _stated(typed)
    identified = _npi(typed) if identifier_of(grounds.market) is Identifier.NPI else _license(typed)
    yield identified
    known = grounds.prescriber
    if known is not None and identified.verdict is Verdict.PASSED and typed.prescriber_name.strip():
        yield _same(typed, known)
    yield _address(typed, known)
    yield _phone(typed, known)
    if known is not None and _differs(typed, known):
        sentence = f"The directory has {known.address or 'no address'}, {known.phone or 'no phone number'}."
        about = "prescriber_address"
        yield Check("prescriber_contact", Verdict.NEEDS, sentence, DIRECTORY, about, CONTACT_OUTCOMES)


def _stated(typed: Typed) -> Check:
    about = "prescriber_name"
    if not typed.prescriber_name.strip():
        return Check("prescriber", Verdict.STOPS, "The prescriber’s name is missing.", STATED, about)
    return Check("prescriber", Verdict.PASSED, "The prescriber’s name is stated.", STATED, about)


def _npi(typed: Typed) -> Check:
    about = "prescriber_npi"
    if not typed.prescriber_npi:
        return Check("npi", Verdict.STOPS, "The prescriber’s NPI is missing.", STATED, about)
    if not valid_npi(typed.prescriber_npi):
        return Check("npi", Verdict.STOPS, "Not a valid NPI. Compare it with the document.", NPI, about)
    return Check("npi", Verdict.PASSED, "The NPI’s check digit is right.", NPI, about)


def _license(typed: Typed) -> Check:
    about = "prescriber_license"
    if not typed.prescriber_license:
        sentence = "The prescriber’s register and number are missing."
        return Check("license", Verdict.STOPS, sentence, STATED, about)
    if not valid_license(typed.prescriber_license):
        sentence = "Enter the register and the number in it, such as GMC 1234567."
        return Check("license", Verdict.STOPS, sentence, STATED, about)
    return Check("license", Verdict.PASSED, "Register and number are stated.", STATED, about)


def _same(typed: Typed, known: KnownPrescriber) -> Check:
    key, about = "prescriber_known", "prescriber_name"
    if same_prescriber(typed.prescriber_name, known.name):
        return Check(key, Verdict.PASSED, "The directory has this name and identifier.", DIRECTORY, about)
    sentence = f"In the directory, this identifier is {known.name}’s. If you mistyped it, correct it."
    return Check(key, Verdict.NEEDS, sentence, DIRECTORY, about, NAME_OUTCOMES)


def _address(typed: Typed, known: KnownPrescriber | None) -> Check:
    key = about = "prescriber_address"
    if typed.prescriber_address.strip():
        return Check(key, Verdict.PASSED, "The prescriber’s address is stated.", STATED, about)
    if known is not None and known.address:
        return Check(key, Verdict.PASSED, "The directory has the prescriber’s address.", DIRECTORY, about)
    sentence = "The prescriber’s address is missing. Look it up or ask."
    return Check(key, Verdict.STOPS, sentence, STATED, about)


def _phone(typed: Typed, known: KnownPrescriber | None) -> Check:
    key = about = "prescriber_phone"
    if typed.prescriber_phone.strip() or (known is not None and known.phone):
        return Check(key, Verdict.PASSED, "The prescriber’s phone number is known.", DIRECTORY, about)
    sentence = "The prescriber’s phone number is missing."
    return Check(key, Verdict.NEEDS, sentence, "Store rule: a number to call", about, PHONE_OUTCOMES)


def _differs(typed: Typed, known: KnownPrescriber) -> bool:
    """Whether address or phone are stated, known, and not the same letters and digits."""
    pairs = ((typed.prescriber_address, known.address), (typed.prescriber_phone, known.phone))
    return any(one and other and _letters(one) != _letters(other) for one, other in pairs)


def _letters(text: str) -> str:
    return "".join(plain_words(text))
