"""Everything one screen of the desk shows, gathered from the rooms that know it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wtforms.fields.choices import SelectChoice

from shop.accounts import queries as accounts
from shop.basket import queries as basket
from shop.basket.owner import BasketOwner
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.clock import business_date, format_day
from shop.keyset import Window
from shop.patients import queries as patients
from shop.patients.queries import PatientFacts
from shop.patients.words import RELATIONS
from shop.pharmacist import not_sold
from shop.pharmacist.forms import NEW, EntryForm
from shop.pharmacist.header import header_before, offer_origins
from shop.pharmacist.reuse import sheets_of
from shop.pharmacist.viewer import Sheet
from shop.prescriptions import queries, standing, steps
from shop.prescriptions.ledger.supplies import run_outs
from shop.prescriptions.models import DeclinedItem, Message, Prescription, PrescriptionItem
from shop.prescriptions.states import PrescriptionStatus
from shop.prescriptions.verification import medicines, queue
from shop.prescriptions.verification.checks import all_checks
from shop.prescriptions.verification.queue import QueueRow
from shop.prescriptions.verification.reuse import Earlier
from shop.prescriptions.verification.typed import Check, ForPatient, Grounds, Verdict
from shop.safety.confusable_names import confusable_with
from shop.safety.tall_man import tall_man
from shop.web import settings

FIND_AT_MOST = 20


@dataclass(frozen=True)
class Desk:
    """One prescription on the desk. `wanted` are the medicines in the customer's basket, with their units.

    `patients` are the account's; `patient` is whom it is for, as chosen here or before.
    """

    prescription: Prescription
    customer: str
    patients: list[PatientFacts]
    patient: PatientFacts | None
    names: Mapping[int, str]
    on_it_id: int | None
    wanted: list[tuple[VariantFacts, int]]
    medicines: Mapping[int, VariantFacts]
    sheets: list[Sheet]
    messages: list[Message]
    waiting: Window[QueueRow]
    counts: Mapping[str, int]

    @property
    def open(self) -> bool:
        return self.prescription.status == "waiting"


def desk(prescription: Prescription, form: EntryForm, at: datetime) -> Desk:
    """The desk with this prescription on it, in a number of questions that does not grow."""
    known_patients = patients.of_account(prescription.user_id)
    offer_patients(form, known_patients, prescription.patient_id)
    offer_origins(form, prescription)
    lines = basket.lines(BasketOwner(user_id=prescription.user_id))
    ids = {line.variant_id for line in lines} | {item.variant_id for item in prescription.items}
    known = catalogue.variants(ids)
    wanted = [
        (known[line.variant_id], line.quantity)
        for line in lines
        if line.variant_id in known and known[line.variant_id].prescription_required
    ]
    messages = queries.messages(prescription.id)
    people = {prescription.user_id, prescription.claimed_by, prescription.decided_by, prescription.revoked_by}
    people |= {prescription.confirmed_by, prescription.entered_by}
    names = accounts.names_of(people | {message.author_id for message in messages})
    held = steps.is_on_it(prescription.claimed_by, prescription.claimed_at, at)
    return Desk(
        prescription,
        names.get(prescription.user_id, ""),
        known_patients,
        _patient_on(prescription, form, known_patients),
        names,
        prescription.claimed_by if held else None,
        wanted,
        known,
        sheets_of(prescription),
        messages,
        queue.page("waiting", None, at),
        queue.counts(),
    )


def _patient_on(
    prescription: Prescription, form: EntryForm, known: Sequence[PatientFacts]
) -> PatientFacts | None:
    """Whose data are shown: the chosen patient's while it is open, then that of the decision."""
    if prescription.status == PrescriptionStatus.WAITING:
        return next((one for one in known if one.reference == form.patient.data), None)
    return patients.by_id(prescription.patient_id)


def offer_patients(form: EntryForm, known: Sequence[PatientFacts], patient_id: int | None) -> None:
    """Fill the list of the account's patients; the one the customer named is chosen until another is."""
    form.patient.choices = [
        SelectChoice("", "Choose …"),
        *(SelectChoice(one.reference, _who(one)) for one in known),
        SelectChoice(NEW, "New patient, as written"),
    ]
    if not form.patient.raw_data:
        form.patient.data = next((one.reference for one in known if one.id == patient_id), "")


def _who(patient: PatientFacts) -> str:
    born = f", born {format_day(patient.born, settings().locale)}" if patient.born else ""
    return f"{patient.name}{born} ({RELATIONS[patient.relation]})"


