"""The versions that caches compare with: raised once a transaction and at its end, followed by each process.

Rooms below the pages (catalogue, stock) say that something shown has changed, not who shows it. The rows are
locked just before the commit, after every other one. A sale takes any row of `offers_version` that nobody
holds, then the rows of its strengths in the order of their ids; a change of the catalogue takes the one row
there is of its version, which is rare enough.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Index, Integer, and_, event, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.database import Base, Key, UtcDateTime, db

# --- The rows by which caches and the search index notice that they are behind ----------------------------


class CatalogueVersion(Base):
    """`number` counts changes of what is found (names, listing); `offers` is where offers were counted once.

    Releases before 0008 still count offers there while they serve beside this one.
    """

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    offers: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OffersVersion(Base):
    """Changes of prices and stock, counted in any of sixteen rows, so that sales do not wait for each other.

    The version is the sum of `changes`; of these, `named` say in `variant_version` which strengths they are
    of, and `priced` changed a price. Releases before 0013 name none. The migration wrote the rows.
    """

    __tablename__ = "offers_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    named: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    priced: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class VariantVersion(Base):
    """The latest change of a strength's price or stock: which row of `offers_version` counted it, up to what.

    Whoever counts holds that row until the commit, so within one counter numbers become visible in their
    order: a reader who saw `number` has seen all before it. Across counters there is no such order.
    """

    __tablename__ = "variant_version"
    __table_args__ = (Index("ix_variant_version_number", "counter", "number"),)

    variant_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    counter: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)


# --- Counting: raised once a transaction and at its end ---------------------------------------------------


ROWS = 16
MOST_NAMED = 500
"""Strengths that one transaction names; what changes more of them has changed any."""
_FREE = select(OffersVersion.id).with_for_update(skip_locked=True).limit(1)
_PENDING = "cache_versions_pending"
_CHANGES = select(func.coalesce(func.sum(OffersVersion.changes), 0)).scalar_subquery()
_VERSION = select(CatalogueVersion.number, CatalogueVersion.offers + _CHANGES, CatalogueVersion.changed_at)
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Version:
    """A state of the database as caches name it.

    `catalogue` names what can be found, with the time of its last change, so that a restored database differs
    from the one it replaces; `offers` counts the changes of prices and stock.
    """

    catalogue: str
    offers: int


@dataclass
class _Pending:
    """What this transaction has changed so far. `any_offers` are changes that name no strength."""

    catalogue: datetime | None = None
    any_offers: bool = False
    prices: bool = False
    variants: set[int] = field(default_factory=set)

    @property
    def named(self) -> bool:
        return not self.any_offers and len(self.variants) <= MOST_NAMED


def version() -> Version:
    """What the database holds now."""
    number, offers, changed_at = db.session.execute(_VERSION).one()
    return Version(catalogue_name(number, changed_at), int(offers))


def catalogue_name(number: int, changed_at: datetime | None) -> str:
    """How caches name a version of the catalogue."""
    return f"{number}@{changed_at.isoformat() if changed_at else 'start'}"


def catalogue_changed(at: datetime) -> None:
    """What can be found has changed: a name, a listing, a category. Pages and the search index follow."""
    _pending(db.session()).catalogue = at


def stock_changed(variant_ids: Iterable[int]) -> None:
    """Units of these strengths can be sold, or no longer. Pages that show them follow."""
    _pending(db.session()).variants.update(variant_ids)


def prices_changed(variant_ids: Iterable[int]) -> None:
    """These strengths cost something else. Pages that show them follow, and every list."""
    pending = _pending(db.session())
    pending.prices = True
    pending.variants.update(variant_ids)


def offers_changed(_at: datetime) -> None:
    """Prices or stock of nothing in particular have changed. Every page that shows an offer follows."""
    _pending(db.session()).any_offers = True


def _pending(session: Session) -> _Pending:
    pending: _Pending = session.info.setdefault(_PENDING, _Pending())
    return pending


def _raise(session: Session) -> None:
    pending: _Pending | None = session.info.pop(_PENDING, None)
    if pending is None:
        return
    session.flush()
    if pending.catalogue:
        raised = {"number": CatalogueVersion.number + 1, "changed_at": pending.catalogue}
        session.connection().execute(
            update(CatalogueVersion).where(CatalogueVersion.id == 1).values(**raised)
        )
    if pending.any_offers or pending.variants:
        _count_offers(session.connection(), pending)


def _count_offers(connection: Connection, pending: _Pending) -> None:
    """In a row that is free; when all are taken, in any. SQLite has one writer, and needs one row."""
    row: int | None = 1
    if connection.dialect.name == "postgresql":
        row = connection.scalar(_FREE) or random.randint(1, ROWS)  # noqa: S311  (spreads, hides nothing)
    number = connection.scalar(
        update(OffersVersion)
        .where(OffersVersion.id == row)
        .values(
            changes=OffersVersion.changes + 1,
            named=OffersVersion.named + int(pending.named),
            priced=OffersVersion.priced + int(pending.prices),
        )
        .returning(OffersVersion.changes)
    )
    if pending.named:
        _name(connection, [(one, row, number) for one in sorted(pending.variants)])


def _name(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """In the order of their ids, so that no two transactions wait for each other."""
    written: Any = _INSERT[connection.dialect.name](VariantVersion).values(rows)
    latest = {name: written.excluded[name] for name in ("counter", "number")}
    connection.execute(written.on_conflict_do_update(index_elements=["variant_id"], set_=latest))


def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


event.listen(Session, "before_commit", _raise, insert=True)  # before the audit record is chained
event.listen(Session, "after_rollback", _forget)


# --- Reading them: one small question a look, and one more after a change ---------------------------------

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
