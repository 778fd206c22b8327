"""Which medicines an item covers: the one prescribed, and what may be dispensed for it.

Whether one product may stand for another, `substances.substitution` says. Asked when a medicine is looked at,
when it is ordered, and again when it is dispensed, with the item locked.
"""

from collections.abc import Collection

from sqlalchemy import select

from shop.catalogue import substitutes
from shop.catalogue.substitutes import Substitutes
from shop.database import db
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.states import PrescriptionStatus

Pair = tuple[int | None, int]
"""A patient's id and a variant's; None for a patient whom nobody has named yet."""


def covering_items(user_id: int, pairs: Collection[Pair]) -> tuple[dict[Pair, set[int]], Substitutes]:
    """For each patient and variant, the approved items that cover it, expired ones too; in three questions.

    The second is what was read of the medicines, for their names.
    """
    patient_ids = {patient_id for patient_id, _ in pairs if patient_id is not None}
    items = db.session.execute(
        select(
            PrescriptionItem.id,
            PrescriptionItem.variant_id,
            PrescriptionItem.dispense_as_written,
            Prescription.patient_id,
        )
        .join(Prescription)
        .where(Prescription.user_id == user_id, Prescription.status == PrescriptionStatus.APPROVED)
        .where(Prescription.patient_id.in_(patient_ids), Prescription.expires_on.is_not(None))
    ).all()
    products = substitutes.read(
        {item.variant_id for item in items} | ({variant_id for _, variant_id in pairs} if items else set())
    )
    covering: dict[Pair, set[int]] = {
        (patient_id, variant_id): {
            item.id
            for item in items
            if item.patient_id == patient_id
            and products.may_fill(item.variant_id, variant_id, item.dispense_as_written)
        }
        for patient_id, variant_id in pairs
    }
    return covering, products


def not_covered(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these pairs (item, variant) of which the item does not cover the variant; three questions."""
    if not pairs:
        return set()
    question = select(
        PrescriptionItem.id, PrescriptionItem.variant_id, PrescriptionItem.dispense_as_written
    ).where(PrescriptionItem.id.in_({item_id for item_id, _ in pairs}))
    items = {row.id: row for row in db.session.execute(question)}
    others = [(items[key], one) for key, one in pairs if key in items and items[key].variant_id != one]
    products = substitutes.read({one for item, variant_id in others for one in (item.variant_id, variant_id)})
    allowed = {
        (item.id, one)
        for item, one in others
        if products.may_fill(item.variant_id, one, item.dispense_as_written)
    }
    own = {(item.id, item.variant_id) for item in items.values()}
    return set(pairs) - own - allowed
