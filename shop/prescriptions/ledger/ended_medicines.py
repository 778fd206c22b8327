"""What was said of a medicine that no approved item covers: it was declined, or its prescription has ended.

Each medicine has its own words: why one was declined, revoked or transferred is never told of another.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, literal, or_, select, union_all

from shop.catalogue import substitutes
from shop.database import db
from shop.prescriptions.ledger.medicines_covered import Pair
from shop.prescriptions.models import DeclinedItem, Prescription, PrescriptionItem
from shop.prescriptions.states import DECIDED, PrescriptionStatus

_OVER = (PrescriptionStatus.REVOKED, PrescriptionStatus.TRANSFERRED)


@dataclass(frozen=True)
class Ended:
    """`state` is "refused" with a code of reasons.Reason, or "transferred". `is_declined`: this medicine was
    declined by itself, so that the reason is worded for one medicine."""

    state: str
    prescription_reference: str
    reason: str | None
    is_declined: bool


@dataclass(frozen=True)
class EndedMedicines:
    """The latest word on each pair, and the prescriptions that name their medicines: those say nothing of
    any other one."""

    of: dict[Pair, Ended]
    naming: frozenset[str]


def ended_medicines(user_id: int, pairs: Collection[Pair]) -> EndedMedicines:
    """What became of these medicines on prescriptions that were decided; three questions at most."""
    if not pairs:
        return EndedMedicines({}, frozenset())
    columns = (Prescription.id, Prescription.reference, Prescription.patient_id, Prescription.status)
    patient_ids = {patient_id for patient_id, _ in pairs if patient_id is not None}
    theirs = (Prescription.user_id == user_id) & or_(
        Prescription.patient_id.in_(patient_ids), Prescription.patient_id.is_(None)
    )
    typed_only = exists().where(PrescriptionItem.prescription_id == Prescription.id)  # an approval undone
    declined = (
        select(*columns, Prescription.submitted_at, DeclinedItem.variant_id, DeclinedItem.reason)
        .add_columns(literal(True).label("is_declined"))
        .join(DeclinedItem, DeclinedItem.prescription_id == Prescription.id)
        .where(theirs, Prescription.status.in_(DECIDED))
        .where(or_(Prescription.status != PrescriptionStatus.REFUSED, ~typed_only))
    )
    over = (
        select(*columns, Prescription.submitted_at, PrescriptionItem.variant_id, Prescription.reason)
        .add_columns(literal(False))
        .join(PrescriptionItem, PrescriptionItem.prescription_id == Prescription.id)
        .where(theirs, Prescription.status.in_(_OVER))
    )
    both = union_all(declined, over).subquery()
    rows = db.session.execute(select(both).order_by(both.c.submitted_at.desc(), both.c.id.desc())).all()
    medicines = {row.variant_id for row in rows if row.variant_id}
    known = substitutes.read(medicines | {variant_id for _, variant_id in pairs} if medicines else ())
    found: dict[Pair, Ended] = {}
    for pair in pairs:
        mine = (row for row in rows if row.variant_id and row.patient_id in (pair[0], None))
        row = next((row for row in mine if known.may_fill(row.variant_id, pair[1], as_written=False)), None)
        if row is not None:
            found[pair] = _ended(row)
    return EndedMedicines(found, frozenset(row.reference for row in rows))


def _ended(row: Any) -> Ended:
    if row.status == PrescriptionStatus.TRANSFERRED and not row.is_declined:
        return Ended("transferred", row.reference, None, is_declined=False)
    return Ended("refused", row.reference, row.reason, bool(row.is_declined))
