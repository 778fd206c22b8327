"""Saying how much a pack of the directory holds, where its description does not: read on the label.

The size is offered for sale at once, lots of the pack follow, and an import keeps it while the description
stays what it is. It can be taken back until units were received, sold or reserved under it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select

from shop.audit.events import Event
from shop.catalogue.models import Pack, Product, StatedSize, Variant
from shop.database import db
from shop.handmade import rows
from shop.handmade.packs import is_of_directory, sell_in_packs
from shop.handmade.refusals import InUse, NotSaved
from shop.handmade.states import State
from shop.projections.cache_version import stock_changed
from shop.seen import ChangedMeanwhile
from shop.stock.models import Lot, Movement
from shop.stock.service import follow_packs, forget_size


@dataclass(frozen=True)
class SizeTyped:
    """Units in the pack, and where that was read."""

    size: int
    source: str


@dataclass(frozen=True)
class Stated:
    """What a person said a pack holds: when, who, and where it was read."""

    size: int
    source: str
    actor_id: int | None
    at: datetime


def stated_of(pack: Pack) -> Stated | None:
    """What a person said of the pack and still holds."""
    found = db.session.get(StatedSize, pack.id)
    if found is None or found.size != pack.size:
        return None
    return Stated(found.size, found.source, found.actor_id, found.at)


def state_size(
    slug: str, variant_id: int, pack_id: int, typed: SizeTyped, actor_id: int | None, at: datetime
) -> None:
    """Say what the pack holds. Raises ChangedMeanwhile, NotFound, NotSaved."""
    product, variant, pack = _locked(slug, variant_id, pack_id)
    if not is_of_directory(product, pack):
        raise NotSaved("size", "This pack was made by hand.", "Change its size in its own form.")
    if pack.size is not None:
        raise ChangedMeanwhile
    before = _state(pack, None)
    pack.size = typed.size
    db.session.merge(
        StatedSize(
            pack_id=pack.id,
            size=typed.size,
            unit=product.unit,
            description=pack.description,
            source=typed.source,
            actor_id=actor_id,
            at=at,
        )
    )
    follow_packs({}, {pack.id: typed.size})
    _settle(product, variant, actor_id, at)
    after = _state(pack, typed.source)
    rows.record(Event.PACK_SIZE_STATED, ("pack", pack.id), actor_id, at, before, after)


def take_back(slug: str, variant_id: int, pack_id: int, actor_id: int | None, at: datetime) -> None:
    """Nobody knows again what the pack holds. Raises InUse, NotFound, NotSaved."""
    product, variant, pack = _locked(slug, variant_id, pack_id)
    stated = stated_of(pack)
    if stated is None:
        raise NotSaved("size", "Nobody entered this size by hand.", "Open the pack again.")
    moved = exists().where(Movement.lot_id == Lot.id, Movement.at > stated.at)
    used = exists().where(Lot.pack_id == pack.id, or_(Lot.held > 0, moved))
    if db.session.scalar(select(used)):
        raise InUse(
            "size",
            "Units were received, sold or reserved as packages of this size since.",
            "Quarantine the lots of this package if the size is wrong.",
        )
    before = _state(pack, stated.source)
    pack.size = None
    db.session.delete(db.session.get_one(StatedSize, pack.id))
    forget_size(pack.id)
    _settle(product, variant, actor_id, at)
    rows.record(Event.PACK_SIZE_TAKEN_BACK, ("pack", pack.id), actor_id, at, before, _state(pack, None))


def _locked(slug: str, variant_id: int, pack_id: int) -> tuple[Product, Variant, Pack]:
    product = rows.locked(slug)
    variant = rows.strength_of(product, variant_id)
    return product, variant, rows.pack_of(variant, pack_id)


def _settle(product: Product, variant: Variant, actor_id: int | None, at: datetime) -> None:
    sell_in_packs(product, variant)
    rows.settle(product, actor_id, at)
    stock_changed([variant.id])


def _state(pack: Pack, source: str | None) -> State:
    return {"size": pack.size, "source": source}
