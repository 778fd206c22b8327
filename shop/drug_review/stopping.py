"""Medicines that must not stop suddenly: those a decision keeps from a patient, and late refills."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from shop.catalogue.models import Ingredient, Product, Variant, product_ingredient
from shop.catalogue.queries import contents
from shop.clock import business_date
from shop.database import db
from shop.drug_review.handling import on_stopping
from shop.drug_review.reading import ReviewRequest, read
from shop.drug_review.taking import Alert, From, Taking
from shop.drug_review.takings import taking_of
from shop.patients import queries as patients
from shop.patients.queries import PatientFacts
from shop.prescriptions.ledger.running_out import Supply, days_of, run_out
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import EntryKind, PrescriptionStatus
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.reading import book

LATE_FOR = timedelta(days=45)
"""How long a supply that ran out is listed as late: after that the patient takes something else, or none."""
MOST_LATE = 200


@dataclass(frozen=True)
class Late:
    """An approved item with fills left whose last supply ran out on a day, by its directions."""

    reference: str
    user_id: int
    patient_id: int
    ran_out_on: date
    alert: Alert


def of_variants(variant_ids: Iterable[int]) -> list[Alert]:
    """What to say where these medicines are not dispensed; one question."""
    known = contents(variant_ids)
    takings = (taking_of(f"variant-{key}", From.DOCUMENT, one) for key, one in known.items())
    return [alert for taking in takings for alert in on_stopping(taking)]


def of_prescription(prescription: Prescription, today: date) -> list[Alert]:
    """What to tell the customer of a decision that keeps a medicine from them.

    The medicines it declined, and those of an approval that was revoked, where the patient would be without
    them. Of a prescription refused before anybody had entered a medicine it is what the patient gets from
    here.
    """
    found = {
        item.variant_id
        for item in prescription.declined
        if item.variant_id and item.reason != Reason.DUPLICATE
    }
    if prescription.status == PrescriptionStatus.REVOKED:
        found |= {item.variant_id for item in prescription.items}
    refused = prescription.status == PrescriptionStatus.REFUSED and not prescription.declined
    if not found and not refused:
        return []
    patient = patients.by_id(prescription.patient_id)
    taken = _taken(patient, today) if patient else []
    if found:
        return [alert for alert in of_variants(found) if not keeps_getting(alert, taken)]
    return [alert for taking in taken for alert in on_stopping(taking)]


def keeps_getting(alert: Alert, taken: Iterable[Taking]) -> bool:
    """Whether the patient can go on with the ingredient that an alert is about: another item of it can be
    filled here, or where it was transferred to. Pure."""
    named = {
        book().name_of(part.ingredient)
        for one in taken
        if one.known in (From.ACTIVE, From.TRANSFERRED)
        for part in one.parts
    }
    return alert.fact is not None and alert.fact.ingredient in named


def _taken(patient: PatientFacts, today: date) -> list[Taking]:
    (case,) = read([ReviewRequest.of(patient, (), From.DOCUMENT)], today)
    return [one for one in case.others if one.item_id is not None]


def late_refills(today: date) -> list[Late]:
    """The latest MOST_LATE items that ran out within LATE_FOR and can be filled; three questions."""
    rows = db.session.execute(
        select(
            PrescriptionItem.id,
            PrescriptionItem.variant_id,
            PrescriptionItem.quantity.label("fill"),
            PrescriptionItem.days_supply,
            Prescription.reference,
            Prescription.user_id,
            Prescription.patient_id,
            QuantityEntry.quantity,
            QuantityEntry.at,
        )
        .join(QuantityEntry, QuantityEntry.item_id == PrescriptionItem.id)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(PrescriptionItem.variant_id.in_(_tapered()), QuantityEntry.kind == EntryKind.DISPENSED)
        .where(PrescriptionItem.taken < PrescriptionItem.authorized)
        .where(Prescription.status == PrescriptionStatus.APPROVED, Prescription.valid_on(today))
        .where(Prescription.patient_id.is_not(None))
    ).all()
    supplies: dict[int, list[Supply]] = {}
    for row in rows:
        lasts = days_of(row.quantity, row.fill, row.days_supply)
        supplies.setdefault(row.id, []).append(Supply(business_date(row.at), lasts))
    ends = {item_id: run_out(sent) for item_id, sent in supplies.items()}
    late = {
        row.id: (row, day)
        for row in rows
        if (day := ends[row.id]) is not None and today - LATE_FOR <= day < today
    }
    known = contents({row.variant_id for row, _ in late.values()})
    found = [
        Late(row.reference, row.user_id, row.patient_id, day, alert)
        for row, day in late.values()
        for alert in on_stopping(taking_of(f"taking-{row.id}", From.ACTIVE, known[row.variant_id]))
    ]
    return sorted(found, key=lambda one: (one.ran_out_on, one.reference), reverse=True)[:MOST_LATE]


def _tapered() -> list[int]:
    """The variants with an ingredient that must not stop suddenly; one question."""
    facts = book()
    names = {name for name, one in facts.facts.items() if one.of(Kind.TAPER)}
    rows = db.session.execute(
        select(Variant.id, Ingredient.name)
        .join(Product, Product.id == Variant.product_id)
        .join(product_ingredient, product_ingredient.c.product_id == Product.id)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(Product.prescription_required, Product.listed_at.is_not(None))
    )
    return sorted({row.id for row in rows if facts.name_of(row.name) in names})
