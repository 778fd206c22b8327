"""Raising the versions that caches compare with, once a transaction and at its end.

Rooms below the pages (catalogue, stock) say that something shown has changed, not who shows it.
The row is locked just before the commit, and before the audit record's end, which is the last lock of all.
"""

from datetime import datetime

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from shop.database import db
from shop.freshness.models import CatalogueVersion

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
    raised = {name: getattr(CatalogueVersion, name) + 1 for name in pending}
    if "number" in pending:
        raised["changed_at"] = pending["number"]
    session.connection().execute(update(CatalogueVersion).where(CatalogueVersion.id == 1).values(**raised))


def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


event.listen(Session, "before_commit", _raise, insert=True)  # before the audit record is chained
event.listen(Session, "after_rollback", _forget)
