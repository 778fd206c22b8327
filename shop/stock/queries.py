"""Reading stock for selling and packing: what is free per variant, what is kept for an order line.

What the stock desk shows (lots, ledgers, figures) is in `inventory`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import bindparam, case, func, select, text

from shop.catalogue.models import Variant
from shop.catalogue.sale_units import SoldAs
from shop.database import db
from shop.stock.models import HELD, Hold, Lot
from shop.stock.rules import LotFacts, good_on
from shop.stock.states import HoldState, LotStatus

FREE = Lot.on_hand - Lot.held

_lot: Any = Lot.__table__.c
_is_good: Any = good_on(_lot.expires_on, cast(Any, bindparam("outlasts")))
_free = _lot.on_hand - _lot.held
_closed = Variant.__table__.c.sold_as == SoldAs.CLOSED
_sellable = case((_closed, func.coalesce(_free - _free % _lot.pack_size, 0)), else_=_free)
_AVAILABLE = (
    select(_lot.variant_id, func.sum(_sellable))
    .join_from(Lot.__table__, Variant.__table__)
    .where(_lot.status == LotStatus.PICKABLE, _is_good)
    .group_by(_lot.variant_id)
)
_AVAILABLE_OF = _AVAILABLE.where(_lot.variant_id.in_(bindparam("ids", expanding=True)))
_BY_SIZE = _AVAILABLE_OF.add_columns(_lot.pack_size).group_by(_lot.pack_size)
"""Made once, and of tables: every medicine's page asks this."""


@dataclass(frozen=True)
class KeptUnits:
    """So many units of a lot kept for an order line; `status` is the lot's now."""

    order_line_id: int
    lot_id: int
    lot_number: str
    expires_on: date
    status: str
    quantity: int


def available(variant_ids: Iterable[int] | None, outlasts: date) -> dict[int, int]:
    """Units free to sell of each variant, in lots that are still good on `outlasts`. Absent means none.

    Of what is sold in closed packs, those in whole packs.

    `variant_ids` None asks for every variant there is stock of.
    """
    if variant_ids is None:
        rows = db.session.execute(_AVAILABLE, {"outlasts": outlasts})
    else:
        rows = db.session.execute(_AVAILABLE_OF, {"outlasts": outlasts, "ids": list(variant_ids)})
    return {variant_id: int(units) for variant_id, units in rows if units}


def available_by_size(variant_ids: Iterable[int], outlasts: date) -> dict[int, dict[int | None, int]]:
    """As `available`, parted by the size of the packs: what is sold closed leaves in packs of one size."""
    found: dict[int, dict[int | None, int]] = {}
    for variant_id, units, size in db.session.execute(
        _BY_SIZE, {"outlasts": outlasts, "ids": list(variant_ids)}
    ):
        found.setdefault(variant_id, {})[size] = int(units)
    return found


def sold_closed(variant_id: int) -> bool:
    """Whether a variant leaves the shelf in whole packs only."""
    return bool(db.session.scalar(select(_closed).where(Variant.__table__.c.id == variant_id)))


def closed_of(variant_ids: Iterable[int]) -> set[int]:
    """Those of these variants that leave the shelf in whole packs only."""
    ids = set(variant_ids)
    question = select(Variant.__table__.c.id).where(_closed, Variant.__table__.c.id.in_(ids))
    return set(db.session.scalars(question)) if ids else set()


def lots_to_pick(variant_id: int) -> list[LotFacts]:
    """The lots of a variant that have something free, earliest expiry first."""
    rows = db.session.execute(
        select(Lot.id, Lot.number, Lot.expires_on, Lot.status, FREE, Lot.pack_size)
        .where(Lot.variant_id == variant_id, Lot.status == LotStatus.PICKABLE, FREE > 0)
        .order_by(Lot.expires_on, Lot.id)
    )
    return [LotFacts(*row) for row in rows]


def kept_for(order_line_ids: Iterable[int]) -> dict[int, list[KeptUnits]]:
    """By order line, the units held for it now, in the order they are picked. Absent means none."""
    rows = db.session.execute(
        select(Hold.order_line_id, Lot.id, Lot.number, Lot.expires_on, Lot.status, Hold.quantity)
        .join(Lot, Lot.id == Hold.lot_id)
        .where(Hold.order_line_id.in_(list(order_line_ids)), Hold.state == HoldState.HELD)
        .order_by(Hold.order_line_id, Lot.expires_on, Lot.id)
    )
    kept: dict[int, list[KeptUnits]] = {}
    for row in rows:
        kept.setdefault(row.order_line_id, []).append(KeptUnits(*row))
    return kept


def kept_of(lot_id: int) -> list[KeptUnits]:
    """The units of one lot that are held now, by order line."""
    rows = db.session.execute(
        select(Hold.order_line_id, Lot.id, Lot.number, Lot.expires_on, Lot.status, Hold.quantity)
        .join(Lot, Lot.id == Hold.lot_id)
        .where(Hold.lot_id == lot_id, text(f"stock_hold.{HELD}"))
        .order_by(Hold.id)
    )
    return [KeptUnits(*row) for row in rows]
