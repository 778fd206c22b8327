"""Reading the history of what pharmacies paid."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from shop.database import db
from shop.pricing.acquisition import Period, joined
from shop.pricing.models import AcquisitionPrice

_paid = AcquisitionPrice.__table__.c
_PERIODS = (
    select(_paid.variant_id, _paid.price, _paid.effective_on, _paid.ends_on, _paid.source)
    .where(_paid.variant_id.in_(bindparam("ids", expanding=True)))
    .order_by(_paid.variant_id, _paid.effective_on)
)
"""Made once: every medicine's page asks this."""


def history(variant_id: int) -> list[Period]:
    """What one strength cost per unit, oldest first; neighbouring periods of one price are one."""
    return histories([variant_id])[variant_id]


def histories(variant_ids: Iterable[int]) -> dict[int, list[Period]]:
    """The history of each of these strengths (empty where nothing is known), in one query."""
    found: dict[int, list[Period]] = {variant_id: [] for variant_id in variant_ids}
    for variant_id, *period in db.session.execute(_PERIODS, {"ids": list(found)}).all():
        found[variant_id].append(Period(*period))
    return {variant_id: joined(periods) for variant_id, periods in found.items()}
