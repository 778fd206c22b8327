"""What has left for patients, medicine by medicine over all their prescriptions, and what lasts."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from shop.clock import business_date
from shop.database import db
from shop.prescriptions.ledger.running_out import Supply, after_soon, days_of, run_out
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.prescriptions.states import EntryKind, PrescriptionStatus

Pair = tuple[int | None, int]
"""A patient's id and a variant's."""


def run_outs(pairs: Iterable[Pair]) -> dict[Pair, date]:
    """When each patient's supply of a medicine runs out, by estimate; pairs without a date are missing.

    One question. Supplies of all prescriptions of a patient follow each other, revoked and expired ones too.
    """
    wanted = _known(pairs)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            Prescription.patient_id,
            PrescriptionItem.variant_id,
            PrescriptionItem.quantity.label("fill"),
            PrescriptionItem.days_supply,
            QuantityEntry.quantity,
            QuantityEntry.at,
        )
        .join(PrescriptionItem, PrescriptionItem.id == QuantityEntry.item_id)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(QuantityEntry.kind == EntryKind.DISPENSED)
        .where(Prescription.patient_id.in_({patient_id for patient_id, _ in wanted}))
        .where(PrescriptionItem.variant_id.in_({variant_id for _, variant_id in wanted}))
    )
    supplies: dict[Pair, list[Supply]] = {}
    for row in rows:
        lasts = days_of(row.quantity, row.fill, row.days_supply)
        supply = Supply(business_date(row.at), lasts)
        supplies.setdefault((row.patient_id, row.variant_id), []).append(supply)
    ends = {pair: run_out(found) for pair, found in supplies.items() if pair in wanted}
    return {pair: day for pair, day in ends.items() if day is not None}


def lasting_items(pairs: Iterable[Pair], today: date) -> dict[Pair, set[int]]:
    """The items with units left whose prescription does not expire soon, by whom and what they are for."""
    wanted = _known(pairs)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Prescription.patient_id, PrescriptionItem.variant_id, PrescriptionItem.id)
        .join(Prescription)
        .where(Prescription.status == PrescriptionStatus.APPROVED)
        .where(Prescription.valid_on(after_soon(today)))
        .where(PrescriptionItem.taken < PrescriptionItem.authorized)
        .where(Prescription.patient_id.in_({patient_id for patient_id, _ in wanted}))
        .where(PrescriptionItem.variant_id.in_({variant_id for _, variant_id in wanted}))
    )
    found: dict[Pair, set[int]] = {}
    for row in rows:
        found.setdefault((row.patient_id, row.variant_id), set()).add(row.id)
    return found


def _known(pairs: Iterable[Pair]) -> set[Pair]:
    return {pair for pair in pairs if pair[0] is not None}
