"""Whether a prescription brings with it what the way it arrived requires (`origins`). Pure."""

from collections.abc import Iterator

from shop.prescriptions.origins import REQUIRED, choices
from shop.prescriptions.states import Origin
from shop.prescriptions.verification.item_checks import STATED
from shop.prescriptions.verification.typed import Check, Grounds, Typed, Verdict

SOURCE = "Store rule: how it arrived"
COPY = "Store policy: a customer’s photo or scan is a copy"
MISSING = {
    "signed": "No signature seen. If the document is signed, check the box; otherwise ask.",
    "read_back": "Not read back. Read it back to the caller, then check the box.",
    "received_phone": "The phone number of the other pharmacy is missing.",
    "received_person": "The pharmacist who transferred it is missing.",
    "original_number": "The other pharmacy’s Rx number is missing.",
}
TRANSFER_OUTCOMES = {
    "remaining": "These remain, and the last supply is used or nearly",
    "none_filled": "Nothing was filled there",
}
"""The first fill here opens at once, whatever was filled there."""
_NAME = {
    Origin.PHONE: "The caller’s name is missing.",
    Origin.TRANSFER: "The name of the other pharmacy is missing.",
    Origin.ELECTRONIC: "The system it came through is missing.",
}


def origin_checks(typed: Typed, grounds: Grounds) -> Iterator[Check]:
    """A check for each input that is missing; one that passed where none is; and what a copy waits for."""
    if typed.origin not in choices(grounds.uploaded):
        yield Check("origin", Verdict.STOPS, "Choose how it arrived.", SOURCE, "origin")
        return
    fields = REQUIRED[typed.origin].fields
    missing = [field for field in fields if not _given(typed, field)]
    for field in missing:
        sentence = _NAME[typed.origin] if field == "received_name" else MISSING[field]
        key, source = ("signature", STATED) if field == "signed" else (field, SOURCE)
        yield Check(key, Verdict.STOPS, sentence, source, field)
    if "signed" in fields and "signed" not in missing:
        yield Check("signature", Verdict.PASSED, "Signature seen.", STATED, "signed")
    elif not missing:
        yield Check("origin", Verdict.PASSED, "How it arrived is on record.", SOURCE, "origin")
    if typed.origin is Origin.TRANSFER:
        sentence = "Enter the refills that remain at the other pharmacy, not those first written."
        yield Check("transfer_refills", Verdict.NEEDS, sentence, SOURCE, "items-0-refills", TRANSFER_OUTCOMES)
    if REQUIRED[typed.origin].confirmation:
        sentence = "A copy: approve it now. It ships once it’s confirmed or the original arrives."
        yield Check("copy", Verdict.PASSED, sentence, COPY, "origin")


def _given(typed: Typed, field: str) -> bool:
    values = {
        "signed": typed.signed,
        "read_back": typed.read_back,
        "received_name": typed.received.name.strip(),
        "received_phone": typed.received.phone.strip(),
        "received_person": typed.received.person.strip(),
        "original_number": typed.original_number.strip(),
    }
    return bool(values[field])
