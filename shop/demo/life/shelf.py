"""The past's stock: what arrived when an order needed it, a recall, what expired unsold.

An order never finds too little: what is missing arrived just before, so what is scarce stays scarce.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from shop.catalogue.models import Pack
from shop.catalogue.queries import VariantFacts
from shop.clock import business_date
from shop.database import db
from shop.demo.life.hours import Hours
from shop.orders.models import OrderLineLot
from shop.pricing.models import AcquisitionPrice
from shop.stock import queries, service
from shop.stock.models import Lot
from shop.stock.rules import Reason

KEEPS = timedelta(days=420)
CASE = 100
SHORT, SHORT_DATED = timedelta(days=30), (5, 31)


@dataclass
class Shelf:
    """Receives stock for a store whose strengths are `facts`, by id."""

    facts: Mapping[int, VariantFacts]
    admin_id: int
    hours: Hours
    packs: dict[int, list[Pack]] = field(default_factory=dict)
    costs: dict[int, Decimal] = field(default_factory=dict)
    arrived: int = 0

    @classmethod
    def of(cls, facts: Mapping[int, VariantFacts], admin_id: int, hours: Hours) -> "Shelf":
        """With the packs and costs that the catalog has of them."""
        shelf = cls(facts, admin_id, hours)
        for pack in db.session.scalars(select(Pack).where(Pack.variant_id.in_(facts)).order_by(Pack.id)):
            shelf.packs.setdefault(pack.variant_id, []).append(pack)
        costs = select(AcquisitionPrice.variant_id, AcquisitionPrice.price).order_by(
            AcquisitionPrice.effective_on
        )
        shelf.costs |= {row.variant_id: row.price for row in db.session.execute(costs)}
        return shelf

    def have(self, variant_id: int, units: int, until: date, at: datetime) -> None:
        """See to it that so many units can be held at that time, in lots that are good on `until`."""
        free = queries.available([variant_id], until).get(variant_id, 0)
        if free < units:
            missing = units - free
            self.receive(variant_id, -(-missing // CASE) * CASE, business_date(at) + KEEPS, at)

    def closed_pack(self, variant_id: int, until: date, at: datetime) -> int:
        """The size of a sealed pack that can be sold then, the smallest; 0 where none can be."""
        offered = self.facts[variant_id].quantities
        found = queries.available_by_size([variant_id], until).get(variant_id, {})
        sizes = sorted(size for size, units in found.items() if size in offered and units >= size)
        if sizes:
            return sizes[0]
        known = sorted(
            pack.size for pack in self.packs.get(variant_id, ()) if pack.size in offered and pack.size
        )
        if not known:
            return 0
        self.receive(variant_id, known[0] * 12, business_date(at) + KEEPS, at, known[0])
        return known[0]

    def receive(
        self, variant_id: int, units: int, expires_on: date, at: datetime, size: int | None = None
    ) -> int:
        """A delivery a quarter of an hour earlier, or before the pharmacy closed; the lot's id."""
        packs = [one for one in self.packs.get(variant_id, ()) if size is None or one.size == size]
        pack = packs[0] if packs else None
        self.arrived += 1
        chance = zlib.crc32(f"{self.facts[variant_id].slug} {self.arrived}".encode())
        return service.receive_lot(
            variant_id,
            pack.id if pack else None,
            f"DEMO-{chance % 0xFFFFFF:06X}",
            expires_on,
            units,
            self.costs.get(variant_id),
            self.admin_id,
            self.hours.before(at - timedelta(minutes=15)),
        )

    def receive_short_dated(self, at: datetime) -> None:
        """Two lots that were short of date when they came, too short for anybody's supply: expired by now."""
        counted = [one for one in self.facts.values() if not one.whole_packs and self.packs.get(one.id)]
        for place in SHORT_DATED:
            one = counted[place % len(counted)]
            self.receive(one.id, CASE, business_date(at) + SHORT, at)

    def recall(self, at: datetime) -> int | None:
        """Quarantine the lot that most lines were dispensed from and nothing is held of; its id."""
        sent = (
            select(OrderLineLot.lot_id)
            .join(Lot, Lot.id == OrderLineLot.lot_id)
            .where(Lot.held == 0, Lot.on_hand > 0, Lot.status == "pickable")
        )
        counted: dict[int, int] = {}
        for lot_id in db.session.scalars(sent.order_by(OrderLineLot.id)):
            counted[lot_id] = counted.get(lot_id, 0) + 1
        if not counted:
            return None
        lot_id = max(counted, key=lambda one: (counted[one], -one))
        service.quarantine(lot_id, Reason.RECALL_2, self.admin_id, at)
        return lot_id
