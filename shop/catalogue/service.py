"""Changing the catalogue. Whatever a public page could show raises the version that caches compare with."""

from datetime import datetime

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import list_rows
from shop.catalogue.models import Variant
from shop.database import db
from shop.errors import NotFound
from shop.projections.cache_version import catalogue_changed


def set_sold_outside_market(
    variant_id: int, allowed: bool, actor_id: int, at: datetime, *, market: str
) -> None:
    """An admin's decision to sell (or stop selling) a variant in a market where it is not registered."""
    variant = db.session.get(Variant, variant_id)
    if variant is None:
        raise NotFound("There is no such strength.", "Look it up in the list of medicines.")
    if variant.sold_outside_market == allowed:
        return
    variant.sold_outside_market = allowed
    db.session.flush()
    list_rows.refresh([variant.product_id], market)
    catalogue_changed(at)
    audit.record(
        Event.VARIANT_SALE_CHANGED,
        at=at,
        subject=("variant", variant_id),
        actor_id=actor_id,
        sold_outside_market=int(allowed),
    )
