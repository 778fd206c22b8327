"""What one medicine of a prescription must state and be before it is approved. Pure.

Quantity and refills that a document does not state are never taken as zero or unlimited: the pharmacist asks.
"""

from collections.abc import Iterator
from dataclasses import replace

from shop.catalogue.sale_units import MOST_OF_ANY
from shop.prescriptions.rules import MOST_REFILLS
from shop.prescriptions.verification.typed import Check, Grounds, Medicine, Typed, TypedItem, Verdict

STATED = "State rules: what a prescription states"
SALE_OUTCOMES = {
    "record_only": "Record it; we don’t sell it yet",
    "admin_decides": "Ask an admin to list it",
}
DUPLICATE_OUTCOMES = {
    "continues": "Continuation of therapy",
    "replaces": "Replaces the earlier prescription",
    "prescriber_consulted": "Prescriber consulted",
}
SALE_SENTENCES = {
    "not_listed": "We don’t sell it",
    "no_price": "It has no price right now",
    "strength_to_check": "Its listed strength is implausible, and an admin has to check it",
    "other_market": "It isn’t marketed in the country we sell in",
}


def item_checks(position: int, item: TypedItem, typed: Typed, grounds: Grounds) -> Iterator[Check]:
    """The checks of the medicine at `position`; where there are several, each says which it means."""
    several = len(typed.items) > 1
    for check in _checks(position, item, typed, grounds):
        sentence = check.sentence if not several else f"Medicine {position + 1}: {check.sentence}"
        yield replace(
            check, key=f"{check.key}-{position}", sentence=sentence, about=f"items-{position}-{check.about}"
        )


def _checks(position: int, item: TypedItem, typed: Typed, grounds: Grounds) -> Iterator[Check]:
    yield from _stated(item)
    medicine = None if item.variant_id is None else grounds.medicines.get(item.variant_id)
    if medicine is None or item.variant_id is None:
        yield Check("medicine", Verdict.STOPS, "Choose a medicine.", STATED, "variant_id")
        return
    if item.variant_id in [earlier.variant_id for earlier in typed.items[:position]]:
        yield Check(
            "twice",
            Verdict.STOPS,
            f"{medicine.label} is entered twice.",
            "Store rule: one entry a medicine",
            "variant_id",
        )
    yield from _packs(medicine, item.quantity)
    yield _substance(medicine)
    yield _prescription_only(medicine)
    if not medicine.controlled:
        yield from _sale(medicine)
    yield _duplicate(medicine, grounds.left.get(item.variant_id, 0))


def _stated(item: TypedItem) -> Iterator[Check]:
    missing = list(_missing(item))
    yield from missing
    if not missing:
        yield Check(
            "stated", Verdict.PASSED, "Quantity, refills and directions are stated.", STATED, "quantity"
        )


def _missing(item: TypedItem) -> Iterator[Check]:
    rule = "Store rule: quantity and refills"
    if item.quantity is None:
        yield Check(
            "quantity",
            Verdict.STOPS,
            "Quantity is missing. A missing number is never zero. Ask.",
            rule,
            "quantity",
        )
    elif not 1 <= item.quantity <= MOST_OF_ANY:
        yield Check(
            "quantity", Verdict.STOPS, f"A fill is 1 to {MOST_OF_ANY} units.", "Store rule", "quantity"
        )
    if item.refills is None:
        yield Check(
            "refills",
            Verdict.STOPS,
            "Refills are missing. A missing number is never zero. Ask.",
            rule,
            "refills",
        )
    elif not 0 <= item.refills <= MOST_REFILLS:
        yield Check("refills", Verdict.STOPS, f"Refills are 0 to {MOST_REFILLS}.", "Store rule", "refills")
    if not item.directions.strip():
        yield Check("directions", Verdict.STOPS, "The directions are missing.", STATED, "directions")


def _packs(medicine: Medicine, quantity: int | None) -> Iterator[Check]:
    """Where no pack may be opened, the nearest whole packs are recorded, never above what is authorized."""
    if quantity is None or not 1 <= quantity <= MOST_OF_ANY:
        return
    nearest = medicine.nearest(quantity)
    if nearest == quantity:
        return
    if nearest is None:
        sentence = f"No pack of {medicine.label} is as small as {quantity}. Ask the prescriber."
    elif medicine.whole_packs:
        sentence = (
            f"{medicine.label} is sold in whole packages. Record {nearest}, the nearest below {quantity}."
        )
    else:
        sentence = f"At most {nearest} of {medicine.label} are dispensed at once. Record {nearest}."
    yield Check("packs", Verdict.STOPS, sentence, "Store rule: packs are not opened", "quantity")


def _substance(medicine: Medicine) -> Check:
    if medicine.controlled:
        return Check(
            "substance",
            Verdict.STOPS,
            f"{medicine.label} counts as a controlled substance. Refuse the prescription.",
            "Substance list",
            "variant_id",
        )
    return Check("substance", Verdict.PASSED, "Not a controlled substance.", "Substance list", "variant_id")


def _prescription_only(medicine: Medicine) -> Check:
    if medicine.prescription_required:
        return Check("rx", Verdict.PASSED, "Prescription required.", "Catalog", "variant_id")
    return Check(
        "rx",
        Verdict.STOPS,
        f"{medicine.label} doesn’t need a prescription. Remove it from the list.",
        "Catalog",
        "variant_id",
    )


def _sale(medicine: Medicine) -> Iterator[Check]:
    if medicine.refused:
        yield Check(
            "mail",
            Verdict.STOPS,
            f"{medicine.label}: {medicine.refused} Remove it from the list, or refuse the prescription.",
            "Safety data",
            "variant_id",
        )
    elif medicine.not_by_mail:
        yield Check(
            "mail",
            Verdict.NEEDS,
            f"It can’t be sent by mail: {medicine.not_by_mail}.",
            "Not-by-mail list",
            "variant_id",
            SALE_OUTCOMES,
        )
    else:
        yield Check("mail", Verdict.PASSED, "Can be sent by mail.", "Not-by-mail list", "variant_id")
    if gone := medicine.withdrawn_on:
        words = (
            f"{medicine.label} was withdrawn from sale on {gone:%B} {gone.day}, {gone.year}. "
            "Remove it from the list, or refuse the prescription."
        )
        yield Check("sale", Verdict.STOPS, words, "Catalog: withdrawn", "variant_id")
    elif sentence := SALE_SENTENCES.get(medicine.sale_refusal or ""):
        yield Check(
            "sale",
            Verdict.NEEDS,
            f"{sentence}, so it can’t be ordered yet.",
            "Catalog: markets and prices",
            "variant_id",
            SALE_OUTCOMES,
        )


def _duplicate(medicine: Medicine, left: int) -> Check:
    source = "Prescriptions of this account"
    if not left:
        return Check(
            "duplicate", Verdict.PASSED, "No other prescription has units of it left.", source, "variant_id"
        )
    return Check(
        "duplicate",
        Verdict.NEEDS,
        f"Another prescription has {left} units of {medicine.label} left.",
        source,
        "variant_id",
        DUPLICATE_OUTCOMES,
    )
