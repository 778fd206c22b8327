"""Reading past comparisons."""

from collections.abc import Sequence

from sqlalchemy import select

from shop.database import db
from shop.reconciliation.models import ReconcileRun

SHOWN = 20


def last_runs() -> Sequence[ReconcileRun]:
    """The newest comparisons, newest first."""
    return db.session.scalars(select(ReconcileRun).order_by(ReconcileRun.id.desc()).limit(SHOWN)).all()


def last_result() -> ReconcileRun | None:
    """The newest comparison that was finished."""
    return db.session.scalar(
        select(ReconcileRun)
        .where(ReconcileRun.finished_at.is_not(None), ReconcileRun.error.is_(None))
        .order_by(ReconcileRun.id.desc())
        .limit(1)
    )
