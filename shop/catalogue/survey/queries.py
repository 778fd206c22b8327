"""Reading the history of what pharmacies paid."""

from collections.abc import Iterable

from sqlalchemy import select

from shop.catalogue.models import AcquisitionPrice
from shop.catalogue.survey.rules import Period, joined
from shop.database import db


def history(variant_id: int) -> list[Period]:
    """What one strength cost per unit, oldest first; neighbouring periods of one price are one."""
    return histories([variant_id])[variant_id]


def histories(variant_ids: Iterable[int]) -> dict[int, list[Period]]:
    """The history of each of these strengths (empty where nothing is known), in one query."""
    found: dict[int, list[Period]] = {variant_id: [] for variant_id in variant_ids}
    rows = db.session.execute(
        select(
            AcquisitionPrice.variant_id, AcquisitionPrice.price, AcquisitionPrice.effective_on,
            AcquisitionPrice.ends_on, AcquisitionPrice.source,
        )
        .where(AcquisitionPrice.variant_id.in_(found))
        .order_by(AcquisitionPrice.variant_id, AcquisitionPrice.effective_on)
    )  # fmt: skip
    for row in rows:
        found[row.variant_id].append(Period(row.price, row.effective_on, row.ends_on, row.source))
    return {variant_id: joined(periods) for variant_id, periods in found.items()}
