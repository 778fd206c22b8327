"""What stands on a medicine list: what this pharmacy knows that one patient takes.

Read for the account that the patient belongs to; nobody else is given one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.catalogue import queries as catalogue
from shop.clock import business_date
from shop.orders import queries as orders
from shop.patients.queries import PatientFacts
from shop.prescriptions import queries as prescriptions
from shop.prescriptions.ledger.fills import Covered, Why
from shop.prescriptions.ledger.overview import outlook, overview
from shop.prescriptions.verification.directions_words import in_full

LOOKS_BACK = timedelta(days=365)
"""What ended or was bought longer ago is left out: a list for a doctor says what somebody takes."""


@dataclass(frozen=True)
class Prescribed:
    """One medicine on prescription. `last_sent` is None where nothing left yet; `next` what comes after."""

    medicine: str
    directions: str
    prescriber: str
    last_sent: date | None
    next: Covered


@dataclass(frozen=True)
class Bought:
    """One medicine bought here without a prescription, with its units."""

    medicine: str
    quantity: int
    on: date


@dataclass(frozen=True)
class MedicineList:
    """The whole list. `elsewhere` and `allergies` are None where nobody has answered, () for "none"."""

    patient: str
    born: date | None
    day: date
    prescribed: tuple[Prescribed, ...]
    bought: tuple[Bought, ...]
    elsewhere: tuple[str, ...] | None
    allergies: tuple[str, ...] | None
    answers_confirmed_on: date | None


def medicine_list(patient: PatientFacts, at: datetime) -> MedicineList:
    """The list of one patient as of now, in a number of questions that does not grow."""
    day = business_date(at)
    bought = orders.without_prescription(patient.id, at - LOOKS_BACK)
    confirmed = patient.health_confirmed_at
    return MedicineList(
        patient.name,
        patient.born,
        day,
        _prescribed(patient, day),
        tuple(Bought(line.name, line.quantity, business_date(line.shipped_at)) for line in bought),
        patient.health.medicines,
        patient.health.allergies,
        business_date(confirmed) if confirmed else None,
    )


def _prescribed(patient: PatientFacts, day: date) -> tuple[Prescribed, ...]:
    rows = prescriptions.approved_of(patient.user_id, patient.id)
    fills = overview(rows, day)
    ahead = outlook(rows, fills, day)
    known = catalogue.variants(item.variant_id for row in rows for item in row.items)
    found = [
        Prescribed(
            known[item.variant_id].label,
            in_full(item.directions, known[item.variant_id]) or item.directions,
            row.prescriber_name or "",
            ahead[item.id].last_sent,
            fills[item.id].covered,
        )
        for row in rows
        for item in row.items
        if item.id in fills and item.variant_id in known
    ]
    return tuple(sorted((one for one in found if _is_current(one, day)), key=lambda one: one.medicine))


def _is_current(one: Prescribed, day: date) -> bool:
    """Whether it can still be had, or was sent within LOOKS_BACK."""
    if one.next.why not in (Why.USED_UP, Why.EXPIRED):
        return True
    return one.last_sent is not None and one.last_sent >= day - LOOKS_BACK
