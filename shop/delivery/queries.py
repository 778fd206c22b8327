"""Reading delivery methods and the estimates of weights, and pricing a parcel with them."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shop.catalogue.queries import VariantFacts
from shop.database import db
from shop.delivery.models import DeliveryMethod, DeliveryWeight, DeliveryZone
from shop.delivery.rules import Method, Step, Zone, standard
from shop.delivery.weights import Item, Kind, parcel_grams


def rows() -> list[DeliveryMethod]:
    """Every method with its zones, in the owner's order; those that were withdrawn last. One question."""
    found = db.session.scalars(
        select(DeliveryMethod)
        .options(joinedload(DeliveryMethod.zones).joinedload(DeliveryZone.steps))
        .order_by(DeliveryMethod.withdrawn_at.is_not(None), DeliveryMethod.position, DeliveryMethod.id)
    )
    return list(found.unique())


def methods(cents: int, delivery_days: int) -> tuple[Method, ...]:
    """What is offered; where the owner has set no method, the one of the settings."""
    every = rows()
    if not every:
        return (standard(cents, delivery_days),)
    return tuple(method_of(row) for row in every if row.withdrawn_at is None)


def method_of(row: DeliveryMethod) -> Method:
    """A row as the rules know it."""
    return Method(row.code, row.name, row.handling_days, tuple(_zone(zone) for zone in row.zones))


def weights() -> dict[Kind, int]:
    """Milligrams by kind, where the owner changed the store's own estimate."""
    return {row.kind: row.milligrams for row in db.session.scalars(select(DeliveryWeight))}


def grams_of(
    lines: Iterable[tuple[int, int]], facts: Mapping[int, VariantFacts], those: Iterable[Method]
) -> int | None:
    """The estimated weight of a parcel with these (variant id, units); None where it can't be estimated, or
    where none of `those` methods asks for it."""
    if not any(step.up_to_grams for method in those for zone in method.zones for step in zone.steps):
        return None
    items = [
        Item(one.form, one.unit, units, one.content, one.content_unit)
        for variant_id, units in lines
        for one in (facts[variant_id],)
    ]
    return parcel_grams(items, weights())


def _zone(row: DeliveryZone) -> Zone:
    steps = sorted(row.steps, key=lambda step: (step.up_to_grams is None, step.up_to_grams or 0))
    return Zone(
        frozenset(row.states.split()),
        row.transit_days,
        tuple(Step(step.up_to_grams, step.cents) for step in steps),
        row.free_from_cents,
    )
