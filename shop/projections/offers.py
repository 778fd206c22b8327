"""Which strengths changed, followed by each process: one small question a look, and one more after a change.

Owns reading `offers_version` and `variant_version`; `cache_version` writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select

from shop.database import db
from shop.projections.cache_version import ROWS, catalogue_name
from shop.projections.models import CatalogueVersion, OffersVersion, VariantVersion

_COUNTERS = select(
    CatalogueVersion.number,
    CatalogueVersion.changed_at,
    CatalogueVersion.offers,
    OffersVersion.id,
    OffersVersion.changes,
    OffersVersion.named,
    OffersVersion.priced,
).join_from(CatalogueVersion, OffersVersion, CatalogueVersion.id == 1)


@dataclass(frozen=True)
class Offers:
    """What one look found; nothing in it changes any more, so that what is rendered after it is never newer.

    `any` counts the changes that named no strength, `prices` those of prices; `variants` has a number that
    differs after every change of a strength, 0 where it is absent.
    """

    catalogue: str = ""
    any: int = 0
    prices: int = 0
    variants: Mapping[int, int] = field(default_factory=dict)


class OffersReader:
    """Reads what changed since its last look. One thread at a time."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._variants: dict[int, int] = {}

    def look(self) -> Offers:
        """What the database holds now.

        The counters are read first: what is committed meanwhile may be known already, and is read again at
        the next look. All counters are asked for strengths, since one may have moved to another.
        """
        rows = db.session.execute(_COUNTERS).all()
        seen = {row.id: row.changes for row in rows}
        if any(changes < self._seen.get(counter, 0) for counter, changes in seen.items()):
            self._seen, self._variants = {}, {}  # another database than the one that was read before
        if seen != self._seen:
            self._variants = self._variants | self._changed()
            self._seen = seen
        first = rows[0]
        return Offers(
            catalogue_name(first.number, first.changed_at),
            first.offers + sum(row.changes - row.named for row in rows),
            sum(row.priced for row in rows),
            self._variants,
        )

    def _changed(self) -> dict[int, int]:
        """By strength, the number of its latest change, of all that changed since the last look."""
        table = VariantVersion
        since = [
            and_(table.counter == counter, table.number > changes) for counter, changes in self._seen.items()
        ]
        changed = select(table.variant_id, table.counter, table.number)
        if since:
            changed = changed.where(or_(*since))
        rows = db.session.execute(changed)
        return {variant_id: number * (ROWS + 1) + counter for variant_id, counter, number in rows}