def chosen(form: EntryForm, known: Sequence[PatientFacts]) -> ForPatient | None:
    """Whom the form says it is for: a patient of the account, a new one as typed in, or nobody yet."""
    if form.patient.data == NEW:
        return ForPatient(form.patient_name.data or "", form.patient_birth_date.data)
    one = next((one for one in known if one.reference == form.patient.data), None)
    return ForPatient(one.name, one.born, one.id) if one else None


def entered_before(prescription: Prescription) -> dict[str, Any]:
    """What is on record of an open one, as the form's data: all of it before a decision that was undone."""
    if prescription.status != PrescriptionStatus.WAITING:
        return {}
    header, before = header_before(prescription), standing.as_typed(prescription)
    if not before:
        return header
    return header | {
        "issued_on": prescription.issued_on,
        "fill_from": prescription.fill_from,
        "items": [_item_before(line) for line in before],
    }


def _item_before(line: PrescriptionItem | DeclinedItem) -> dict[str, Any]:
    variant_id = str(line.variant_id or "")
    if isinstance(line, DeclinedItem):
        return {
            "variant_id": variant_id,
            "as_written": line.as_written,
            "decision": line.reason,
            "decline_note": line.note,
        }
    return {
        "variant_id": variant_id,
        "quantity": str(line.quantity),
        "refills": str(line.refills),
        "days_supply": line.days_supply,
        "directions": line.directions,
        "indication": line.indication,
        "dispense_as_written": line.dispense_as_written,
        "refill_share": line.refill_share,
    }


def offer_medicines(form: EntryForm, wanted: Iterable[VariantFacts]) -> dict[int, VariantFacts]:
    """Fill each medicine's list: what the customer waits for, what its text finds, and the one chosen. Those
    chosen, by id, are returned."""
    chosen = {typed.variant_id for typed in form.typed().items if typed.variant_id is not None}
    known = catalogue.variants(chosen)
    for entry in form.items:
        item = entry.form
        found = not_sold.find(item.find.data, FIND_AT_MOST) if item.find.data else []
        offered = {variant.id: variant for variant in [*wanted, *found]}
        variant_id = item.typed().variant_id
        if variant_id in known:
            offered.setdefault(variant_id, known[variant_id])
        item.variant_id.choices = [
            SelectChoice("", "Choose …"),
            *(SelectChoice(str(key), _offered(facts)) for key, facts in offered.items()),
        ]
        if variant_id in known:
            item.variant_id.description = look_alikes(known[variant_id].product_name)
        if item.is_declined:
            label = known[variant_id].label if variant_id in known else ""
            item.as_written.data = item.as_written.data or label or item.find.data
        elif item.find.data:
            found_out = not_sold.trouble(item.find.data, found)
            item.find.errors = [one.sentence for one in found_out]
            item.decline_for = next((one.decline for one in found_out if one.decline), None)
    return known


def _offered(facts: VariantFacts) -> str:
    why = not_sold.note(facts)
    return f"{tall_man(facts.label)} ({why})" if why else tall_man(facts.label)


def look_alikes(name: str) -> str:
    """What the chosen medicine has been confused with, controlled substances among them; often nothing."""
    others = ", ".join(map(tall_man, confusable_with(name, desk=True)))
    return f"Not to be confused with {others}." if others else ""


def grounds_for(
    form: EntryForm,
    patient: ForPatient | None,
    market: str,
    life_days: int,
    at: datetime,
    copies: tuple[Earlier, ...] | None = None,
) -> Grounds:
    """What the typed prescription is held against. `copies` are what it may be a copy of (`copies_of`)."""
    typed = form.typed()
    ids = {item.variant_id for item in typed.items if item.variant_id is not None}
    return Grounds(
        patient,
        medicines.medicines(ids, market),
        queries.units_left(patient.id, ids, business_date(at)) if patient and patient.id else {},
        life_days,
        business_date(at),
        copies=copies,
        lasts=_lasts(patient, ids),
        share=settings().refill_after_share,
        promise_days=settings().delivery_days,
    )


def _lasts(patient: ForPatient | None, variant_ids: Iterable[int]) -> dict[int, date]:
    if patient is None or patient.id is None:
        return {}
    found = run_outs((patient.id, variant_id) for variant_id in variant_ids)
    return {variant_id: day for (_, variant_id), day in found.items()}


def checked(form: EntryForm, grounds: Grounds) -> list[Check]:
    """The checks of what was typed in."""
    return all_checks(form.typed(), grounds)


def tally(checks: Iterable[Check]) -> dict[str, int]:
    """How many stop, need somebody, passed."""
    verdicts = [check.verdict for check in checks]
    return {verdict.value: verdicts.count(verdict) for verdict in Verdict}
