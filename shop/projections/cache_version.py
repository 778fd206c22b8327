"""Raising the versions that caches compare with, once a transaction and at its end.

Rooms below the pages (catalogue, stock) say that something shown has changed, not who shows it. The rows are
locked just before the commit, after every other one. A sale takes any row of `offers_version` that nobody
holds; a change of the catalogue takes the one row there is of its version, which is rare enough.
"""

import random
from datetime import datetime

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from shop.database import db
from shop.projections.models import CatalogueVersion, OffersVersion

ROWS = 16
_FREE = select(OffersVersion.id).with_for_update(skip_locked=True).limit(1)
_PENDING = "freshness_pending"


def catalogue_changed(at: datetime) -> None:
    """What can be found has changed: a name, a listing, a category. Pages and the search index follow."""
    _pending(db.session())["number"] = at


def offers_changed(at: datetime) -> None:
    """A price or the stock has changed. Pages follow; the words to search by stay."""
    _pending(db.session())["offers"] = at


def _pending(session: Session) -> dict[str, datetime]:
    pending: dict[str, datetime] = session.info.setdefault(_PENDING, {})
    return pending


def _raise(session: Session) -> None:
    pending: dict[str, datetime] = session.info.pop(_PENDING, {})
    if not pending:
        return
    session.flush()
    if "number" in pending:
        raised = {"number": CatalogueVersion.number + 1, "changed_at": pending["number"]}
        session.connection().execute(
            update(CatalogueVersion).where(CatalogueVersion.id == 1).values(**raised)
        )
    if "offers" in pending:
        _count_offers(session)


def _count_offers(session: Session) -> None:
    """In a row that is free; when all are taken, in any. SQLite has one writer, and needs one row."""
    connection = session.connection()
    row: int | None = 1
    if connection.dialect.name == "postgresql":
        row = connection.scalar(_FREE) or random.randint(1, ROWS)  # noqa: S311  (spreads, hides nothing)
    connection.execute(
        update(OffersVersion).where(OffersVersion.id == row).values(changes=OffersVersion.changes + 1)
    )


def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


event.listen(Session, "before_commit", _raise, insert=True)  # before the audit record is chained
event.listen(Session, "after_rollback", _forget)
