"""Changing the catalogue. Whatever a public page could show raises the version that caches compare with."""

from datetime import datetime

from sqlalchemy import update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.models import CatalogueVersion, Variant
from shop.database import db
from shop.errors import NotFound
from shop.outbox.service import enqueue

INDEX_JOB = "catalogue.index"


def raise_version(at: datetime) -> None:
    """Tell caches and the search index that a public page may look different from now on."""
    number = db.session.scalar(
        update(CatalogueVersion)
        .where(CatalogueVersion.id == 1)
        .values(number=CatalogueVersion.number + 1, changed_at=at)
        .returning(CatalogueVersion.number)
    )
    enqueue(INDEX_JOB, f"{INDEX_JOB}:{number}", {}, at=at)


def set_sold_outside_market(variant_id: int, allowed: bool, actor_id: int, at: datetime) -> None:
    """An admin's decision to sell (or stop selling) a variant in a market where it is not registered."""
    variant = db.session.get(Variant, variant_id)
    if variant is None:
        raise NotFound("There is no such strength.", "Look it up in the list of medicines.")
    if variant.sold_outside_market == allowed:
        return
    variant.sold_outside_market = allowed
    db.session.flush()
    raise_version(at)
    audit.record(
        Event.VARIANT_SALE_CHANGED,
        at=at,
        subject=("variant", variant_id),
        actor_id=actor_id,
        sold_outside_market=int(allowed),
    )
