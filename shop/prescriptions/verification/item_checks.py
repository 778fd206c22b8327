"""What one medicine of a prescription must state and be before it is approved. Pure.

Quantity and refills that a document does not state are never taken as zero or unlimited: the pharmacist asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shop.catalogue.sale_units import MOST_OF_ANY
from shop.clock import day_in_words
from shop.prescriptions import reasons
from shop.prescriptions.early_reasons import WORDS as EARLY_WORDS
from shop.prescriptions.reasons import WORDS, Reason
from shop.prescriptions.rules import refill_wait
from shop.prescriptions.verification.as_written import MOST_REFILLS, Doubt, Written
from shop.prescriptions.verification.supply_checks import supply_checks
from shop.prescriptions.verification.typed import (
    Check,
    Declined,
    Grounds,
    Medicine,
    Typed,
    TypedItem,
    Verdict,
)

STATED = "State rules: what a prescription states"
SALE_OUTCOMES = {
    "record_only": "Record it, though we don’t sell it yet",
    "admin_decides": "Ask an admin to list it",
}
ASKED_OUTCOMES = {"prescriber_asked": "Prescriber asked for a strength sold here"}
READ_OUTCOMES = {"read_right": "Read correctly"}
TWICE_OUTCOMES = {"taper": "Taper or titration, as written"}
SUPPLY_OUTCOMES = {reason.value: words for reason, words in EARLY_WORDS.items()} | {
    "prescriber_consulted": "Prescriber consulted"
}
DUPLICATE_OUTCOMES = {
    "continues": "Continuation of therapy",
    "replaces": "Replaces the earlier prescription",
    "prescriber_consulted": "Prescriber consulted",
}
SALE_SENTENCES = {
    "not_listed": "We don’t sell it",
    "no_price": "It has no price right now",
    "strength_to_check": "Its listed strength is implausible and an admin has to check it",
    "other_market": "It isn’t marketed in the country we sell in",
}


def item_checks(position: int, item: TypedItem, typed: Typed, grounds: Grounds) -> Iterator[Check]:
    """The checks of the medicine at `position`; where there are several, each says which it means."""
    for check in _checks(position, item, typed, grounds):
        yield _at(position, len(typed.items), check)


def declined_checks(items: Sequence[TypedItem], medicines: Mapping[int, Medicine]) -> Iterator[Check]:
    """The checks of medicines that are declined, every one of them."""
    for position, item in enumerate(items):
        if item.declined:
            yield _at(position, len(items), _declined(item, item.declined, medicines))


def _at(position: int, of: int, check: Check) -> Check:
    sentence = f"Medicine {position + 1}: {check.sentence}" if of > 1 else check.sentence
    about = f"items-{position}-{check.about}"
    return replace(check, key=f"{check.key}-{position}", sentence=sentence, about=about)


def _checks(position: int, item: TypedItem, typed: Typed, grounds: Grounds) -> Iterator[Check]:
    if item.declined:
        yield _declined(item, item.declined, grounds.medicines)
        return
    yield from _stated(item)
    medicine = None if item.variant_id is None else grounds.medicines.get(item.variant_id)
    if medicine is None or item.variant_id is None:
        yield Check("medicine", Verdict.STOPS, "Choose a medicine.", STATED, "variant_id")
        return
    yield from _twice(item, typed.items[:position], medicine)
    yield from supply_checks(item, medicine.unit)
    yield from _packs(medicine, item.quantity)
    yield _substance(medicine)
    if not medicine.controlled:
        yield from _sale(medicine)
    yield _duplicate(medicine, grounds.left.get(item.variant_id, 0))
    yield from _supply(item, grounds)


def _declined(item: TypedItem, declined: Declined, medicines: Mapping[int, Medicine]) -> Check:
    """A declined medicine needs a name, a reason, and a note where the reason says nothing by itself."""
    source = "Pharmacist’s decision"
    short = WORDS[Reason(declined.reason)].short
    if not item.as_written.strip() and item.variant_id not in medicines:
        sentence = "Enter the declined medicine as it’s written."
        return Check("declined", Verdict.STOPS, sentence, source, "as_written")
    if reasons.note_missing(declined.reason, declined.note):
        sentence = f"“{short}” needs a note to the customer."
        return Check("declined", Verdict.STOPS, sentence, source, "decline_note")
    return Check("declined", Verdict.PASSED, f"Declined: {short}.", source, "decision")


def _twice(item: TypedItem, earlier: Sequence[TypedItem], medicine: Medicine) -> Iterator[Check]:
    """A taper names the same tablet twice, with other directions; the same directions twice are a slip."""
    ids = {item.variant_id, *medicine.same_as}
    same = [other for other in earlier if other.variant_id in ids and not other.declined]
    if not same:
        return
    source = "Store rule: one entry per medicine"
    if any(_words(other.directions) == _words(item.directions) for other in same):
        yield Check("twice", Verdict.STOPS, f"{medicine.label} is entered twice.", source, "variant_id")
        return
    yield Check(
        "twice",
        Verdict.NEEDS,
        f"{medicine.label} is entered twice, with different directions.",
        source,
        "variant_id",
        TWICE_OUTCOMES,
    )


def _words(text: str) -> list[str]:
    return text.casefold().split()


def _stated(item: TypedItem) -> Iterator[Check]:
    missing = list(_missing(item))
    yield from missing
    if not any(check.verdict is Verdict.STOPS for check in missing):
        yield Check(
            "stated", Verdict.PASSED, "Quantity, refills and directions are stated.", STATED, "quantity"
        )


def _missing(item: TypedItem) -> Iterator[Check]:
    yield from _number("quantity", item.quantity, 1, MOST_OF_ANY, item.written.get("quantity"))
    yield from _number("refills", item.refills, 0, MOST_REFILLS, item.written.get("refills"))
    if not item.directions.strip():
        yield Check("directions", Verdict.STOPS, "The directions are missing.", STATED, "directions")


def _number(name: str, number: int | None, least: int, most: int, written: Written | None) -> Iterator[Check]:
    """A figure the document must state, or how what it states instead is read."""
    doubt = written.doubt if written else None
    text = written.text.strip() if written else ""
    if doubt is Doubt.DIFFER:
        sentence = f"Words and figures differ in “{text}”. Ask the prescriber."
    elif doubt is Doubt.UNREADABLE:
        sentence = f"“{text}” can’t be read as a number. Enter a whole number, or ask."
    elif number is None:
        missing = "Quantity is" if name == "quantity" else "Refills are"
        sentence = f"{missing} missing. Ask: missing doesn’t mean zero."
    elif not least <= number <= most:
        sentence = f"{name.capitalize()} must be from {least} to {most}."
    elif doubt is Doubt.PROPOSED:
        yield Check(
            f"{name}_read",
            Verdict.NEEDS,
            f"{name.capitalize()} “{text}” is read as {number}.",
            "As written on the document",
            name,
            READ_OUTCOMES,
        )
        return
    else:
        return
    yield Check(name, Verdict.STOPS, sentence, "Store rule: quantity and refills", name)


def _packs(medicine: Medicine, quantity: int | None) -> Iterator[Check]:
    """Where no pack may be opened, the nearest whole packs are recorded, never above what is authorized."""
    if quantity is None or not 1 <= quantity <= MOST_OF_ANY:
        return
    nearest = medicine.nearest(quantity)
    if nearest == quantity:
        return
    if nearest is None:
        sentence = f"The smallest pack of {medicine.label} holds more than {quantity}. Ask the prescriber."
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
            f"{medicine.label} counts as a controlled substance. Decline it.",
            "Substance list",
            "variant_id",
            decline=Reason.CONTROLLED,
        )
    return Check("substance", Verdict.PASSED, "Not a controlled substance.", "Substance list", "variant_id")


def _sale(medicine: Medicine) -> Iterator[Check]:
    if medicine.refused:
        yield Check(
            "mail",
            Verdict.STOPS,
            f"{medicine.label}: {medicine.refused} Decline it.",
            "Safety data",
            "variant_id",
            decline=Reason.NOT_SOLD,
        )
    elif medicine.not_by_mail:
        yield Check(
            "mail",
            Verdict.NEEDS,
            f"It can’t be sent by mail: {medicine.not_by_mail}.",
            "Not-by-mail list",
            "variant_id",
            SALE_OUTCOMES,
            Reason.NOT_SOLD,
        )
    else:
        yield Check("mail", Verdict.PASSED, "Can be sent by mail.", "Not-by-mail list", "variant_id")
    if gone := medicine.withdrawn_on:
        yield Check(
            "sale",
            Verdict.STOPS,
            f"{medicine.label} was withdrawn from sale on {day_in_words(gone)}. Decline it.",
            "Catalog: withdrawn",
            "variant_id",
            decline=Reason.NOT_SOLD,
        )
    elif sentence := SALE_SENTENCES.get(medicine.sale_refusal or ""):
        elsewhere = medicine.sale_refusal == "other_market"
        ask = " Ask the prescriber: no other strength may be dispensed for it, not even split tablets."
        yield Check(
            "sale",
            Verdict.NEEDS,
            f"{sentence}, so it can’t be ordered yet.{ask if elsewhere else ''}",
            "Catalog: markets and prices",
            "variant_id",
            (ASKED_OUTCOMES if elsewhere else {}) | SALE_OUTCOMES,
            Reason.NOT_SOLD,
        )


def _duplicate(medicine: Medicine, left: int) -> Check:
    source = "This patient’s prescriptions here"
    if not left:
        return Check(
            "duplicate",
            Verdict.PASSED,
            "No other prescription has units of it left.",
            source,
            "variant_id",
        )
    return Check(
        "duplicate",
        Verdict.NEEDS,
        f"Another prescription still has {left} units of {medicine.label} or its equivalent.",
        source,
        "variant_id",
        DUPLICATE_OUTCOMES,
    )


def _supply(item: TypedItem, grounds: Grounds) -> Iterator[Check]:
    """A new prescription does not open what would be too early as a refill."""
    lasts = grounds.lasts.get(item.variant_id or 0)
    if lasts is None or item.days_supply is None:
        return
    share = grounds.share if item.refill_share is None else item.refill_share / 100
    ahead = item.days_supply - refill_wait(item.days_supply, share, grounds.promise_days)
    if (lasts - grounds.today).days > ahead:
        sentence = f"By the directions, what we sent before lasts until about {day_in_words(lasts)}."
        source = "This patient’s fills here"
        yield Check("supply", Verdict.NEEDS, sentence, source, "variant_id", SUPPLY_OUTCOMES)
