"""Ordering again what an order held: each line goes into the basket as it is sold today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.basket.service import BasketFull
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.orders.models import OrderLine
from shop.patients import queries as patients
from shop.safety.sale import sale_refusal


@dataclass(frozen=True)
class Reordered:
    """What went into the basket, how many of it in another quantity than before, and what is not sold."""

    added: int
    other_quantity: int
    left_out: tuple[str, ...]


def order_again(owner: BasketOwner, lines: Iterable[OrderLine], market: str, at: datetime) -> Reordered:
    """Put the lines of one's own order into the owner's basket; checkout asks of each what it always asks.

    A quantity that isn't sold any more becomes the nearest that is. What is not sold is left out and named.
    """
    lines = list(lines)
    facts = catalogue.variants(line.variant_id for line in lines)
    own = {patient.id for patient in patients.of_account(owner.user_id)} if owner.user_id else set()
    added, other, left_out = 0, 0, []
    for line in lines:
        variant = facts.get(line.variant_id)
        units = quantity_now(variant, line.quantity, market)
        if variant is None or units is None:
            left_out.append(line.name)
            continue
        patient = line.patient_id if line.patient_id in own else None
        try:
            basket.add(owner, variant.id, units, at, patient)
        except BasketFull:
            left_out.append(line.name)
            continue
        added += 1
        other += units != line.quantity
    return Reordered(added, other, tuple(left_out))


def quantity_now(variant: VariantFacts | None, quantity: int, market: str) -> int | None:
    """The quantity that can be ordered today: the same, or the nearest one sold. None if it isn't sold."""
    if variant is None or variant.refused or sale_refusal(variant, market):
        return None
    return quantity if variant.allows(quantity) else variant.nearest(quantity)
