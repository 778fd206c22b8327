"""The demonstration's stock and prices, the same ones each time.

Invented lots in every state a pharmacy knows; price rules, the store's and one of a medicine's own, and
which medicines they price. The other prices are fixed as the file names them, so that all three ways stand
beside each other.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shop.catalogue.models import Pack, Variant
from shop.catalogue.sale_units import SoldAs
from shop.clock import business_date
from shop.database import db
from shop.pricing.models import AcquisitionPrice
from shop.pricing.queries import product_id_of, strengths_by_id
from shop.pricing.records import breaks_json
from shop.pricing.rules import Rule, ladder
from shop.pricing.service import set_rule
from shop.stock import service as stock
from shop.stock.models import Lot
from shop.stock.rules import Reason


@dataclass(frozen=True)
class PlannedLot:
    """A lot to receive; `expires_on` counts from the day of loading."""

    number: str
    expires_on: date
    units: int
    quarantined: bool = False


def is_scarce(place: int) -> bool:
    """Whether of the variant at `place` in the file there are few or none."""
    return place % 23 == 20 or place % 17 == 8


def plan(place: int, slug: str, today: date) -> list[PlannedLot]:
    """Lots of the variant at `place` in the file: mostly plenty; now and then few, none, old or set aside."""
    if place % 23 == 20:
        return []
    if is_scarce(place):
        return [_lot(slug, "few", today, days=330, units=90)]
    lots = [_lot(slug, "next", today, days=300, units=600), _lot(slug, "far", today, days=640, units=1800)]
    if place % 5 == 0:
        lots.append(_lot(slug, "soon", today, days=25, units=120))
    if place % 11 == 0:
        lots.append(_lot(slug, "aside", today, days=480, units=400, quarantined=True))
    return lots


def receive_planned(variants: Sequence[Variant], admin_id: int, at: datetime, today: date) -> int:
    """Receive at `at` what is planned for `today` and not in stock yet; how many lots that were."""
    known = {(lot.variant_id, lot.number) for lot in _lots(variant.id for variant in variants)}
    received = 0
    for place, variant in enumerate(variants):
        for turn, lot in enumerate(plan(place, variant.slug, today)):
            if (variant.id, lot.number) not in known:
                _receive(variant, _pack(variant, turn), lot, admin_id, at)
                received += 1
    return received


def _receive(variant: Variant, pack: Pack | None, lot: PlannedLot, admin_id: int, at: datetime) -> None:
    units = lot.units
    if pack and pack.size and variant.sold_as == SoldAs.CLOSED:
        units = max(units - units % pack.size, pack.size)
    cost = db.session.scalar(
        select(AcquisitionPrice.price)
        .where(AcquisitionPrice.variant_id == variant.id)
        .order_by(AcquisitionPrice.effective_on.desc())
        .limit(1)
    )
    lot_id = stock.receive_lot(
        variant.id, pack.id if pack else None, lot.number, lot.expires_on, units, cost, admin_id, at
    )
    if lot.quarantined:
        stock.quarantine(lot_id, Reason.DAMAGED, admin_id, at)


def _pack(variant: Variant, turn: int) -> Pack | None:
    """The pack on the shelf: of what is sold in closed packs each size in turn, so that all can be had."""
    if variant.sold_as != SoldAs.CLOSED or not variant.packs:
        return variant.packs[0] if variant.packs else None
    by_size = {pack.size: pack for pack in sorted(variant.packs, key=lambda pack: (pack.size or 0, pack.id))}
    return list(by_size.values())[turn % len(by_size)]


def _lots(variant_ids: Iterable[int]) -> Iterable[Lot]:
    return db.session.scalars(select(Lot).where(Lot.variant_id.in_(list(variant_ids))))


def _lot(
    slug: str, kind: str, today: date, *, days: int, units: int, quarantined: bool = False
) -> PlannedLot:
    """Numbers, dates and counts differ from variant to variant, and are the same on every machine."""
    chance = zlib.crc32(f"{slug} {kind}".encode())
    spread = timedelta(days=chance % 40)
    return PlannedLot(
        f"DEMO-{chance % 0xFFFFFF:06X}",
        today + timedelta(days=days) + spread,
        units + chance % 7 * 60,
        quarantined,
    )


def write_prices(
    pricing: Mapping[str, Any], variants: Sequence[Variant], actor_id: int, at: datetime
) -> None:
    """Set the rules of the file's `pricing` and make the prices of the medicines it names by them.

    A store makes none from a survey over a year old; the demonstration's are older, so it makes its own here.
    """
    for variant in variants:
        variant.price_basis = "rule" if variant.product.slug in pricing["by_rule"] else "fixed"
    db.session.flush()
    set_rule(None, rule_of(pricing["store"]), actor_id, at)
    for slug, entry in pricing["own"].items():
        set_rule(product_id_of(slug), rule_of(entry), actor_id, at)
    priced = {variant.id: variant for variant in variants if variant.price_basis == "rule"}
    for strength in strengths_by_id(priced, business_date(at)):
        variant = priced[strength.variant_id]
        rule = rule_of(pricing["own"].get(variant.product.slug, pricing["store"]))
        made = ladder(rule, strength.acquisition, strength.quantities)
        assert made is not None, f"{variant.slug} has no acquisition price"
        variant.price, variant.price_breaks = made[0], breaks_json(made[1])


def rule_of(entry: Mapping[str, Any]) -> Rule:
    """{mark_up = "0.35", fee = "2.40", breaks = [[90, "5"]]} as a rule."""
    breaks = tuple((units, Decimal(off)) for units, off in entry.get("breaks", []))
    return Rule(Decimal(entry["mark_up"]), Decimal(entry["fee"]), None, breaks)
