"""Reading the versions."""

from dataclasses import dataclass

from sqlalchemy import func, select

from shop.database import db
from shop.projections.models import CatalogueVersion, OffersVersion

_CHANGES = select(func.coalesce(func.sum(OffersVersion.changes), 0)).scalar_subquery()
_VERSION = select(CatalogueVersion.number, CatalogueVersion.offers + _CHANGES, CatalogueVersion.changed_at)


@dataclass(frozen=True)
class Version:
    """A state of the database as caches name it.

    `catalogue` names what can be found, with the time of its last change, so that a restored database differs
    from the one it replaces; `offers` counts the changes of prices and stock.
    """

    catalogue: str
    offers: int


def version() -> Version:
    """What the database holds now."""
    number, offers, changed_at = db.session.execute(_VERSION).one()
    return Version(f"{number}@{changed_at.isoformat() if changed_at else 'start'}", int(offers))
